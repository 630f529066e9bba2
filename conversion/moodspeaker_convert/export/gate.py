"""Is a converted model still the model that was trained?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.vision.tflite import find_runtime
from moodspeaker_convert.errors import VerificationFailed

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# int32 are biases and shapes; everything that is computed with is int8.
ALLOWED = frozenset({"int8", "int32"})
LARGEST_DROP = 0.01
LEAST_AGREEMENT = 0.97


@dataclass(frozen=True, slots=True)
class Comparison:
    """Float against int8 on rows that trained neither: two accuracies and how often they agree."""

    float_accuracy: float
    int8_accuracy: float
    agreement: float
    n: int


def compare(
    truth: NDArray[np.int64], before: NDArray[np.floating[Any]], after: NDArray[np.floating[Any]]
) -> Comparison:
    """`before` and `after` are the scores [n, labels] of the float and the int8 model."""
    first, second = before.argmax(axis=1), after.argmax(axis=1)
    return Comparison(
        float_accuracy=float(np.mean(first == truth)),
        int8_accuracy=float(np.mean(second == truth)),
        agreement=float(np.mean(first == second)),
        n=len(truth),
    )


def check_comparison(result: Comparison) -> None:
    """Raises VerificationFailed when int8 loses over a point, or decides otherwise too often."""
    drop = result.float_accuracy - result.int8_accuracy
    if drop > LARGEST_DROP:
        raise VerificationFailed(
            f"int8 loses {100 * drop:.1f} points of accuracy, over {100 * LARGEST_DROP:.0f}",
            "train longer, or give more calibration rows",
        )
    if result.agreement < LEAST_AGREEMENT:
        raise VerificationFailed(
            f"int8 agrees with float on {100 * result.agreement:.1f} % of pictures, "
            f"under {100 * LEAST_AGREEMENT:.0f}",
            "train longer, or give more calibration rows",
        )


def check_file(path: Path, parameters: int) -> None:
    """Raises VerificationFailed for a tensor that is not int8, or a file without its weights."""
    floats = sorted(
        detail["name"] for detail in tensor_details(path) if kind(detail) not in ALLOWED
    )
    if floats:
        raise VerificationFailed(
            f"{len(floats)} tensors are not int8, the first is {floats[0]}",
            "replace the layer that TFLite has no int8 kernel for",
        )
    size = path.stat().st_size
    # A weight is one byte; a fifth of room for batch normalisation, which is folded away.
    if size < 0.8 * parameters:
        raise VerificationFailed(
            f"{size} bytes cannot hold {parameters} weights", "the converter lost them; report it"
        )


def tensor_details(path: Path) -> list[dict[str, Any]]:
    """Every tensor of a TFLite file, as the installed runtime tells."""
    _, interpreter_class = find_runtime("auto")
    details: list[dict[str, Any]] = interpreter_class(model_path=str(path)).get_tensor_details()
    return details


def kind(detail: dict[str, Any]) -> str:
    """The name of a tensor's type."""
    return str(np.dtype(detail["dtype"]).name)
