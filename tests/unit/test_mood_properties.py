"""What holds of the mood engine whatever it is shown, and with whatever settings.

Times lie on a grid of 1/64 s, so that sums of them are exact.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.moods import DEFAULTS, Event, Lost, Rejected, Step, namings, played
from fakes.vision import sure
from moodspeaker.app.speaker import Speaker
from moodspeaker.mood.engine import MoodEngine
from moodspeaker.mood.settings import Aggregation, Likeness, MoodSettings
from moodspeaker.runtime.switches import Switches
from moodspeaker.types import Emotion, Mood, Observation, Scores

HOUR_S = 3600.0
GRID_S = 1 / 64
QUICKLY = settings(max_examples=30, deadline=None, derandomize=True, database=None)
IN_BRIEF = settings(QUICKLY, max_examples=15)
"""For what every second example would show."""

SURE = tuple(sure(emotion, 0.97) for emotion in Emotion)
SCORES: tuple[Scores | None, ...] = (
    *(SURE + SURE[3:6]),
    *(SURE + SURE[3:6]),
    sure(Emotion.HAPPY, 0.5),
    sure(Emotion.SAD, 0.4),
    Scores.from_mapping({"happy": 0.5, "sad": 0.5}),
    Scores.from_mapping({"angry": 1.0, "disgust": 1.0}),
    Scores.from_mapping({"fear": 1.7, "sad": 0.4}),
    *(None,) * 4,
    Scores((math.nan, *SURE[3].values[1:])),
    Scores((0.0,) * 7),
    Scores((-0.5, 1.5, 0.0, 0.0, 0.0, 0.0, 0.0)),
    Scores((math.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
)
GAPS_S = (*(0.25, 0.5, 1.0, 1.0, 2.5, 4.0, 30.0) * 3, GRID_S, 120.0, 700.0, 7200.0, 0.0, -1.0, -500)
LENGTHS = (1, 2, 5, 10, 15, 20)
QUALITIES = (*(1.0,) * 16, 0.5, 0.25, 1e-9, 0.0, -1.0, 7.0, math.nan, math.inf)
NO_TIMES = (math.nan, math.inf, -math.inf)
KINDS = (*(Observation,) * 12, *NO_TIMES, Lost, *(Rejected,) * 3)
SPELL_BYTES = 5
CORNERS: dict[str, tuple[object, ...]] = {
    "aggregation": tuple(Aggregation),
    "likeness": tuple(Likeness),
    "enter_threshold": (0.3, 0.5, 0.85),
    "leave_threshold": (0.25, 0.29, 0.0),
    "margin": (0.1, 0.0, 0.4),
    "hold_s": (0.0, 1.0, 3.0),
    "dwell_s": (0.0, 5.0, 90.0, 600.0),
    "smoothing_s": (4.0, 0.1, 60.0),
    "window_s": (15.0, 1.0, 300.0),
    "stay_s": (400.0, 10.0, 36000.0),
    "distrust": (0.2, 0.001, 0.9),
    "priors": (DEFAULTS.priors, (0.001, 1.0, 0.5, 0.1, 0.001, 1.0, 0.2)),
    "floors": ((0.0,) * 7, (0.0,) * 7, (0.95, 0.0, 0.0, 0.9, 0.0, 1.0, 0.0)),
    "merges": ((), ((Emotion.DISGUST, Emotion.ANGRY), (Emotion.FEAR, Emotion.ANGRY))),
    "absence_s": (10.0, 1.0, 600.0),
    "changes_per_hour": (12, 1, 2, 3),
    "wrong_s": (600.0, 60.0),
}


def spells(code: bytes) -> list[Event]:
    """What five bytes each say: a face, a gap, a length, a quality, and what happens before."""
    now_s, events = 0.0, list[Event]()
    for face, gap, length, quality, kind in zip(*[iter(code)] * SPELL_BYTES, strict=False):
        scores = SCORES[face % len(SCORES)]
        seen = Observation(
            0.0, int(scores is not None), scores, QUALITIES[quality % len(QUALITIES)]
        )
        before = KINDS[kind % len(KINDS)]
        if isinstance(before, float):
            events.append(replace(seen, time_s=before))
        elif before is not Observation:
            events.append(before())
        for _ in range(LENGTHS[length % len(LENGTHS)]):
            now_s += GAPS_S[gap % len(GAPS_S)]
            events.append(replace(seen, time_s=now_s))
    return events


def corners(code: bytes) -> MoodSettings:
    """Settings from the corners of what the config allows, and from its middle."""
    chosen = {
        name: values[byte % len(values)]
        for byte, (name, values) in zip(code, CORNERS.items(), strict=True)
    }
    return replace(DEFAULTS, **chosen)


EVENTS = st.binary(min_size=6 * SPELL_BYTES, max_size=14 * SPELL_BYTES).map(spells)
DRAWN = st.binary(min_size=len(CORNERS), max_size=len(CORNERS)).map(corners)
PLAYED = st.builds(played, EVENTS, DRAWN)


@QUICKLY
@given(EVENTS, DRAWN)
def test_no_hour_holds_more_changes_than_the_budget(
    events: list[Event], drawn: MoodSettings
) -> None:
    drawn = replace(drawn, dwell_s=0.0)
    times_s = [now_s for now_s, _ in namings(played(events, drawn))]
    beyond = zip(times_s, times_s[drawn.changes_per_hour :], strict=False)
    assert all(later_s - first_s >= HOUR_S for first_s, later_s in beyond)


@QUICKLY
@given(EVENTS, DRAWN)
def test_no_two_emotions_are_named_within_the_dwell(
    events: list[Event], drawn: MoodSettings
) -> None:
    drawn = replace(drawn, changes_per_hour=240)
    times_s = [now_s for now_s, _ in namings(played(events, drawn))]
    assert all(b - a >= drawn.dwell_s for a, b in pairwise(times_s))


@QUICKLY
@given(PLAYED)
def test_only_a_decision_that_names_another_emotion_is_held_back_by_past_changes(
    steps: list[Step],
) -> None:
    named: Mood | None = None
    for step in steps:
        reason = step.decision.reason if step.decision else ""
        held_back = re.search(r"(\w+) \d\.\d\d, \d+ (s since|changes)", reason)
        assert not held_back or (named and held_back[1] != named)
        named = step.mood if step.mood.emotion else named


@IN_BRIEF
@given(PLAYED)
def test_a_decision_is_called_a_change_exactly_when_the_mood_in_force_is_another(
    steps: list[Step],
) -> None:
    for step in steps:
        if step.decision is not None:
            assert step.decision.mood is step.mood
            assert step.decision.changed is (step.mood is not step.before)


@IN_BRIEF
@given(PLAYED)
def test_numbers_and_reasons_of_every_decision_are_in_order(steps: list[Step]) -> None:
    for decision in filter(None, (step.decision for step in steps)):
        assert 0 <= decision.confidence <= 1
        assert decision.mood.emotion or decision.confidence == 0
        assert decision.scores is None or sum(decision.scores.values) == pytest.approx(1)
        assert decision.scores is None or min(decision.scores.values) >= 0
        assert re.fullmatch(r"[ -~]{2,249}", decision.reason)


@IN_BRIEF
@given(EVENTS, DRAWN)
def test_the_same_log_gives_the_same_decisions(events: list[Event], drawn: MoodSettings) -> None:
    assert [s.decision for s in played(events, drawn)] == [
        s.decision for s in played(events, drawn)
    ]


@QUICKLY
@given(EVENTS, DRAWN, st.integers(-(10**6), 10**6))
def test_a_log_moved_in_time_gives_the_same_decisions(
    events: list[Event], drawn: MoodSettings, moves: int
) -> None:
    moved = [
        replace(e, time_s=e.time_s + 1024.0 * moves) if isinstance(e, Observation) else e
        for e in events
    ]
    assert [s.decision for s in played(moved, drawn)] == [s.decision for s in played(events, drawn)]


@QUICKLY
@given(EVENTS, EVENTS, EVENTS, DRAWN)
def test_after_a_loss_nothing_of_the_past_is_believed(
    past: list[Event], other_past: list[Event], future: list[Event], drawn: MoodSettings
) -> None:
    # The step to the first frame depends on the last one before the loss; no later one does.
    seen = [e for e in (Observation(0.0, 0, None), *future) if isinstance(e, Observation)]
    both = MoodEngine(drawn), MoodEngine(drawn)
    for engine, before in zip(both, (past, other_past), strict=True):
        for observation in before:
            if isinstance(observation, Observation):
                engine.observe(observation)
        engine.lose("no picture")
    for observation in seen:
        one, other = (engine.observe(observation) for engine in both)
        assert one.scores == other.scores
        assert both[0]._belief == both[1]._belief
        assert (one.mood is Mood.ABSENT) is (other.mood is Mood.ABSENT)


@QUICKLY
@given(EVENTS, DRAWN)
def test_what_was_called_wrong_is_not_named_again_in_its_time(
    events: list[Event], drawn: MoodSettings
) -> None:
    until_s: dict[str, float] = {}
    for step in played(events, drawn):
        if step.wrong is not None:
            until_s[step.wrong.value] = step.now_s + drawn.wrong_s
        assert step.now_s >= until_s.get(step.mood.value, -math.inf)


@IN_BRIEF
@given(PLAYED)
def test_a_person_who_calls_it_wrong_is_told_what_and_the_mood_is_unsure(
    steps: list[Step],
) -> None:
    for step in steps:
        if isinstance(step.event, Rejected):
            assert step.wrong is step.before.emotion
            assert step.mood is (Mood.UNSURE if step.wrong else step.before)


@QUICKLY
@given(EVENTS, DRAWN)
def test_absent_is_said_after_the_absence_and_only_then(
    events: list[Event], drawn: MoodSettings
) -> None:
    for step in played(events, drawn):
        if isinstance(step.event, Observation):
            nobody = step.event.faces == 0 and step.faceless_s >= drawn.absence_s
            assert (step.mood is Mood.ABSENT) is nobody


@IN_BRIEF
@given(EVENTS, DRAWN, st.sampled_from(Emotion))
def test_a_mood_chosen_by_hand_wins_over_whatever_is_seen(
    events: list[Event], drawn: MoodSettings, chosen: Emotion
) -> None:
    speaker = Speaker(drawn, Switches(), HOUR_S, wall=lambda: 0.0)
    speaker.choose_mood(chosen, 0.0)
    for number, event in enumerate(events):
        now_s = number * HOUR_S / len(events)
        if isinstance(event, Observation):
            speaker.observe(event, now_s)
        else:
            speaker.tick(now_s)
        assert speaker.state(now_s).mood == chosen
    speaker.tick(HOUR_S)
    assert speaker.state(HOUR_S).mood is speaker.engine.mood
