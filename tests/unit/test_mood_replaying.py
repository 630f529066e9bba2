"""What came of a log, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.moods import QUICK, Room
from fakes.vision import sure
from moodspeaker.mood.replaying import LONG_S, LONGEST_GAP_S, Outcome, Tally, replay
from moodspeaker.mood.score_lines import LoggedFrame
from moodspeaker.types import Decision, Emotion, Mood, Observation

HAPPY, SAD, UNSURE, ABSENT = Mood.HAPPY, Mood.SAD, Mood.UNSURE, Mood.ABSENT
Shown = tuple[float, Mood] | tuple[float, Mood, Mood | None]
"""When, the mood decided, and the truth."""


def outcome(*shown: Shown) -> Outcome:
    """Of decisions at those times."""
    tally = Tally()
    for time_s, mood, *truth in shown:
        tally.add(time_s, Decision(mood, 0.5, None, f"why {mood}"), truth[0] if truth else None)
    return tally.outcome()


def spell(
    start_s: float, seconds: float, mood: Mood, truth: Mood, step_s: float = 5.0
) -> list[Shown]:
    """The same for so long, the last moment left out."""
    return [(start_s + i * step_s, mood, truth) for i in range(round(seconds / step_s))]


def test_nothing_shown_is_nothing_found() -> None:
    found = outcome()
    assert (found.seconds, found.changes, found.time_in) == (0.0, (), {})
    assert (found.changes_per_hour, found.delay_s(0.5)) == (0.0, None)
    assert (found.share_right, found.share_unsure, found.share_followed) == (None, None, None)


def test_each_decision_stands_until_the_next_and_the_last_for_nothing() -> None:
    found = outcome((0, UNSURE), (1, HAPPY), (4, SAD))
    assert found.time_in == {UNSURE: 1.0, HAPPY: 3.0}
    assert found.seconds == 4.0


def test_a_change_is_another_emotion_than_the_last_named_one() -> None:
    found = outcome(
        (0, UNSURE), (1, HAPPY), (2, UNSURE), (3, HAPPY), (4, ABSENT), (5, SAD), (6, HAPPY)
    )
    assert [(c.time_s, c.before, c.after) for c in found.changes] == [
        (1, UNSURE, HAPPY),
        (5, HAPPY, SAD),
        (6, SAD, HAPPY),
    ]
    assert found.changes[1].reason == "why sad"


def test_changes_per_hour_are_of_the_time_that_was_shown() -> None:
    found = outcome(*((5.0 * i, HAPPY if i % 2 else SAD) for i in range(13)))
    assert found.seconds == 60.0
    assert found.changes_per_hour == 13 * 60


@pytest.mark.parametrize("off_s", [-1.0, 0.0, 1.0, 7200.0])
def test_a_frame_stands_for_no_longer_than_the_longest_gap(off_s: float) -> None:
    found = outcome((0, HAPPY), (LONGEST_GAP_S + off_s, HAPPY))
    assert found.seconds == LONGEST_GAP_S + min(off_s, 0.0)


def test_time_that_runs_backwards_is_no_time() -> None:
    assert outcome((100, HAPPY), (0, HAPPY), (2, HAPPY)).seconds == 2.0


def test_shares_are_of_the_time_in_which_the_truth_is_known() -> None:
    found = outcome(
        (0, UNSURE, HAPPY), (1, HAPPY, HAPPY), (4, SAD, HAPPY), (5, SAD, None), (9, SAD, None)
    )
    assert found.seconds == 9.0
    assert (found.share_right, found.share_unsure) == (3 / 5, 1 / 5)


def test_absent_is_right_where_nobody_was_there() -> None:
    found = outcome((0, HAPPY, ABSENT), (1, ABSENT, ABSENT), (4, ABSENT, ABSENT))
    assert found.share_right == 3 / 4
    assert found.true_changes == 0


def test_a_delay_runs_from_the_true_change_until_it_is_named() -> None:
    found = outcome(
        (0, UNSURE, HAPPY), (5, HAPPY, HAPPY), (8, HAPPY, SAD), (10, UNSURE, SAD), (15, SAD, SAD)
    )
    assert found.delays_s == (5.0, 7.0)
    assert found.true_changes == 1


def test_only_the_first_time_that_it_is_named_is_a_delay() -> None:
    found = outcome(
        (0, HAPPY, HAPPY), (5, UNSURE, HAPPY), (8, HAPPY, HAPPY), (9, SAD, HAPPY), (9, SAD, SAD)
    )
    assert found.delays_s == (0.0, 0.0)


def test_a_true_mood_that_is_never_named_has_no_delay() -> None:
    assert outcome((0, SAD, HAPPY), (5, SAD, HAPPY)).delays_s == ()


def test_absence_between_two_spells_of_the_same_true_mood_is_no_change() -> None:
    found = outcome(
        *spell(0, 150, HAPPY, HAPPY), *spell(150, 50, ABSENT, ABSENT), *spell(200, 50, SAD, HAPPY)
    )
    assert found.true_changes == 0
    assert found.delays_s == (0.0,)
    # Both spells together are long, the absence is left out.
    assert found.share_followed == 1.0
    both = outcome(*spell(0, 150, HAPPY, HAPPY), *spell(150, 50, ABSENT, ABSENT))
    assert both.share_followed is None


@pytest.mark.parametrize(("off_s", "followed"), [(-5.0, None), (0.0, None), (5.0, 1.0)])
def test_a_true_mood_is_to_be_followed_that_lasts_longer_than_the_limit(
    off_s: float, followed: float | None
) -> None:
    end_s = LONG_S + off_s
    found = outcome(*spell(0, end_s, HAPPY, HAPPY), (end_s, HAPPY, HAPPY))
    assert found.share_followed == followed
    then = outcome(*spell(0, end_s, HAPPY, HAPPY), (end_s, HAPPY, SAD), (end_s + 5, SAD, SAD))
    assert then.share_followed == followed


def test_the_share_followed_counts_long_moods_that_were_named_at_all() -> None:
    found = outcome(
        *spell(0, 200, HAPPY, HAPPY),
        *spell(200, 100, HAPPY, SAD),
        *spell(300, 200, HAPPY, Mood.NEUTRAL),
        *spell(500, 205, Mood.ANGRY, Mood.ANGRY),
    )
    assert found.share_followed == pytest.approx(2 / 3)
    assert found.true_changes == 3


def test_a_gap_makes_no_true_mood_long() -> None:
    found = outcome((0, HAPPY, HAPPY), (10_000, HAPPY, HAPPY), (10_010, HAPPY, HAPPY))
    assert found.share_followed is None


@pytest.mark.parametrize(
    ("share", "delay_s"),
    [(0.0, 1.0), (0.25, 1.0), (0.26, 2.0), (0.5, 2.0), (0.51, 4.0), (0.75, 4.0), (1.0, 9.0)],
)
def test_a_share_of_delays_is_the_shortest_that_so_many_did_not_exceed(
    share: float, delay_s: float
) -> None:
    found = replace(outcome(), delays_s=(9.0, 1.0, 4.0, 2.0))
    assert found.delay_s(share) == delay_s


def test_a_log_is_replayed_as_an_engine_would_have_decided() -> None:
    seen = [*[Emotion.HAPPY] * 300, *[Emotion.SAD] * 300]
    frames = [
        LoggedFrame(Observation(i / 10, 1, sure(e)), Mood(e.value)) for i, e in enumerate(seen)
    ]
    room = Room()
    for emotion in (Emotion.HAPPY, Emotion.SAD):
        room.see(sure(emotion), 30.0)
    found = replay(frames, QUICK)
    assert [c.after for c in found.changes] == room.named == [HAPPY, SAD]
    assert found.seconds == pytest.approx(59.9)
    assert found.delays_s == pytest.approx((2.0, 3.0), abs=1.0)
    assert found.share_right == pytest.approx(0.9, abs=0.05)
