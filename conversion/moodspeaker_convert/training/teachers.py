"""Distillation: what trained networks say of the training pictures, as part of the targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker_convert.training.run_files import TrainingRecord

    Scores = Callable[[NDArray[np.uint8]], NDArray[np.float64]]


def taught(
    targets: NDArray[np.float32],
    images: NDArray[np.uint8],
    teachers: Sequence[Scores],
    share: float,
) -> NDArray[np.float32]:
    """`targets`, with `share` of them replaced by the teachers' mean.

    Each teacher sees every picture straight and mirrored, so that the pupil learns the mean of
    both in one look. Raises ToolkitError for a teacher with other labels.
    """
    if not teachers or not share:
        return targets
    told = [
        np.asarray(teacher(view), dtype=np.float32)
        for teacher in teachers
        for view in (images, np.ascontiguousarray(images[:, :, ::-1]))
    ]
    if any(one.shape != targets.shape for one in told):
        raise ToolkitError("a teacher has other labels than --labels", "train it on the same ones")
    mean = np.mean(told, axis=0)
    mixed: NDArray[np.float32] = (1 - share) * targets + share * mean
    return mixed


def check_teacher(path: Path, record: TrainingRecord, label_set: str, seed: int) -> None:
    """Raises ToolkitError for a teacher that learnt other labels, or rows that are to validate."""
    if record.label_set != label_set:
        raise ToolkitError(f"the teacher {path} learnt {record.label_set}", "give --labels that")
    if splitting_seed(record.arguments) != seed:
        raise ToolkitError(
            f"the teacher {path} was split by seed {splitting_seed(record.arguments)}: it knows "
            "rows that are to validate",
            "use the same --split-seed",
        )


def splitting_seed(arguments: Mapping[str, Any]) -> int:
    """The seed that drew the validation rows, by a training's arguments."""
    shared = arguments.get("split_seed")
    return int(arguments["seed"] if shared is None else shared)
