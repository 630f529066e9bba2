"""What a listener thinks of tracks, and how it fades."""

from __future__ import annotations

import pytest

from moodspeaker.music.taste import (
    HALF_LIFE_S,
    PLAYS_AT_MOST,
    REFUSED,
    REMEMBERED,
    WORTH,
    Opinion,
    Opinions,
    Reaction,
    Taste,
)
from moodspeaker.types import Mood


def opinion(
    kind: Reaction = Reaction.SKIP, at: float = 0.0, weight: float = 1.0, uri: str = "x"
) -> Opinion:
    """One in a sad mood."""
    return Opinion(uri, Mood.SAD, kind, weight, at)


def offset(taste: Taste, now_s: float = 0.0, mood: Mood = Mood.SAD) -> float:
    """Of the one track."""
    return taste.offsets(mood, now_s).get("x", 0.0)


@pytest.mark.parametrize("kind", list(Reaction))
def test_each_reaction_has_its_worth_in_its_own_mood_only(kind: Reaction) -> None:
    taste = Taste([opinion(kind)])
    assert offset(taste) == WORTH[kind]
    assert offset(taste, mood=Mood.HAPPY) == 0


def test_the_mood_may_be_given_by_its_name() -> None:
    assert offset(Taste([Opinion("x", "sad", Reaction.SKIP, 1.0, 0.0)])) == -1


def test_half_of_it_is_left_after_the_half_life() -> None:
    taste = Taste([opinion()])
    assert offset(taste, HALF_LIFE_S) == pytest.approx(-0.5)
    assert offset(taste, 2 * HALF_LIFE_S) == pytest.approx(-0.25)


def test_a_dislike_refuses_the_track_for_one_half_life() -> None:
    taste = Taste([opinion(Reaction.DISLIKE)])
    assert offset(taste, HALF_LIFE_S) <= REFUSED < offset(taste, HALF_LIFE_S + 3600)


def test_one_skip_refuses_nothing_and_several_do() -> None:
    assert offset(Taste([opinion()])) > REFUSED
    assert offset(Taste([opinion()] * 3)) <= REFUSED


def test_what_has_faded_is_forgotten() -> None:
    assert Taste([opinion()]).offsets(Mood.SAD, 6 * HALF_LIFE_S) == {}


@pytest.mark.parametrize(("plays", "worth"), [(2, 0.4), (3, 0.6), (4, PLAYS_AT_MOST)])
def test_whole_plays_add_only_so_much(plays: int, worth: float) -> None:
    assert offset(Taste([opinion(Reaction.PLAYED)] * plays)) == pytest.approx(worth)


def test_the_weight_of_an_opinion_counts() -> None:
    assert offset(Taste([opinion(weight=0.5)])) == -0.5


def test_an_opinion_is_taken_back() -> None:
    taste = Taste([opinion(Reaction.LIKE)])
    taste.add(opinion())
    assert offset(taste) == 0
    taste.remove(opinion())
    assert offset(taste) == 1


def test_what_is_added_later_counts_as_if_it_had_always_been_there() -> None:
    opinions = [opinion(kind, at, uri=uri) for uri in "xy" for at in (0.0, 9e6) for kind in WORTH]
    taste = Taste()
    for one in opinions:
        taste.offsets(Mood.SAD, 1e7)
        taste.add(one)
    assert taste.offsets(Mood.SAD, 1e7) == Taste(opinions).offsets(Mood.SAD, 1e7)


def test_the_oldest_is_dropped_when_one_more_is_added() -> None:
    taste = Taste(opinion(at=float(n), uri=f"{n}") for n in range(REMEMBERED))
    assert taste.offsets(Mood.SAD, 0.0)["0"] == -1
    taste.add(opinion(at=1e6))
    assert "0" not in taste.offsets(Mood.SAD, 0.0)


def test_taking_back_what_was_never_said_changes_nothing() -> None:
    taste = Taste([opinion()])
    taste.remove(opinion(uri="other"))
    assert offset(taste) == -1


def test_one_from_the_future_counts_as_new() -> None:
    assert offset(Taste([opinion(at=1e12)])) == -1


def test_the_oldest_are_dropped_in_whatever_order_they_come() -> None:
    many = [opinion(at=float(n), uri=f"{n}") for n in range(REMEMBERED + 1)]
    kept = Taste(reversed(many)).offsets(Mood.SAD, 0.0)
    assert len(kept) == REMEMBERED
    assert "0" not in kept


def test_a_year_of_plays_takes_no_more_room_than_its_tracks() -> None:
    opinions = Opinions()
    for hour in range(9000):
        opinions.add(opinion(Reaction.PLAYED, hour * 3600.0, uri=f"{hour % 7}"))
    assert len(opinions.plays) == 7
    assert not opinions.words
    summed = opinions.summed(9000 * 3600.0)
    assert summed == {f"{n}": PLAYS_AT_MOST for n in range(7)}


def test_plays_of_more_tracks_than_are_remembered_drop_the_one_heard_longest_ago() -> None:
    opinions = Opinions()
    for number in [*range(REMEMBERED), 0, REMEMBERED]:
        opinions.add(opinion(Reaction.PLAYED, float(number), uri=f"{number}"))
    assert len(opinions.plays) == REMEMBERED
    assert "0" in opinions.plays
    assert "1" not in opinions.plays
