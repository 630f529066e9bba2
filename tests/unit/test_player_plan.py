"""What the queue should look like, without any player."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from moodspeaker.player.plan import Append, Play, Remove, go_on, plan, play_again
from moodspeaker.types import Mood, PlayerStatus, PlayState, QueuedSong

if TYPE_CHECKING:
    from moodspeaker.player.plan import Action

HAPPY, SAD = Mood.HAPPY, Mood.SAD


def status(
    *ids: int, at: int | None = 0, state: PlayState = PlayState.PLAY, error: str = ""
) -> PlayerStatus:
    queue = tuple(QueuedSong(song_id, f"{song_id}.ogg") for song_id in ids)
    return PlayerStatus(state, queue, at, error)


def stopped(*ids: int, at: int | None = None, error: str = "") -> PlayerStatus:
    return status(*ids, at=at, state=PlayState.STOP, error=error)


@pytest.mark.parametrize(("ahead", "missing"), [(1, 1), (2, 0), (3, 0)])
def test_two_tracks_are_kept_ahead(ahead: int, missing: int) -> None:
    ids = tuple(range(1, ahead + 2))
    own = dict.fromkeys(ids, HAPPY)
    assert plan(status(*ids), own, HAPPY, 2) == (Append(),) * missing


def test_nothing_ahead_needs_all_of_them() -> None:
    assert plan(status(1), {1: HAPPY}, HAPPY, 2) == (Append(), Append())


def test_foreign_songs_count_as_tracks_ahead() -> None:
    assert plan(status(1, 2), {1: HAPPY}, HAPPY, 1) == ()


def test_a_mood_change_replaces_ours_ahead_and_appends_first() -> None:
    own = {1: HAPPY, 2: HAPPY, 3: HAPPY}
    actions = plan(status(1, 2, 3), own, SAD, 2)
    assert actions == (Append(), Append(), Remove(2), Remove(3))


def test_a_mood_change_never_touches_the_current_song() -> None:
    assert Remove(1) not in plan(status(1, 2), {1: HAPPY, 2: HAPPY}, SAD, 1)


@pytest.mark.parametrize(("own", "actions"), [({1: HAPPY}, (Append(), Play(), Append())), ({}, ())])
def test_our_own_stream_has_no_end_to_wait_for_and_a_foreign_one_is_left_alone(
    own: dict[int, Mood], actions: tuple[Action, ...]
) -> None:
    queue = (QueuedSong(1, "http://radio.example/live"), QueuedSong(2, "2.ogg"))
    assert plan(PlayerStatus(PlayState.PLAY, queue, 0), own, SAD, 1) == actions


def test_a_mood_change_keeps_what_already_fits() -> None:
    assert plan(status(1, 2, 3), {1: HAPPY, 2: HAPPY, 3: SAD}, SAD, 1) == (Remove(2),)


def test_foreign_songs_are_never_removed() -> None:
    assert plan(status(7, 8, 9, at=1), {}, SAD, 1) == ()
    assert plan(status(7, 2, 9, at=0), {2: HAPPY}, SAD, 1) == (Remove(2),)


def test_played_songs_of_ours_go_except_the_latest() -> None:
    own = dict.fromkeys((1, 2, 4, 5, 6), HAPPY)
    assert plan(status(1, 2, 3, 4, 5, 6, at=4), own, HAPPY, 1) == (Remove(1), Remove(2))


def test_an_empty_queue_starts_with_a_new_track() -> None:
    assert plan(stopped(), {}, HAPPY, 2) == (Append(), Play(), Append(), Append())


def test_at_the_end_of_the_queue_it_starts_anew_and_tidies() -> None:
    own = {1: HAPPY, 2: HAPPY}
    assert plan(stopped(1, 2), own, HAPPY, 1) == (Remove(1), Append(), Play(), Append())


def test_at_the_end_of_a_foreign_queue_it_starts_and_removes_nothing() -> None:
    assert plan(stopped(7, 8), {}, HAPPY, 1) == (Append(), Play(), Append())


def test_stopped_amid_foreign_songs_at_boot_it_starts_its_own() -> None:
    assert plan(stopped(7, 8, at=0), {}, HAPPY, 1) == (Append(), Play(), Append())


def test_after_a_hold_it_goes_on_with_its_own_song_that_fits() -> None:
    own = {1: HAPPY, 2: SAD}
    assert plan(stopped(1, 2, at=0), own, SAD, 1) == (Play(2),)


def test_a_pause_is_never_ended() -> None:
    paused = status(1, 2, state=PlayState.PAUSE)
    assert plan(paused, {1: HAPPY, 2: HAPPY}, SAD, 3) == ()


def test_a_held_player_is_left_alone() -> None:
    assert plan(stopped(1, 2, at=0), {1: HAPPY, 2: HAPPY}, HAPPY, 1, held=True) == ()
    assert plan(stopped(), {}, HAPPY, 1, held=True) == ()


def test_not_following_means_nothing_at_all() -> None:
    assert plan(status(1, 2), {1: HAPPY, 2: HAPPY}, SAD, 3, following=False) == ()
    assert plan(stopped(), {}, HAPPY, 1, following=False) == ()


def test_no_wish_means_nothing() -> None:
    assert plan(status(1), {1: HAPPY}, None, 2) == ()
    assert plan(stopped(), {}, None, 2) == ()


def test_a_vanished_file_of_ours_goes_and_the_next_one_plays() -> None:
    bad = stopped(1, 2, 3, at=1, error="Failed to decode /music/2.ogg; No such file")
    assert plan(bad, dict.fromkeys((1, 2, 3), HAPPY), HAPPY, 1) == (Remove(2), Play(3))


def test_the_bad_song_is_found_where_the_finished_one_is_still_current() -> None:
    bad = stopped(1, 2, 3, at=0, error="Failed to decode /music/2.ogg; No such file")
    assert plan(bad, dict.fromkeys((1, 2, 3), HAPPY), HAPPY, 1) == (Remove(2), Play(3))


def test_a_vanished_file_at_the_end_is_replaced() -> None:
    bad = stopped(1, 2, at=1, error="Failed to decode /music/2.ogg")
    expected = (Remove(2), Append(), Play(), Append())
    assert plan(bad, {1: HAPPY, 2: HAPPY}, HAPPY, 1) == expected


def test_a_vanished_foreign_file_stays_and_the_next_one_plays() -> None:
    bad = stopped(7, 2, at=0, error="Failed to decode /music/7.ogg")
    assert plan(bad, {2: HAPPY}, HAPPY, 1) == (Play(2),)


def test_an_error_skips_our_songs_of_another_mood() -> None:
    bad = stopped(1, 2, 9, at=0, error="Failed to decode /music/1.ogg")
    assert plan(bad, {1: HAPPY, 2: HAPPY}, SAD, 1) == (Remove(1), Play(9))


def test_an_error_with_nothing_current_removes_the_song_it_names() -> None:
    bad = stopped(1, 2, error="Failed to decode /music/2.ogg")
    expected = (Remove(2), Append(), Play(), Append())
    assert plan(bad, {1: HAPPY, 2: HAPPY}, HAPPY, 1) == expected


def test_an_error_that_names_no_song_costs_no_song() -> None:
    bad = stopped(1, 2, at=0, error="Failed to open audio output")
    assert plan(bad, {1: HAPPY, 2: HAPPY}, HAPPY, 1) == (Play(1),)


def test_of_two_names_in_an_error_the_longer_one_is_meant() -> None:
    bad = stopped(1, 11, at=0, error="Failed to decode /music/11.ogg")
    assert plan(bad, {1: HAPPY, 11: HAPPY}, HAPPY, 1)[0] == Remove(11)


def test_going_on_takes_the_next_song_that_fits_not_the_stopped_one() -> None:
    own = {1: SAD, 2: HAPPY, 3: SAD}
    assert go_on(stopped(1, 2, 3, at=0), own, SAD, 1) == (Play(3),)
    assert go_on(stopped(1, 7, at=0), own, SAD, 1) == (Play(7),)


def test_going_on_with_nothing_that_fits_starts_anew() -> None:
    assert go_on(stopped(1, 2, at=0), {1: SAD, 2: HAPPY}, SAD, 1) == (Append(), Play(), Append())
    assert go_on(stopped(7), {}, SAD, 1) == (Append(), Play(), Append())


@pytest.mark.parametrize(("wanted", "following"), [(None, True), (SAD, False)])
def test_going_on_without_us_takes_what_is_there(wanted: Mood | None, following: bool) -> None:
    assert go_on(stopped(7, 8, at=0), {}, wanted, 1, following=following) == (Play(8),)
    assert go_on(stopped(), {}, wanted, 1, following=following) == ()


def test_in_random_mode_what_has_not_played_is_ahead_wherever_it_is() -> None:
    own = dict.fromkeys((1, 2, 3), HAPPY)
    at_last = replace(status(1, 2, 3, at=2), random=True)
    assert plan(at_last, own, HAPPY, 2, heard={3}) == ()
    assert plan(at_last, own, HAPPY, 2, heard={1, 3}) == (Append(), Remove(1))


def test_in_random_mode_a_foreign_song_counts_until_it_has_played() -> None:
    playing = replace(status(7, 2, at=1), random=True)
    assert plan(playing, {2: HAPPY}, HAPPY, 1, heard={2}) == ()
    assert plan(playing, {2: HAPPY}, HAPPY, 1, heard={7, 2}) == (Append(),)


def test_in_random_mode_a_mood_change_takes_all_of_ours_but_the_current() -> None:
    playing = replace(status(1, 2, 3, 9, at=1), random=True)
    actions = plan(playing, {1: HAPPY, 2: HAPPY, 3: HAPPY}, SAD, 2, heard={2})
    assert actions == (Append(), Remove(1), Remove(3))


def test_a_song_of_ours_that_has_played_is_not_ahead_again() -> None:
    round_again = replace(status(7, 2, 3), repeat=True)
    actions = plan(round_again, {2: HAPPY, 3: HAPPY}, HAPPY, 1, heard={7, 2, 3})
    assert actions == (Append(), Remove(2), Remove(3))


@pytest.mark.parametrize(("left_s", "kept"), [(1.1, False), (1.0, False), (0.9, True)])
def test_right_before_a_songs_end_nothing_is_removed(left_s: float, kept: bool) -> None:
    ending = replace(status(1, 2), elapsed_s=200 - left_s, duration_s=200)
    actions = plan(ending, {1: HAPPY, 2: HAPPY}, SAD, 1)
    assert (Remove(2) not in actions) is kept


def test_playing_again_takes_the_stopped_song_where_it_fits() -> None:
    own = {1: HAPPY, 2: SAD}
    assert play_again(stopped(1, 2, at=0), own, HAPPY, 1) == (Play(1),)
    assert play_again(stopped(1, 2, at=0), own, SAD, 1) == (Play(2),)
    assert play_again(stopped(1, 2, at=0), own, None, 1) == (Play(1),)
    assert play_again(stopped(1, 2, at=0), own, SAD, 1, following=False) == (Play(1),)
    assert play_again(stopped(), {}, SAD, 1) == (Append(), Play(), Append())
