"""Weeks of listening in simulated time: a thousand mood changes, and people who interfere."""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from fakes.listeners import HOLD_S, Household
from moodspeaker.app.dj import Dj
from moodspeaker.app.music_settings import dj_settings
from moodspeaker.config.music_section import MusicSection, Policies
from moodspeaker.music.policy import LIFT_STEPS
from moodspeaker.music.shelf import Shelf
from moodspeaker.player.events import Dropped, Queued
from moodspeaker.types import Mood, Pick, PlayState, Track

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.player.events import PlayerEvent

CHANGES = 1000
MOODS = (Mood.HAPPY, Mood.SAD, Mood.ANGRY, Mood.NEUTRAL)
NO_REPEAT_WITHIN = 100
ARTISTS_APART = 3
STEP = re.compile(r"lift sad, step (\d+)")
SECTION = MusicSection(
    policies=Policies(sad="lift", angry="calm", happy="match", neutral="match"),
    artist_spacing=ARTISTS_APART,
    tracks_ahead=2,
)


def library() -> tuple[Track, ...]:
    """500 tracks all over the plane, by 60 artists, as surely placed as a mood tag does."""
    rng = Random(7)
    return tuple(
        Track(
            f"{n}.ogg",
            title=f"Song {n}",
            artist=f"Artist {n % 60}",
            place=(rng.uniform(-1, 1), rng.uniform(-1, 1), 0.25, 0.25),
            year=rng.randint(1960, 2020),
        )
        for n in range(500)
    )


LIBRARY = library()


def real_dj(clock: Callable[[], float], events: list[PlayerEvent]) -> Callable[[Mood], Pick | None]:
    """The product's own, told as the service tells it what left the queue unheard."""
    dj = Dj(dj_settings(SECTION), Random(3), clock, clock)
    dj.stock(Shelf.of(LIBRARY))
    told = 0

    def pick(mood: Mood) -> Pick | None:
        nonlocal told
        for event in events[told:]:
            if isinstance(event, Dropped):
                dj.history.drop(event.pick.track.uri)
        told = len(events)
        dj.wish_for(mood)
        return dj.pick(mood)

    return pick


def kept(household: Household) -> list[Pick]:
    """What was queued and not taken out again unheard."""
    picks: list[Pick] = []
    for event in household.events:
        if isinstance(event, Queued):
            picks.append(event.pick)
        elif isinstance(event, Dropped):
            # The latest that equals it: a track may have been chosen for the same reason before.
            del picks[len(picks) - 1 - picks[::-1].index(event.pick)]
    return picks


@pytest.fixture
def household() -> Household:
    return Household(LIBRARY, real_dj, seed=1)


async def test_a_thousand_mood_changes_among_people_who_interfere(household: Household) -> None:
    rng = household.rng
    household.keeper.want(Mood.NEUTRAL)
    await household.look()
    for _ in range(CHANGES):
        await household.live(rng.expovariate(1 / 90))
        household.keeper.want(rng.choice(MOODS))
        await household.look()
        if rng.random() < 0.05:
            await household.act()
        if rng.random() < 0.1:
            household.play()
            await household.look()
    assert len(set(household.acts)) == 7
    assert household.skipped <= household.cuts
    assert_picks_are_fair(kept(household))


async def test_left_alone_no_song_is_ever_cut_and_the_mood_comes_with_the_next(
    household: Household,
) -> None:
    rng = household.rng
    household.keeper.want(Mood.NEUTRAL)
    await household.look()
    for _ in range(CHANGES):
        await household.live(rng.expovariate(1 / 90))
        household.keeper.want(rng.choice(MOODS))
        await household.look()
    assert household.skipped == 0
    assert household.keeper.held is None
    assert_picks_are_fair(kept(household))
    assert_every_lift_rises(household.picks)


async def test_after_every_act_the_music_comes_back_in_time(household: Household) -> None:
    household.keeper.want(Mood.HAPPY)
    await household.look()
    for _ in range(100):
        await household.act()
        if household.mpd.state is PlayState.PAUSE:
            household.play()
        await household.live(HOLD_S + 1)
        assert household.keeper.held is None
        assert household.mpd.state is PlayState.PLAY


def assert_picks_are_fair(picks: list[Pick]) -> None:
    """Each has a reason; no track comes again too soon, and no artist, but where it is told."""
    assert all(pick.why and "\n" not in pick.why for pick in picks)
    uris = [pick.track.uri for pick in picks]
    artists = [pick.track.artist for pick in picks]
    again, close = 0, 0
    for n, pick in enumerate(picks):
        if uris[n] in uris[max(0, n - NO_REPEAT_WITHIN) : n]:
            assert "played lately" in pick.why
            again += 1
        if artists[n] in artists[max(0, n - ARTISTS_APART) : n]:
            assert "artist spacing relaxed" in pick.why
            close += 1
    assert again <= len(picks) / 20
    assert close <= len(picks) / 20


def assert_every_lift_rises(picks: list[Pick]) -> None:
    """From step to step of one wish each track is more pleasant than the one before."""
    lifts = [(int(found[1]), pick) for pick in picks if (found := STEP.search(pick.why))]
    pairs = [(a, b) for (n, a), (m, b) in pairwise(lifts) if m == n + 1 and m <= LIFT_STEPS]
    assert len(pairs) > CHANGES / 10
    assert all(after.valence >= before.valence for before, after in pairs)
