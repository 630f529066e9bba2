"""What two looks at a player say of what happened in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moodspeaker.player.watching import NO_DEEDS, Deeds, Look, Turn, news
from moodspeaker.types import PlayerStatus, PlayState, QueuedSong

A, B, C, D, NEW = (QueuedSong(n, f"{n}.ogg") for n in range(1, 6))
PLAYING = PlayerStatus(PlayState.PLAY, (A, B, C), 1, elapsed_s=50, duration_s=200)
STREAM = replace(PLAYING, duration_s=None)
NEAR_END = replace(PLAYING, elapsed_s=199)
PAUSED = replace(PLAYING, state=PlayState.PAUSE)
STOPPED = replace(PLAYING, state=PlayState.STOP, elapsed_s=None, duration_s=None)
OVER = PlayerStatus(PlayState.STOP, (A, B, C), None)


def turned(before: PlayerStatus, now: PlayerStatus, after_s: float = 1) -> Turn:
    return news(Look(before, 100), Look(now, 100 + after_s)).turn


def on(position: int, status: PlayerStatus = PLAYING, **changes: object) -> PlayerStatus:
    return replace(status, position=position, elapsed_s=0.1, **changes)


@pytest.mark.parametrize(
    ("before", "now", "turn"),
    [
        pytest.param(PLAYING, replace(PLAYING, elapsed_s=9), Turn.NONE, id="a seek"),
        pytest.param(PLAYING, PAUSED, Turn.NONE, id="a pause"),
        pytest.param(PLAYING, STOPPED, Turn.NONE, id="a stop"),
        pytest.param(PLAYING, on(2), Turn.CUT, id="next"),
        pytest.param(PLAYING, on(0), Turn.CUT, id="previous"),
        pytest.param(PAUSED, on(2), Turn.CUT, id="next in a pause"),
        pytest.param(PLAYING, OVER, Turn.CUT, id="next past the end"),
        pytest.param(NEAR_END, on(2), Turn.ENDED, id="the end of a song"),
        pytest.param(NEAR_END, OVER, Turn.ENDED, id="the end of the queue"),
        pytest.param(NEAR_END, on(0), Turn.CUT, id="a jump back at the end"),
        pytest.param(NEAR_END, on(0, repeat=True), Turn.ENDED, id="the round of repeat"),
        pytest.param(NEAR_END, on(0, random=True), Turn.ENDED, id="any song in random mode"),
        pytest.param(PLAYING, on(0, random=True), Turn.CUT, id="next in random mode"),
        pytest.param(STREAM, on(2, STREAM), Turn.ENDED, id="the next one after a stream"),
        pytest.param(STREAM, on(0, STREAM), Turn.CUT, id="a jump from a stream"),
        pytest.param(PLAYING, on(2, error="bad"), Turn.UNKNOWN, id="an error"),
        pytest.param(on(1, error="old"), on(2, error="old"), Turn.CUT, id="an old error"),
        pytest.param(STOPPED, on(2), Turn.CHOSEN, id="another song after a stop"),
        pytest.param(
            replace(STOPPED, error="bad"), on(2), Turn.UNKNOWN, id="what follows a failed start"
        ),
        pytest.param(PLAYING, replace(STOPPED, position=2), Turn.UNKNOWN, id="stopped elsewhere"),
    ],
)
def test_how_a_song_came_to_be_another(before: PlayerStatus, now: PlayerStatus, turn: Turn) -> None:
    assert turned(before, now) is turn


def test_a_song_that_was_never_heard_could_not_be_decoded() -> None:
    begun = replace(PLAYING, elapsed_s=None)
    assert turned(begun, on(2), after_s=0.4) is Turn.UNKNOWN
    assert turned(begun, on(2), after_s=0.5) is Turn.CUT


def test_undecodable_files_are_passed_over_at_a_songs_end_only() -> None:
    first = replace(NEAR_END, position=0)
    assert turned(first, on(2)) is Turn.ENDED
    assert turned(replace(first, duration_s=None), on(2, STREAM)) is Turn.CUT


def test_what_we_did_ourselves_is_no_persons_turn() -> None:
    for deeds in (Deeds(started=True), Deeds(skipped=True)):
        assert news(Look(PLAYING, 0), Look(on(2), 1), deeds).turn is Turn.UNKNOWN


def edited(
    queue: tuple[QueuedSong, ...], deeds: Deeds = NO_DEEDS, before: PlayerStatus = PLAYING
) -> bool:
    position = queue.index(B) if B in queue else None
    now = replace(before, queue=queue, position=position)
    return news(Look(before, 0), Look(now, 1), deeds).edited


@pytest.mark.parametrize("queue", [(A, B, C, NEW), (NEW, A, B, C), (B, C), (A, B), (B, A, C), ()])
def test_songs_added_removed_or_moved_by_somebody_are_an_edit(
    queue: tuple[QueuedSong, ...],
) -> None:
    assert edited(queue)


def test_our_own_changes_are_none() -> None:
    deeds = Deeds(appended=(D, NEW), removed=frozenset({A.song_id, C.song_id}))
    assert not edited((B, D, NEW), deeds)


def test_our_own_song_that_somebody_removes_at_once_is_an_edit() -> None:
    assert edited((A, B, C), Deeds(appended=(D,)))


def test_a_song_that_slips_in_before_ours_is_an_edit() -> None:
    assert edited((A, B, C, NEW, D), Deeds(appended=(D,)))


def test_consume_takes_what_has_played_and_no_more() -> None:
    consuming = replace(PLAYING, position=0, consume=True)
    now = replace(consuming, queue=(C,), position=0)
    assert not news(Look(consuming, 0), Look(now, 500)).edited
    now = replace(consuming, queue=(B,), position=0)
    assert news(Look(consuming, 0), Look(now, 500)).edited


def test_songs_that_only_left_are_told_by_name_for_the_database_may_have_lost_them() -> None:
    before, now = Look(PLAYING, 0), Look(replace(PLAYING, queue=(A, B)), 1)
    assert news(before, now).missing == {C.uri}
    assert not news(before, now, dropped=[C.uri]).edited
    now = Look(replace(PLAYING, queue=(A, B, NEW)), 1)
    assert (news(before, now).edited, news(before, now).missing) == (True, frozenset())


def test_a_failed_start_under_consume_takes_its_song_and_is_no_edit() -> None:
    consuming = replace(OVER, queue=(A, B), consume=True)
    now = replace(consuming, state=PlayState.PLAY, queue=(B,), position=0)
    assert not news(Look(consuming, 0), Look(now, 1), Deeds(started=True)).edited
    assert news(Look(consuming, 0), Look(now, 1)).edited
