"""Two models on the same pictures: how often they agree, and whether one is really better."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker_convert.measuring.measures import ratio

if TYPE_CHECKING:
    from moodspeaker_convert.measuring.measured import Measured

# Below this many pictures that only one of the models gets right, chi-squared is too coarse.
EXACT_BELOW = 25


@dataclass(frozen=True, slots=True)
class McNemar:
    """`statistic` is chi-squared, or the smaller count where the test is `exact`."""

    statistic: float
    p_value: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """Pictures by who gets them right; `agreement` is the share on which both say the same."""

    both_right: int
    only_first: int
    only_second: int
    both_wrong: int
    agreement: float

    def as_json(self) -> dict[str, Any]:
        """The counts, the second model's accuracy, and McNemar's test."""
        n = self.both_right + self.only_first + self.only_second + self.both_wrong
        accuracy = ratio(self.both_right + self.only_second, n)
        test = asdict(mcnemar(self.only_first, self.only_second))
        return {"accuracy": accuracy, **asdict(self), "mcnemar": test}


def pair(first: Measured, second: Measured) -> Pairing:
    """Compares two models that were measured on the same pictures, all with a truth."""
    right, other = first.right, second.right
    return Pairing(
        both_right=int((right & other).sum()),
        only_first=int((right & ~other).sum()),
        only_second=int((~right & other).sum()),
        both_wrong=int((~right & ~other).sum()),
        agreement=ratio((first.predicted == second.predicted).sum(), first.n),
    )


def mcnemar(only_first: int, only_second: int) -> McNemar:
    """Two-sided test that both models err equally often, from the pictures on which they differ.

    The exact binomial test under EXACT_BELOW of them, else chi-squared with continuity correction.
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    if n < EXACT_BELOW:
        tail = sum(math.comb(n, count) for count in range(fewer + 1)) / 2**n
        return McNemar(float(fewer), min(1.0, 2 * tail), exact=True)
    statistic = max(0, abs(only_first - only_second) - 1) ** 2 / n
    # The survival function of chi-squared with one degree of freedom.
    return McNemar(statistic, math.erfc(math.sqrt(statistic / 2)), exact=False)
