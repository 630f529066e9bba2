"""MPD's rows of text turned into our types. Pure; a row that makes no sense raises KeyError,
ValueError or TypeError.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moodspeaker.types import PlayerStatus, PlayState, QueuedSong, Track

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Row = dict[str, str | list[str]]
"""A tag that a file holds several times is a list."""

BETWEEN_WORDS = re.compile(r"[;,]")


def read_status(row: Row, queue: tuple[QueuedSong, ...]) -> PlayerStatus:
    """`row` is what `status` says, `queue` the queue at the version it names."""
    position = int(str(row["song"])) if "song" in row else None
    if position is not None and position >= len(queue):
        raise ValueError(f"song {position} of a queue of {len(queue)}")
    volume = int(str(row.get("volume", -1)))
    return PlayerStatus(
        state=PlayState(str(row["state"])),
        queue=queue,
        position=position,
        error=str(row.get("error", "")),
        volume=volume if volume >= 0 else None,
        elapsed_s=seconds(row, "elapsed"),
        duration_s=seconds(row, "duration"),
        random=row.get("random") == "1",
        single=row.get("single") in ("1", "oneshot"),
        repeat=row.get("repeat") == "1",
        consume=row.get("consume") in ("1", "oneshot"),
    )


def seconds(row: Row, key: str) -> float | None:
    """None where it is not told, or is 0: that is how MPD says that it does not know."""
    return float(str(row.get(key, 0))) or None


def merge_changes(
    queue: Sequence[QueuedSong], changed: Iterable[Row], length: int
) -> tuple[QueuedSong, ...]:
    """The queue after `plchanges`: changed places replaced, cut to `length`."""
    songs = dict(enumerate(queue))
    for row in changed:
        song = QueuedSong(int(str(row["id"])), str(row["file"]))
        songs[int(str(row["pos"]))] = song
    return tuple(songs[place] for place in sorted(songs) if place < length)


def read_track(row: Row, stickers: Iterable[str]) -> Track:
    """A row of the database; `stickers` are further words for its moods."""
    words = [word for value in texts(row, "mood") for word in mood_words(value)]
    return Track(
        uri=str(row["file"]),
        title=", ".join(texts(row, "title")),
        artist=", ".join(texts(row, "artist")),
        album=", ".join(texts(row, "album")),
        moods=tuple(dict.fromkeys((*words, *stickers))),
    )


def read_stickers(rows: Iterable[Row]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(uri, mood words) of each row that `sticker find` gave."""
    for row in rows:
        for sticker in texts(row, "sticker"):
            _, _, value = sticker.partition("=")
            yield str(row["file"]), tuple(mood_words(value))


def mood_words(value: str) -> list[str]:
    """`Happy` or `;happy;energetic;` as lower-case words."""
    return [word for part in BETWEEN_WORDS.split(value) if (word := part.strip().lower())]


def texts(row: Row, key: str) -> list[str]:
    """The values of a tag that may be there never, once or several times."""
    value = row.get(key, [])
    return value if isinstance(value, list) else [value]
