"""Emotions by thresholds on Spotify-like columns: the named rule set `spotify_rules`.

An option for those who want these rules, not the engine: they label about 17 % of real tracks, and
against listeners' ratings only "sad" holds; "angry" comes out positive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from moodspeaker.music.supplied import Features


@dataclass(frozen=True, slots=True)
class Within:
    """A column that must lie strictly between two values, or on them with `edges`."""

    column: str
    above: float = -math.inf
    below: float = math.inf
    edges: bool = False

    def holds(self, features: Features) -> bool:
        """False for a column that is missing."""
        value = getattr(features, self.column)
        if value is None:
            return False
        if self.edges:
            return bool(self.above <= value <= self.below)
        return bool(self.above < value < self.below)


@dataclass(frozen=True, slots=True)
class Rule:
    """An emotion, and what must all hold for it."""

    emotion: Emotion
    tests: tuple[Within, ...]

    def fires(self, features: Features) -> bool:
        """Whether every test holds."""
        return all(test.holds(features) for test in self.tests)


SPOTIFY_RULES = (
    Rule(
        Emotion.HAPPY,
        (
            Within("valence", above=0.7),
            Within("danceability", above=0.7),
            Within("mode", 1, 1, True),
        ),
    ),
    Rule(
        Emotion.SAD,
        (
            Within("valence", below=0.3),
            Within("energy", below=0.4),
            Within("mode", 0, 0, edges=True),
        ),
    ),
    Rule(
        Emotion.ANGRY,
        (Within("energy", above=0.8), Within("valence", below=0.3), Within("loudness", above=-5.0)),
    ),
    Rule(
        Emotion.FEAR,
        (
            Within("valence", below=0.3),
            Within("loudness", above=-10.0),
            Within("tempo", above=150.0),
        ),
    ),
    Rule(
        Emotion.SURPRISE,
        (
            Within("energy", above=0.7),
            Within("tempo", above=140.0),
            Within("valence", 0.4, 0.7, edges=True),
        ),
    ),
)
RULE_SETS = {"spotify_rules": SPOTIFY_RULES}
"""By the name that a user writes."""


def emotions_by_rules(
    features: Features, rules: tuple[Rule, ...] = SPOTIFY_RULES
) -> tuple[Emotion, ...]:
    """Every emotion whose rule fires, in the order happy, sad, angry, fear, surprise.

    A rule with a column that is missing does not fire.
    """
    return tuple(rule.emotion for rule in rules if rule.fires(features))
