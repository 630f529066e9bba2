"""What is to be read again from the player, and when. Pure; times are seconds of one clock."""

from __future__ import annotations

from enum import IntEnum

LATE_S = 1800.0
"""So long all stickers are left alone at most: behind writes of ours only likes are looked for, and
another's writes that never end are not waited for any longer."""


class Reading(IntEnum):
    """How much is read; the greater covers the less."""

    LIKES = 1
    """Likes, ratings and playlists: a few thousand lines."""
    STICKERS = 2
    """All stickers: with labels of ours as much as the database itself."""
    TRACKS = 3
    """The database too."""


class Agenda:
    """Nothing is due at first."""

    def __init__(self) -> None:
        self._due: dict[Reading, float] = {}
        self._thorough_s = float("-inf")
        self._theirs_since_s: float | None = None

    @property
    def next_s(self) -> float | None:
        """When something is due, None for never."""
        return min(self._due.values(), default=None)

    def tracks(self, now_s: float) -> None:
        """The tracks, at once."""
        self._due[Reading.TRACKS] = now_s

    def lists_changed(self, now_s: float, quiet_s: float) -> None:
        """Anybody's playlists, `quiet_s` after the first change."""
        self._due.setdefault(Reading.LIKES, now_s + quiet_s)

    def theirs(self, now_s: float, quiet_s: float) -> None:
        """Another's sticker changed: all are read `quiet_s` after the last change."""
        if self._theirs_since_s is None:
            self._theirs_since_s = now_s
        self._due[Reading.STICKERS] = min(now_s + quiet_s, self._theirs_since_s + LATE_S)

    def perhaps_ours(self, now_s: float, quiet_s: float) -> None:
        """A sticker changed, perhaps another's beside ours.

        Likes are read `quiet_s` after the first change, and the rest late: our writes come with
        every track, and by the thousand while we publish.
        """
        self._due.setdefault(Reading.LIKES, now_s + quiet_s)
        late_s = max(now_s + quiet_s, self._thorough_s + LATE_S)
        self._due.setdefault(Reading.STICKERS, late_s)

    def take(self, now_s: float) -> Reading | None:
        """The most that is due; it is on the agenda no more, nor what it covers."""
        what = max((one for one, at_s in self._due.items() if at_s <= now_s), default=None)
        if what is None:
            return None
        self._due = {one: at_s for one, at_s in self._due.items() if one > what}
        if what >= Reading.STICKERS:
            self._thorough_s = now_s
            self._theirs_since_s = None
        return what
