"""Which mood the music is for, and when it turns away from a low one."""

from __future__ import annotations

from random import Random

import pytest

from moodspeaker.app.dj import Dj
from moodspeaker.app.factories import dj_settings
from moodspeaker.config.music_section import MusicSection, Policies
from moodspeaker.types import Emotion, Mood, Track


def dj(**changes: object) -> Dj:
    """A DJ with three tracks a mood."""
    made = Dj(dj_settings(MusicSection(**changes)), Random(1), clock=lambda: 0.0)
    made.stock(tuple(Track(f"{e}/{n}", moods=(e.value,)) for e in Emotion for n in range(3)))
    return made


def test_before_any_mood_the_wish_is_neutral() -> None:
    assert dj().wish_for(Mood.UNSURE) is Mood.NEUTRAL


@pytest.mark.parametrize("mood", [Mood.UNSURE, Mood.ABSENT, Mood.OFF, Mood.NEUTRAL, Mood.SURPRISE])
def test_moods_that_keep_leave_the_wish_as_it_was(mood: Mood) -> None:
    made = dj()
    made.wish_for(Mood.HAPPY)
    assert made.wish_for(mood) is Mood.HAPPY


def test_happy_is_matched() -> None:
    made = dj()
    pick = made.pick(made.wish_for(Mood.HAPPY))
    assert pick is not None
    assert pick.track.moods == ("happy",)
    assert (pick.mood, pick.valence, pick.arousal) == (Mood.HAPPY, 0.8, 0.35)


def test_sad_is_lifted_from_where_the_listener_is() -> None:
    made = dj(artist_spacing=0)
    wish = made.wish_for(Mood.SAD)
    picks = [made.pick(wish) for _ in range(6)]
    assert picks[0] is not None
    assert picks[0].track.moods == ("sad",)
    assert [p and p.track.moods[0] for p in picks[3:]] == ["happy"] * 3


def test_an_empty_library_is_no_pick() -> None:
    assert Dj(dj_settings(MusicSection()), Random(1)).pick(Mood.HAPPY) is None


class LongEvening:
    """A DJ whose sadness is matched, and the time since it began."""

    def __init__(self, **policies: str) -> None:
        self.now_s = 1000.0
        section = MusicSection(policies=Policies(**{"sad": "match", **policies}))
        self.dj = Dj(
            dj_settings(section), Random(1), clock=lambda: 0.0, monotonic=lambda: self.now_s
        )

    def after(self, minutes: float, mood: Mood = Mood.SAD, *, by_hand: bool = False) -> Mood:
        """The wish when so much time has passed with this mood."""
        self.dj.wish_for(mood, by_hand=by_hand)
        self.now_s += 60 * minutes
        return self.dj.wish_for(mood, by_hand=by_hand)


@pytest.mark.parametrize(("minutes", "wish"), [(44.9, Mood.SAD), (45, Mood.NEUTRAL)])
def test_sadness_is_matched_for_three_quarters_of_an_hour(minutes: float, wish: Mood) -> None:
    assert LongEvening().after(minutes) is wish


def test_unsure_moments_do_not_start_the_sad_hour_again() -> None:
    evening = LongEvening()
    evening.after(44)
    evening.after(0, Mood.UNSURE)
    assert evening.after(2) is Mood.NEUTRAL


def test_another_mood_starts_it_again() -> None:
    evening = LongEvening()
    evening.after(44)
    evening.after(1, Mood.HAPPY)
    assert evening.after(44) is Mood.SAD


def test_sadness_chosen_by_hand_may_last() -> None:
    assert LongEvening().after(300, by_hand=True) is Mood.SAD


def test_lifting_and_happiness_are_no_spiral() -> None:
    assert LongEvening(sad="lift").after(300) is Mood.SAD
    assert LongEvening().after(300, Mood.HAPPY) is Mood.HAPPY
