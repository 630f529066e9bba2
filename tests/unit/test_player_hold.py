"""When a person has taken the player over, which songs are ours, and how often to try."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moodspeaker.player.hold import (
    CLEARED,
    PAUSED,
    PAUSED_HERE,
    SINGLE,
    STOPPED,
    hold_reason,
)
from moodspeaker.player.ownership import OwnSong, recovered
from moodspeaker.player.throttle import Throttle
from moodspeaker.types import Mood, Pick, PlayerStatus, PlayState, QueuedSong, Track

TWO = (QueuedSong(1, "a.ogg"), QueuedSong(2, "b.ogg"))
PLAYING = PlayerStatus(PlayState.PLAY, TWO, 0)
STOP_MIDWAY = PlayerStatus(PlayState.STOP, TWO, 0)
STOP_AT_END = PlayerStatus(PlayState.STOP, TWO, None)
EMPTY = PlayerStatus(PlayState.STOP, (), None)
FAILED = PlayerStatus(PlayState.STOP, TWO, 0, "Failed to decode a.ogg")


@pytest.mark.parametrize(
    ("before", "now", "held", "reason"),
    [
        pytest.param(PLAYING, STOP_MIDWAY, None, STOPPED, id="a stop midway holds"),
        pytest.param(PLAYING, STOP_AT_END, None, None, id="the end of the queue does not"),
        pytest.param(PLAYING, EMPTY, None, CLEARED, id="a cleared queue holds"),
        pytest.param(PLAYING, FAILED, None, None, id="an error does not"),
        pytest.param(STOP_MIDWAY, STOP_MIDWAY, None, None, id="a hold let go stays let go"),
        pytest.param(STOP_MIDWAY, EMPTY, STOPPED, STOPPED, id="clearing later keeps the hold"),
        pytest.param(STOP_MIDWAY, PLAYING, STOPPED, None, id="playing lets go"),
        pytest.param(None, EMPTY, STOPPED, STOPPED, id="a new connection keeps the hold"),
        pytest.param(None, STOP_MIDWAY, None, STOPPED, id="a stop while we were away holds"),
        pytest.param(None, EMPTY, None, None, id="an empty player at the start is free"),
    ],
)
def test_a_hold_is_a_persons_act(
    before: PlayerStatus | None, now: PlayerStatus, held: str | None, reason: str | None
) -> None:
    assert hold_reason(before, now, {1, 2}, held) == reason


def test_an_old_error_does_not_hide_a_stop_by_hand() -> None:
    playing = PlayerStatus(PlayState.PLAY, TWO, 0, FAILED.error)
    assert hold_reason(playing, FAILED, {1}, None) == STOPPED


def test_a_pause_tells_hand_from_error() -> None:
    paused = PlayerStatus(PlayState.PAUSE, TWO, 0)
    failed = PlayerStatus(PlayState.PAUSE, TWO, 0, "no sound device")
    assert hold_reason(PLAYING, paused, (), None) == PAUSED
    assert hold_reason(PLAYING, failed, (), None) == "paused after an error: no sound device"


def test_stopped_foreign_songs_at_the_start_are_free() -> None:
    assert hold_reason(None, STOP_MIDWAY, (), None) is None


NEXT_UP = PlayerStatus(PlayState.PAUSE, TWO, 1, duration_s=90, single=True)
NOTHING = replace(STOP_AT_END, single=True)


@pytest.mark.parametrize(
    ("before", "now", "held", "reason"),
    [
        pytest.param(PLAYING, NEXT_UP, None, SINGLE, id="a pause before the next song"),
        pytest.param(PLAYING, replace(NEXT_UP, elapsed_s=9), None, PAUSED, id="a pause in it"),
        pytest.param(NEXT_UP, NEXT_UP, SINGLE, SINGLE, id="it stays"),
        pytest.param(NEXT_UP, replace(NEXT_UP, single=False), SINGLE, PAUSED, id="single off"),
        pytest.param(PLAYING, replace(NEXT_UP, single=False), None, PAUSED, id="one shot"),
        pytest.param(PLAYING, NOTHING, None, SINGLE, id="a stop after the last song"),
        pytest.param(NOTHING, NOTHING, SINGLE, SINGLE, id="it stays stopped"),
        pytest.param(NOTHING, STOP_AT_END, SINGLE, None, id="single off after the last song"),
        pytest.param(NEXT_UP, PLAYING, SINGLE, None, id="playing lets go"),
    ],
)
def test_single_mode_holds_after_each_song(
    before: PlayerStatus, now: PlayerStatus, held: str | None, reason: str | None
) -> None:
    assert hold_reason(before, now, {1, 2}, held) == reason


def test_our_own_pause_keeps_its_name() -> None:
    paused = PlayerStatus(PlayState.PAUSE, TWO, 0)
    assert hold_reason(PLAYING, paused, (), PAUSED_HERE) == PAUSED_HERE
    assert hold_reason(paused, PLAYING, (), PAUSED_HERE) is None


def test_the_last_song_deleted_is_a_cleared_queue_and_consumed_is_not() -> None:
    last = PlayerStatus(PlayState.PLAY, TWO[:1], 0)
    assert hold_reason(last, EMPTY, (), None) == CLEARED
    assert hold_reason(replace(last, consume=True), EMPTY, (), None) is None


def own_song(uri: str) -> OwnSong:
    return OwnSong(Pick(Track(uri), Mood.HAPPY, 0, 0, ""), Mood.HAPPY)


def test_renumbered_songs_are_found_by_uri() -> None:
    queue = (QueuedSong(51, "x.ogg"), QueuedSong(52, "a.ogg"), QueuedSong(53, "b.ogg"))
    own = {1: own_song("a.ogg"), 2: own_song("b.ogg")}
    assert recovered(queue, own) == {52: own[1], 53: own[2]}


def test_a_number_that_now_means_another_song_is_not_ours() -> None:
    assert recovered((QueuedSong(1, "x.ogg"),), {1: own_song("a.ogg")}) == {}


def test_no_more_songs_become_ours_than_were_queued() -> None:
    queue = (QueuedSong(51, "a.ogg"), QueuedSong(52, "a.ogg"))
    assert list(recovered(queue, {1: own_song("a.ogg")})) == [52]


def test_a_throttle_is_full_after_its_limit_until_the_window_has_passed() -> None:
    throttle = Throttle(2, 10)
    assert not throttle.full(0)
    throttle.count(0)
    assert not throttle.full(1)
    throttle.count(1)
    assert throttle.full(9.9)
    assert not throttle.full(10)
