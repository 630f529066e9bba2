"""What to do to the queue. Pure.

Only our own songs are ever removed, and the current one never while it plays or is paused.
Planning again after a plan was carried out soon comes to an empty plan.

With the player's random mode on, a place in the queue means nothing: every song but the current
one may be next, and MPD deals a new one in among those that have not played. With repeat on, the
first song follows the last. So a song of ours is played when it has been current, wherever it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from moodspeaker.types import Mood, PlayerStatus, PlayState, QueuedSong

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Remove:
    """Take this song out."""

    song_id: int


@dataclass(frozen=True, slots=True)
class Append:
    """Put one more track of the wanted mood at the end.

    When none can be had the rest of the plan is void: old songs are better than silence.
    """


@dataclass(frozen=True, slots=True)
class Play:
    """Play this song; None: the first one that this plan appended."""

    song_id: int | None = None


Action = Remove | Append | Play

ENDING_S = 1.0
"""So near to its end nothing is removed; a stale song that comes up then plays to its own end."""


def plan(
    status: PlayerStatus,
    own: Mapping[int, Mood],
    wanted: Mood | None,
    tracks_ahead: int,
    *,
    heard: Collection[int] = (),
    following: bool = True,
    held: bool = False,
) -> tuple[Action, ...]:
    """The actions, in order, that keep `tracks_ahead` tracks after the current one.

    `own` says which song ids of the queue we put there, and for which mood; `heard` which ids
    have been current. Nothing is done while not following, held, paused, or with no mood wanted.
    """
    if not following or held or wanted is None or status.state is PlayState.PAUSE:
        return ()
    if status.state is PlayState.PLAY:
        return keep_ahead(status, own, wanted, tracks_ahead, heard)
    if status.error:
        return recover(status, own, wanted, tracks_ahead)
    return resume(status, own, wanted, heard) or start(status, own, tracks_ahead)


def go_on(
    status: PlayerStatus,
    own: Mapping[int, Mood],
    wanted: Mood | None,
    tracks_ahead: int,
    *,
    heard: Collection[int] = (),
    following: bool = True,
) -> tuple[Action, ...]:
    """Stopped, and a person asks for the next track. Empty where there is none to play."""
    if not following or wanted is None:
        return tuple(Play(song.song_id) for song in status.ahead[:1])
    ahead = () if status.current is None else to_come(status, own, heard)
    next_song = first_that_fits(ahead, own, wanted)
    if next_song is None:
        return start(status, own, tracks_ahead)
    return (Play(next_song.song_id),)


def play_again(
    status: PlayerStatus,
    own: Mapping[int, Mood],
    wanted: Mood | None,
    tracks_ahead: int,
    *,
    heard: Collection[int] = (),
    following: bool = True,
) -> tuple[Action, ...]:
    """Stopped, and a person asks for music: the song that was stopped, if there is one."""
    current = status.current
    if current is not None and (not following or wanted is None or fits(current, own, wanted)):
        return (Play(current.song_id),)
    return go_on(status, own, wanted, tracks_ahead, heard=heard, following=following)


def keep_ahead(
    status: PlayerStatus,
    own: Mapping[int, Mood],
    wanted: Mood,
    tracks_ahead: int,
    heard: Collection[int] = (),
) -> tuple[Action, ...]:
    """While it plays. Appends before it removes, so that something always follows."""
    if is_endless(status.current) and not fits(status.current, own, wanted):
        return fresh_start(tracks_ahead)
    coming = [song for song in to_come(status, own, heard) if fits(song, own, wanted)]
    stale = [song for song in may_come(status) if song.song_id in own and song not in coming]
    missing = tracks_ahead - len(coming)
    past = () if status.random else status.queue[: status.position or 0]
    out = () if ends_soon(status) else removals(stale)
    return (*forget(past, own), *(Append() for _ in range(missing)), *out)


def recover(
    status: PlayerStatus, own: Mapping[int, Mood], wanted: Mood, tracks_ahead: int
) -> tuple[Action, ...]:
    """It stopped at an error: out with the bad song if it is ours, on with the next one.

    MPD may name the song before the bad one as current, so the error's text decides which it is.
    An error that names no song (no sound device, say) is no song's fault: the same again.
    """
    bad = named_by_error(status)
    if bad is None:
        return resume(status, own, wanted) or start(status, own, tracks_ahead)
    out = removals([bad] if bad.song_id in own else [])
    if status.current is None:
        others = {song_id: mood for song_id, mood in own.items() if song_id != bad.song_id}
        return (*out, *start(status, others, tracks_ahead))
    after = status.queue[status.queue.index(bad) + 1 :]
    next_song = first_that_fits(after, own, wanted)
    if next_song is None:
        return (*out, *fresh_start(tracks_ahead))
    return (*out, Play(next_song.song_id))


def resume(
    status: PlayerStatus, own: Mapping[int, Mood], wanted: Mood, heard: Collection[int] = ()
) -> tuple[Action, ...]:
    """Stopped in the middle: on with our own songs, if they fit and are not yet played."""
    if status.current is None:
        return ()
    for song in (status.current, *to_come(status, own, heard)):
        if own.get(song.song_id) is wanted:
            return (Play(song.song_id),)
    return ()


def start(status: PlayerStatus, own: Mapping[int, Mood], tracks_ahead: int) -> tuple[Action, ...]:
    """Stopped with nothing of ours to come: new tracks, and play the first of them."""
    before = status.queue if status.position is None else status.queue[: status.position]
    return (*forget(before, own), *fresh_start(tracks_ahead))


def fresh_start(tracks_ahead: int) -> tuple[Action, ...]:
    """One to play at once, and what follows it."""
    return (Append(), Play(), *(Append() for _ in range(tracks_ahead)))


def forget(past: Iterable[QueuedSong], own: Mapping[int, Mood]) -> tuple[Action, ...]:
    """Removes our played songs but the latest, to which a person may still go back."""
    return removals([song for song in past if song.song_id in own][:-1])


def removals(songs: Iterable[QueuedSong]) -> tuple[Action, ...]:
    """One for each."""
    return tuple(Remove(song.song_id) for song in songs)


def to_come(
    status: PlayerStatus, own: Mapping[int, Mood], heard: Collection[int]
) -> tuple[QueuedSong, ...]:
    """What plays after the current song, without ours that have played and, in random mode,
    without anybody's: MPD comes to each song once.
    """
    return tuple(
        song
        for song in may_come(status)
        if song.song_id not in heard or (not status.random and song.song_id not in own)
    )


def may_come(status: PlayerStatus) -> tuple[QueuedSong, ...]:
    """All that the player may choose as the next song, or one after it."""
    if not status.random:
        return status.ahead
    return tuple(song for song in status.queue if song != status.current)


def ends_soon(status: PlayerStatus) -> bool:
    """The next song may be current before a removal reaches the player, which would cut it."""
    if status.elapsed_s is None or status.duration_s is None:
        return False
    return status.duration_s - status.elapsed_s < ENDING_S


def fits(song: QueuedSong, own: Mapping[int, Mood], wanted: Mood) -> bool:
    """Whether it may play while `wanted` is: a foreign song always may."""
    return own.get(song.song_id, wanted) is wanted


def is_endless(song: QueuedSong | None) -> TypeGuard[QueuedSong]:
    """Whether it is a stream, which has no end that a mood could wait for."""
    return song is not None and "://" in song.uri


def first_that_fits(
    songs: Iterable[QueuedSong], own: Mapping[int, Mood], wanted: Mood
) -> QueuedSong | None:
    """The next song to play, None where all are ours and of another mood."""
    return next((song for song in songs if fits(song, own, wanted)), None)


def named_by_error(status: PlayerStatus) -> QueuedSong | None:
    """The song that the error's text is about; the nearest one where a file is queued twice."""
    near = status.queue if status.position is None else status.queue[status.position :]
    named = [song for song in near if song.uri in status.error]
    # Of `a.ogg` and `la.ogg` only the longer one can be meant where both are in the text.
    return max(named, key=lambda song: len(song.uri), default=None)
