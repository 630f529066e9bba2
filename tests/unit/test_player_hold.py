"""When a person has taken the player over, which songs are ours, and how often to try."""

from __future__ import annotations

import pytest

from moodspeaker.player.hold import CLEARED, PAUSED, STOPPED, hold_reason
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
