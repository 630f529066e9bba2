"""How much a model loses under each disturbance."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.measuring.disturbances import DISTURBANCES, Disturbance
from moodspeaker_convert.measuring.measures import ratio
from moodspeaker_convert.measuring.shares import progress, shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moodspeaker_convert.measuring.scorers import Scorer


@dataclass(frozen=True, slots=True)
class Outcome:
    """A disturbance's figures; `drop` is in points of accuracy, `agreement` with clean a share."""

    name: str
    accuracy: float
    drop: float
    agreement: float
    note: str


@dataclass(frozen=True, slots=True)
class Robustness:
    """The accuracy on the pictures as they are, and under each disturbance."""

    clean: float
    n: int
    runtime: str
    outcomes: tuple[Outcome, ...]

    @property
    def mean_drop(self) -> float:
        """Points, over all disturbances alike."""
        return round(sum(one.drop for one in self.outcomes) / len(self.outcomes), 2)

    def as_json(self) -> dict[str, Any]:
        """Everything."""
        return {**asdict(self), "mean_drop": self.mean_drop}


def measure(
    scorer: Scorer,
    images: NDArray[np.uint8],
    truth: NDArray[np.int64],
    names: tuple[str, ...],
    *,
    seed: int,
    disturbances: tuple[Disturbance, ...] = DISTURBANCES,
) -> Robustness:
    """`truth` are indices into `names`, one for each of `images` u8[n,h,w]. Raises DataError."""
    if not len(images):
        raise DataError("no picture has a label", "measure on another split, or other labels")
    with progress(len(images) * (len(disturbances) + 1), "faces") as bar:
        clean = shares(scorer, images, names, bar).argmax(axis=1)
        accuracy = ratio((clean == truth).sum(), len(truth))
        outcomes = []
        for one in disturbances:
            bar.set_postfix_str(one.name)
            seen = shares(scorer, one.applied(images, seed), names, bar).argmax(axis=1)
            outcomes.append(outcome(one, seen, clean, truth))
    return Robustness(accuracy, len(images), scorer.runtime, tuple(outcomes))


def outcome(
    one: Disturbance,
    seen: NDArray[np.int64],
    clean: NDArray[np.int64],
    truth: NDArray[np.int64],
) -> Outcome:
    """The figures of one disturbance from what was predicted with and without it."""
    right, before, count = (seen == truth).sum(), (clean == truth).sum(), len(truth)
    drop = round(100 * (float(before) - float(right)) / count, 2)
    same = ratio((seen == clean).sum(), count)
    return Outcome(one.name, ratio(right, count), drop, same, one.note)
