"""Whether a person has taken the player over. Pure.

The keeper itself never pauses, stops or clears, so whoever did was a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.types import PlayerStatus, PlayState

if TYPE_CHECKING:
    from collections.abc import Container

PAUSED = "paused by hand"
STOPPED = "stopped by hand"
CLEARED = "queue cleared by hand"


def hold_reason(
    before: PlayerStatus | None, now: PlayerStatus, own: Container[int], held: str | None
) -> str | None:
    """Why to stay out, or None.

    `before` is the last status of this connection, None at its start; `own` the ids of our
    songs; `held` the reason so far. A stop counts as a person's unless the queue came to its end
    or an error ended it; once held, only playing lets go.
    """
    if now.state is PlayState.PLAY:
        return None
    if now.state is PlayState.PAUSE:
        return f"paused after an error: {now.error}" if now.error else PAUSED
    if before is None:
        return held or (STOPPED if stopped_amid_ours(now, own) else None)
    return held if before.state is PlayState.STOP else why_it_stopped(before, now)


def why_it_stopped(before: PlayerStatus, now: PlayerStatus) -> str | None:
    """The person's act between `before`, when it played or paused, and `now`."""
    # An error that was there while it still played did not end it.
    if now.error and now.error != before.error:
        return None
    if now.current is not None:
        return STOPPED
    return CLEARED if before.ahead and not now.queue else None


def stopped_amid_ours(now: PlayerStatus, own: Container[int]) -> bool:
    """It stopped while we were away, and our songs are what would play."""
    if now.error or now.current is None:
        return False
    return any(song.song_id in own for song in (now.current, *now.ahead))
