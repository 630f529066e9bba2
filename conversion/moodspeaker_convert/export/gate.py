"""Is a converted network still the network that was trained? What is not does not ship."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert.measuring import calibration_error, ops

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from moodspeaker_convert.measuring.measured import Measured

# int32 are biases, shapes and indices; everything that is computed with is int8.
ALLOWED = frozenset({"int8", "int32"})
LARGEST_DROP = 0.01
LEAST_AGREEMENT = 0.97
LARGEST_RECALL_LOSS = 0.05
# A weight is one byte; a fifth of room for batch normalisation, which is folded away.
LEAST_BYTES_A_WEIGHT = 0.8


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: what was found, what is allowed, and what to do where it fails."""

    name: str
    ok: bool
    found: str
    limit: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Float against int8 in one runtime, on rows that the network was not fitted to.

    `recall_loss` is the largest loss of any class, of `worst_class`; `allowed_loss` what that class
    may lose. The two `ece` are expected calibration errors before any temperature.
    """

    runtime: str
    n: int
    float_accuracy: float
    int8_accuracy: float
    agreement: float
    worst_class: str
    recall_loss: float
    allowed_loss: float
    float_ece: float
    int8_ece: float


@dataclass(frozen=True, slots=True)
class GateReport:
    """Every check, and the figures behind them."""

    checks: tuple[Check, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def passed(self) -> bool:
        """Whether everything holds."""
        return all(check.ok for check in self.checks)

    @property
    def first_failure(self) -> Check:
        """The first check that fails. Raises StopIteration where none does."""
        return next(check for check in self.checks if not check.ok)

    def as_json(self) -> dict[str, Any]:
        """The report's JSON object."""
        return {
            "passed": self.passed,
            "checks": [asdict(check) for check in self.checks],
            "comparisons": [asdict(one) for one in self.comparisons],
        }

    def as_text(self) -> str:
        """A line a check, for people."""
        return "\n".join(
            f"{'ok    ' if check.ok else 'FAILED'} {check.name:<34} {check.found} ({check.limit})"
            for check in self.checks
        )


def inspect_conversion(
    path: Path, parameters: int, before: Measured, after: Mapping[str, Measured]
) -> GateReport:
    """Judges the int8 file at `path` of a network with so many `parameters`.

    `before` and `after`, by runtime, are the answers to the same pictures, all with a truth.
    """
    comparisons = tuple(compare(name, before, one) for name, one in after.items())
    checks = [*file_checks(path, parameters)]
    for one in comparisons:
        checks += comparison_checks(one)
    return GateReport(tuple(checks), comparisons)


def file_checks(path: Path, parameters: int) -> tuple[Check, Check]:
    """Every operation int8, every weight there."""
    strange = [
        f"{op.name} in {', '.join(sorted(set(types) - ALLOWED))}"
        for op in ops.op_names(path)
        if not ALLOWED.issuperset(types := (*op.input_types, *op.output_types))
    ]
    size, least = path.stat().st_size, int(LEAST_BYTES_A_WEIGHT * parameters)
    return (
        Check(
            "every operation is int8", not strange,
            f"{len(strange)} are not, the first is {strange[0]}" if strange else "all are",
            "none in float", "replace the layer that TFLite has no int8 kernel for",
        ),
        Check(
            "the file holds the weights", size >= least,
            f"{size} bytes for {parameters} weights", f"at least {least}",
            "the converter lost them; report it",
        ),
    )  # fmt: skip


def comparison_checks(one: Comparison) -> list[Check]:
    """The three limits on what int8 may cost, and a line that only tells."""
    drop = one.float_accuracy - one.int8_accuracy
    remedy = "train longer, or give calibration pictures like those the network will see"
    return [
        Check(
            f"accuracy, {one.runtime}", drop <= LARGEST_DROP + 1e-9,
            f"{percent(one.float_accuracy)} float, {percent(one.int8_accuracy)} int8",
            f"at most {percent(LARGEST_DROP)} lost", remedy,
        ),
        Check(
            f"agreement, {one.runtime}", one.agreement >= LEAST_AGREEMENT - 1e-9,
            percent(one.agreement), f"at least {percent(LEAST_AGREEMENT)}", remedy,
        ),
        Check(
            f"recall, {one.runtime}", one.recall_loss <= one.allowed_loss + 1e-9,
            f"{one.worst_class} loses {percent(one.recall_loss)}",
            f"at most {percent(one.allowed_loss)}", remedy,
        ),
        Check(
            f"calibration error, {one.runtime}", ok=True,
            found=f"{percent(one.float_ece)} float, {percent(one.int8_ece)} int8",
            limit="told, not judged",
        ),
    ]  # fmt: skip


def compare(runtime: str, before: Measured, after: Measured) -> Comparison:
    """The figures of float and int8 side by side."""
    label, loss, allowed = worst_recall(before, after)
    return Comparison(
        runtime=runtime,
        n=before.n,
        float_accuracy=float(before.right.mean()),
        int8_accuracy=float(after.right.mean()),
        agreement=float((before.predicted == after.predicted).mean()),
        worst_class=label,
        recall_loss=loss,
        allowed_loss=allowed,
        float_ece=calibration_error.expected_calibration_error(
            calibration_error.reliability(before)
        ),
        int8_ece=calibration_error.expected_calibration_error(calibration_error.reliability(after)),
    )


def worst_recall(before: Measured, after: Measured) -> tuple[str, float, float]:
    """The class furthest over its limit, what it loses, and its limit.

    One picture may always go: in a class of fifteen it is worth more than LARGEST_RECALL_LOSS.
    """
    found = []
    for index, label in enumerate(before.names):
        own = before.truth == index
        if own.any():
            loss = float(before.right[own].mean() - after.right[own].mean())
            found.append((label, loss, max(LARGEST_RECALL_LOSS, 1 / int(own.sum()))))
    return max(found, key=lambda one: one[1] - one[2])


def percent(share: float) -> str:
    """A share for people."""
    return f"{100 * np.float64(share):.1f} %"
