"""The rule set `spotify_rules`."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from moodspeaker.music.rules import RULE_SETS, SPOTIFY_RULES, Rule, emotions_by_rules
from moodspeaker.music.supplied import Features, features_of
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from pathlib import Path

HAPPY = Features(valence=0.71, danceability=0.71, mode=1)
SAD = Features(valence=0.29, energy=0.39, mode=0)
ANGRY = Features(energy=0.81, valence=0.29, loudness=-4.9)
FEAR = Features(valence=0.29, loudness=-9.9, tempo=151)
SURPRISE = Features(energy=0.71, tempo=141, valence=0.4)
JUST = {
    Emotion.HAPPY: HAPPY,
    Emotion.SAD: SAD,
    Emotion.ANGRY: ANGRY,
    Emotion.FEAR: FEAR,
    Emotion.SURPRISE: SURPRISE,
}


@pytest.mark.parametrize(("emotion", "features"), JUST.items())
def test_a_rule_fires_just_within_its_limits(emotion: Emotion, features: Features) -> None:
    assert emotions_by_rules(features) == (emotion,)


@pytest.mark.parametrize(
    "features",
    [
        replace(HAPPY, valence=0.7),
        replace(HAPPY, danceability=0.7),
        replace(HAPPY, mode=0),
        replace(SAD, valence=0.3),
        replace(SAD, energy=0.4),
        replace(SAD, mode=1),
        replace(ANGRY, energy=0.8),
        replace(ANGRY, valence=0.3),
        replace(ANGRY, loudness=-5),
        replace(FEAR, valence=0.3),
        replace(FEAR, loudness=-10),
        replace(FEAR, tempo=150),
        replace(SURPRISE, energy=0.7),
        replace(SURPRISE, tempo=140),
        replace(SURPRISE, valence=0.39),
        replace(SURPRISE, valence=0.71),
    ],
)
def test_a_rule_does_not_fire_on_its_limit(features: Features) -> None:
    assert emotions_by_rules(features) == ()


def test_the_edges_of_a_surprise_count() -> None:
    assert emotions_by_rules(replace(SURPRISE, valence=0.7)) == (Emotion.SURPRISE,)


@pytest.mark.parametrize("rule", SPOTIFY_RULES)
def test_a_missing_column_keeps_its_rule_from_firing(rule: Rule) -> None:
    features = JUST[rule.emotion]
    for name in features.known:
        assert emotions_by_rules(replace(features, **{name: None})) == ()


def test_several_rules_may_fire_in_the_stated_order() -> None:
    both = Features(valence=0.1, energy=0.9, loudness=-3, tempo=170)
    assert emotions_by_rules(both) == (Emotion.ANGRY, Emotion.FEAR)


def test_the_rule_set_has_a_name() -> None:
    assert RULE_SETS["spotify_rules"] is SPOTIFY_RULES


def test_the_rules_leave_five_of_six_real_tracks_without_an_emotion(data_folder: Path) -> None:
    tracks = []
    for path in sorted((data_folder / "data").glob("dataset-of-*.csv")):
        with path.open(newline="") as file:
            tracks += [emotions_by_rules(features_of(row)) for row in csv.DictReader(file)]
    share = sum(map(bool, tracks)) / len(tracks)
    print(f"labelled: {share:.3f} of {len(tracks)}")
    assert share == pytest.approx(0.17, abs=0.02)
