"""What happened between two looks at the player, and whether a person did it. Pure.

MPD tells what is so, never who did it. What it really does (0.23.12, tried):
- It silently passes over a file that it cannot decode, so at a song's end any later one may come.
- A file that fails as it is started shows as a stop with an error for some 10 ms only; then the
  next one plays, and the error is gone.
- Under consume the song leaves the queue as it ends, and at `next`; at a stop it stays.
- With random on, the next song is any one; with repeat on the first follows the last.
- While a database update runs, songs whose files are gone leave the queue one by one; only at its
  end, seconds or minutes later, is the database told to have changed. The song that plays stays.
- Cross-fading does not shorten `duration`: the next song is current when the old one has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from moodspeaker.types import PlayState

if TYPE_CHECKING:
    from collections.abc import Collection

    from moodspeaker.types import PlayerStatus, QueuedSong

TOLERANCE_S = 3.0
"""A song that got so near to its end has ended: durations are estimates in some formats."""
NEVER_BEGAN_S = 0.5
"""A song that was current for less is one that could not be decoded, and nobody's skip."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the player said, and when: seconds of the keeper's clock."""

    status: PlayerStatus
    at_s: float


@dataclass(frozen=True, slots=True)
class Deeds:
    """What we ourselves did since the look before.

    `started`: told it to play a song; `skipped`: sent it on to the next for a person.
    """

    appended: tuple[QueuedSong, ...] = ()
    removed: frozenset[int] = frozenset()
    started: bool = False
    skipped: bool = False


NO_DEEDS = Deeds()


class Turn(Enum):
    """How the current song came to be another one. UNKNOWN is nobody's doing, or ours."""

    NONE = auto()
    ENDED = auto()
    CUT = auto()
    CHOSEN = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class News:
    """`edited`: somebody else than us and the player itself changed the queue.

    `missing` are the uris that left it, where that is all: a database update may yet explain it.
    """

    turn: Turn = Turn.NONE
    edited: bool = False
    missing: frozenset[str] = frozenset()


NO_NEWS = News()


def news(before: Look, now: Look, deeds: Deeds = NO_DEEDS, dropped: Collection[str] = ()) -> News:
    """Compares two looks of one connection. `dropped` are uris that the database has lost."""
    there = expected(before.status.queue, deeds)
    how = turn(before, now, there, deeds)
    # The same object mostly: a queue of thousands is not compared at each look.
    if now.status.queue is there or now.status.queue == there:
        return News(how)
    gone = taken_out(there, before.status, now.status) - set(dropped)
    if deeds.started and now.status.consume:
        # A song that we started and that failed may have been consumed without ever being current.
        gone = frozenset()
    if rearranged(there, now.status):
        return News(how, edited=True)
    return News(how, bool(gone), gone)


def expected(queue: tuple[QueuedSong, ...], deeds: Deeds) -> tuple[QueuedSong, ...]:
    """The queue as it would be had nobody but us touched it."""
    if not deeds.appended and not deeds.removed:
        return queue
    songs = (*queue, *deeds.appended)
    return tuple(song for song in songs if song.song_id not in deeds.removed)


def rearranged(there: tuple[QueuedSong, ...], now: PlayerStatus) -> bool:
    """Songs were added or moved."""
    left = set(now.queue)
    return [song for song in there if song in left] != list(now.queue)


def taken_out(
    there: tuple[QueuedSong, ...], was: PlayerStatus, now: PlayerStatus
) -> frozenset[str]:
    """The uris that have left the queue otherwise than by being consumed."""
    left, eaten = set(now.queue), consumed(there, was, now)
    return frozenset(song.uri for song in there if song not in left and song.song_id not in eaten)


def consumed(there: tuple[QueuedSong, ...], was: PlayerStatus, now: PlayerStatus) -> set[int]:
    """The songs that consume may have taken out: those that have played since."""
    old, new = was.current, now.current
    if old is None or was.state is PlayState.STOP or not (was.consume or now.consume):
        return set()
    if was.random or now.random or old not in there:
        return {old.song_id}
    last = there.index(new) if new in there else len(there)
    return {song.song_id for song in there[there.index(old) : last]} | {old.song_id}


def turn(
    before: Look,
    now: Look,
    there: tuple[QueuedSong, ...],
    deeds: Deeds,
) -> Turn:
    """How the song that was current stopped being it."""
    was, new = before.status, now.status
    old = was.current
    if old is None or is_current(old, new):
        return Turn.NONE
    if deeds.started or deeds.skipped or failed(was, new) or replaced(there, was, new):
        return Turn.UNKNOWN
    if was.state is PlayState.STOP:
        chosen = new.state is PlayState.PLAY and old in new.queue
        return Turn.CHOSEN if chosen else Turn.UNKNOWN
    if new.state is PlayState.STOP and new.current is not None:
        return Turn.UNKNOWN
    return how_it_ended(before, now, there)


def failed(was: PlayerStatus, new: PlayerStatus) -> bool:
    """An error came up, or a song that could not be played gave way to another one."""
    if was.state is PlayState.STOP:
        return bool(was.error)
    return bool(new.error) and new.error != was.error


def replaced(there: tuple[QueuedSong, ...], was: PlayerStatus, new: PlayerStatus) -> bool:
    """All is gone, or all is new: whoever does so need not dislike the song that played."""
    if not new.queue:
        return bool(was.ahead)
    return not (was.consume or new.consume) and not set(there) & set(new.queue)


def how_it_ended(before: Look, now: Look, there: tuple[QueuedSong, ...]) -> Turn:
    """ENDED where the old song's time was up and the new one lies further on, else CUT."""
    was, new = before.status, now.status
    if was.duration_s is None:
        # A stream ends when it ends: only a jump can be told.
        return Turn.ENDED if follows(was, new, there, at_once=True) else Turn.CUT
    reached_s = (was.elapsed_s or 0.0) + now.at_s - before.at_s
    if reached_s >= was.duration_s - TOLERANCE_S and follows(was, new, there, at_once=False):
        return Turn.ENDED
    return Turn.UNKNOWN if reached_s < NEVER_BEGAN_S else Turn.CUT


def follows(
    was: PlayerStatus, new: PlayerStatus, there: tuple[QueuedSong, ...], *, at_once: bool
) -> bool:
    """Whether the player comes from the old song to the new one by itself.

    `at_once`: as the very next; else with undecodable ones passed over in between.
    """
    old, song = was.current, new.current
    order = new.queue if old in new.queue else there
    if song is None or new.random or was.random or old not in order or song not in order:
        return True
    step = order.index(song) - order.index(old)
    if new.repeat or was.repeat:
        step %= len(order)
    if at_once and order is new.queue:
        return step == 1
    return step > 0


def is_current(song: QueuedSong, status: PlayerStatus) -> bool:
    """By its number: the current song of a stream or a retagged file stays the same one."""
    return status.current is not None and status.current.song_id == song.song_id
