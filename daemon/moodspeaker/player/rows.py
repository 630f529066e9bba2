"""MPD's rows of text turned into our types. Pure; a row that makes no sense raises KeyError,
ValueError or TypeError.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moodspeaker.types import NO_COUNTS, PlayerStatus, PlayState, QueuedSong, Track, TrackCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Row = dict[str, str | list[str]]
"""A tag that a file holds several times is a list."""

BETWEEN_WORDS = re.compile(r"[;,]")
YEAR = re.compile(r"[1-9][0-9]{3}")
LIKE, RATING, PLAYS, SKIPS = COUNTED = ("like", "rating", "playCount", "skipCount")
"""Stickers that several players share."""
MOST_LIKED = 2
BEST_RATING = 10
MOST_COUNTED = 10**9


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
    queue: Sequence[QueuedSong], changed: Iterable[tuple[int, QueuedSong]], length: int
) -> tuple[QueuedSong, ...]:
    """The queue after `plchanges`: changed places replaced, cut to `length`."""
    songs = {**dict(enumerate(queue)), **dict(changed)}
    return tuple(songs[place] for place in sorted(songs) if place < length)


def read_queued(row: Row) -> tuple[int, QueuedSong]:
    """(place, song) of a row that `plchanges` gave."""
    return int(str(row["pos"])), QueuedSong(int(str(row["id"])), str(row["file"]))


def read_track(row: Row, words: Iterable[str], counts: TrackCounts = NO_COUNTS) -> Track:
    """A row of the database; `words` are further ones for its moods, `counts` its stickers'."""
    moods = [word for value in texts(row, "mood") for word in mood_words(value)]
    return Track(
        uri=str(row["file"]),
        title=", ".join(texts(row, "title")),
        artist=", ".join(texts(row, "artist")),
        album=", ".join(texts(row, "album")),
        moods=tuple(dict.fromkeys((*moods, *words))),
        genre=";".join(texts(row, "genre")),
        year=year_of(row),
        counts=counts,
    )


def year_of(row: Row) -> int | None:
    """The year of its first release, else of this one, else None."""
    for value in (*texts(row, "originaldate"), *texts(row, "date")):
        if found := YEAR.match(value):
            return int(found[0])
    return None


def read_sticker(row: Row) -> tuple[str, str]:
    """(uri, value) of a row that `sticker find` gave."""
    _, _, value = texts(row, "sticker")[0].partition("=")
    return str(row["file"]), value


def read_counts(stickers: Mapping[str, str]) -> TrackCounts:
    """A track's counts as other players write them: padded with zeros, or any rubbish."""
    if not stickers:
        return NO_COUNTS
    return TrackCounts(
        like=number(stickers.get(LIKE, ""), MOST_LIKED),
        rating=number(stickers.get(RATING, ""), BEST_RATING),
        plays=number(stickers.get(PLAYS, "")) or 0,
        skips=number(stickers.get(SKIPS, "")) or 0,
    )


def number(text: str, most: int = MOST_COUNTED) -> int | None:
    """0 to `most`; None for anything else."""
    try:
        found = int(text)
    except ValueError:
        return None
    return found if 0 <= found <= most else None


def mood_words(value: str) -> list[str]:
    """`Happy` or `;happy;energetic;` as lower-case words."""
    return [word for part in BETWEEN_WORDS.split(value) if (word := part.strip().lower())]


def texts(row: Row, key: str) -> list[str]:
    """The values of a tag that may be there never, once or several times."""
    value = row.get(key, [])
    return value if isinstance(value, list) else [value]
