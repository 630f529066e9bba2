"""Whether a person has taken the player over, and for how long.

The keeper itself never stops or clears, and tells when it pauses, so whoever else did was a
person. MPD's own stop after a song, its single mode, is a person's wish as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.player.events import Held
from moodspeaker.player.watching import Turn
from moodspeaker.types import PlayerStatus, PlayState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container

    from moodspeaker.player.watching import News

PAUSED = "paused by hand"
PAUSED_HERE = "paused"
STOPPED = "stopped by hand"
CLEARED = "queue cleared by hand"
SKIPPED = "skipped by hand"
EDITED = "queue edited by hand"
SINGLE = "single mode: the player stops after each song"


@dataclass(frozen=True, slots=True)
class Hold:
    """Why, and since when, seconds of the keeper's clock.

    `missing` are uris whose removal is all that it is for, and `instead` what held before.
    """

    reason: str
    since_s: float
    missing: frozenset[str] = frozenset()
    instead: Hold | None = None


class Holds:
    """Two may be in force: the player stands still, and a person has skipped or edited.

    The first ends when it plays again, a stop also with time; the second outlives a pause and
    ends with time, or when the queue has come to its end and nothing of the person's is left.
    """

    def __init__(self, on_event: Callable[[Held], None], hold_s: float) -> None:
        self.hold_s = hold_s
        self._on_event = on_event
        self._still: Hold | None = None
        self._act: Hold | None = None

    @property
    def reason(self) -> str | None:
        """Why to stay out, None for no reason."""
        hold = self._still or self._act
        return hold.reason if hold else None

    def judge(
        self,
        before: PlayerStatus | None,
        now: PlayerStatus,
        what: News,
        own: Container[int],
        now_s: float,
    ) -> None:
        """Takes in what was seen; `before` is None at a connection's start."""
        told = self.reason
        self._still = self._standing(before, now, own, now_s)
        if what.edited:
            self._act = edit(self._act, what, now_s)
        elif self._still is None and came_to_its_end(before, now):
            self._act = None
        elif what.turn in (Turn.CUT, Turn.CHOSEN):
            self._act = Hold(SKIPPED, now_s)
        elif self._act and self._over(self._act, now_s):
            self._act = None
        self._tell(told)

    def pause(self, now_s: float) -> None:
        """Paused by the speaker's own button."""
        told = self.reason
        self._still = Hold(PAUSED_HERE, now_s)
        self._tell(told)

    def forgive(self, dropped: Collection[str]) -> None:
        """The database has lost these uris: nobody took their songs out of the queue."""
        told = self.reason
        if self._act and self._act.missing and self._act.missing <= set(dropped):
            self._act = self._act.instead
        self._tell(told)

    def release(self) -> None:
        """Ends whatever holds."""
        told = self.reason
        self._still = self._act = None
        self._tell(told)

    def _standing(
        self,
        before: PlayerStatus | None,
        now: PlayerStatus,
        own: Container[int],
        now_s: float,
    ) -> Hold | None:
        held = self._still
        reason = hold_reason(before, now, own, held.reason if held else None)
        if reason is None:
            return None
        if held is None or reason != held.reason:
            return Hold(reason, now_s)
        return None if now.state is PlayState.STOP and self._over(held, now_s) else held

    def _over(self, hold: Hold, now_s: float) -> bool:
        return wears_off(hold) and now_s - hold.since_s >= self.hold_s

    def _tell(self, told: str | None) -> None:
        if self.reason != told:
            self._on_event(Held(self.reason))


def edit(held: Hold | None, what: News, now_s: float) -> Hold:
    """A hold for an edit of the queue; one for songs that left it takes in further ones."""
    if not what.missing:
        return Hold(EDITED, now_s)
    if held is None or not held.missing:
        return Hold(EDITED, now_s, what.missing, held)
    return Hold(EDITED, now_s, held.missing | what.missing, held.instead)


def hold_reason(
    before: PlayerStatus | None, now: PlayerStatus, own: Container[int], held: str | None
) -> str | None:
    """Why to leave a player alone that does not play, or None.

    `before` is the last status of this connection, None at its start; `own` the ids of our
    songs; `held` the reason so far. A stop counts as a person's unless the queue came to its end
    or an error ended it; once held, only playing lets go.
    """
    if now.state is PlayState.PLAY:
        return None
    if now.state is PlayState.PAUSE:
        return why_it_paused(before, now, held)
    if held == SINGLE and not now.single:
        return None
    if before is None:
        return held or (STOPPED if stopped_amid_ours(now, own) else None)
    return held if before.state is PlayState.STOP else why_it_stopped(before, now)


def why_it_paused(before: PlayerStatus | None, now: PlayerStatus, held: str | None) -> str:
    """A person, an error, or single mode.

    At a song's end MPD 0.23 in single mode does not stop: it pauses at the start of the next one,
    with no `elapsed` yet. Single for one shot is off again by then, so that this is a pause like
    others.
    """
    if now.error:
        return f"paused after an error: {now.error}"
    if held == PAUSED_HERE or (held == SINGLE and now.single):
        return held
    moved = before is not None and before.current != now.current
    return SINGLE if now.single and moved and not now.elapsed_s else PAUSED


def why_it_stopped(before: PlayerStatus, now: PlayerStatus) -> str | None:
    """The person's act between `before`, when it played or paused, and `now`."""
    # An error that was there while it still played did not end it.
    if now.error and now.error != before.error:
        return None
    if now.current is not None:
        return STOPPED
    if not now.queue and (before.ahead or not (before.consume or now.consume)):
        return CLEARED
    # Single mode stops instead of pausing only where no next song is.
    return SINGLE if now.single else None


def stopped_amid_ours(now: PlayerStatus, own: Container[int]) -> bool:
    """It stopped while we were away, and our songs are what would play."""
    if now.error or now.current is None:
        return False
    return any(song.song_id in own for song in (now.current, *now.ahead))


def came_to_its_end(before: PlayerStatus | None, now: PlayerStatus) -> bool:
    """It played or was paused, and has nothing left to play."""
    played = before is not None and before.state is not PlayState.STOP
    return played and now.state is PlayState.STOP and now.current is None


def wears_off(hold: Hold) -> bool:
    """A pause is ended by somebody, and so is what single mode does."""
    return hold.reason in (STOPPED, CLEARED, SKIPPED, EDITED)
