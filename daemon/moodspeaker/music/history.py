"""What was queued lately."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from moodspeaker.music.artists import main_artist

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moodspeaker.types import Track

REMEMBERED = 5000
LATEST = 500
"""More than anybody queues in an hour, however much is skipped."""


@dataclass(frozen=True, slots=True)
class Played:
    """One track that was queued, by which artist, and when (Unix seconds)."""

    uri: str
    artist: str
    time_s: float


class History:
    """What was queued lately, oldest first; bounded.

    The order is that of adding. The clock may have jumped in between, so a time only counts by
    how far it is from now, before or after: an entry from the future keeps nothing back for ever.
    """

    def __init__(self, played: Iterable[Played] = ()) -> None:
        """`played` in the order of playing, artists as the tags have them."""
        self._played: deque[Played] = deque(maxlen=REMEMBERED)
        self._last: dict[str, float] = {}
        for one in played:
            self._note(one.uri, one.artist, one.time_s)

    def add(self, track: Track, time_s: float) -> None:
        """Notes that `track` was queued."""
        self._note(track.uri, track.artist, time_s)

    def drop(self, uri: str) -> None:
        """Takes back its latest note: it was queued, and never heard."""
        latest = next((one for one in reversed(self._played) if one.uri == uri), None)
        if latest is None:
            return
        self._played.remove(latest)
        self._last.pop(uri, None)
        for one in self._played:
            if one.uri == uri:
                self._last[uri] = one.time_s

    def last_played(self) -> dict[str, float]:
        """{uri: time of its last play}, the one played longest ago first."""
        return dict(self._last)

    def within(self, span_s: float, now_s: float) -> list[str]:
        """The uris whose last play is less than `span_s` from now."""
        return [uri for uri, time_s in self._last.items() if abs(now_s - time_s) < span_s]

    def recent_artists(self, n: int) -> frozenset[str]:
        """The artists of the last `n` tracks, as `artist_key` writes them."""
        latest = islice(reversed(self._played), n)
        return frozenset(played.artist for played in latest if played.artist)

    def plays_by_artist(self, span_s: float, now_s: float) -> Counter[str]:
        """How often each artist was queued less than `span_s` from now, of the last 500 tracks."""
        return Counter(
            played.artist
            for played in islice(reversed(self._played), LATEST)
            if played.artist and abs(now_s - played.time_s) < span_s
        )

    def _note(self, uri: str, artist: str, time_s: float) -> None:
        self._played.append(Played(uri, main_artist(artist), time_s))
        # Taken out first, so that it moves to the end.
        self._last.pop(uri, None)
        self._last[uri] = time_s
        if len(self._last) > REMEMBERED:
            del self._last[next(iter(self._last))]
