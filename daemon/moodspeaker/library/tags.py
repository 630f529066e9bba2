"""What a music file's own tags say, whatever its format."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mutagen

from moodspeaker.errors import LibraryError
from moodspeaker.music.words import split_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# mutagen lets these escape, besides its own, from files that are damaged in a way it does not know.
UNREADABLE = (
    mutagen.MutagenError,
    OSError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
    struct.error,
)
# Vorbis, FLAC, Opus and APEv2; ID3; MP4; ASF. Compared in lower case, without the prefixes that
# ID3 and MP4 put before names of a user's own.
FREE = ("txxx:", "----:com.apple.itunes:")
MOOD = frozenset({"mood", "tmoo", "wm/mood"})
GENRE = frozenset({"genre", "tcon", "\xa9gen", "wm/genre"})
FIRST_DATE = frozenset(
    {"originaldate", "originalyear", "tdor", "tory", "wm/originalreleaseyear"}
    | {"wm/originalreleasetime"}
)
DATE = frozenset({"date", "year", "tdrc", "tyer", "\xa9day", "wm/year"})
BPM = frozenset({"bpm", "tempo", "tbpm", "tmpo", "wm/beatsperminute"})
ACOUSTICBRAINZ = "ab:"
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
SLOWEST_BPM, FASTEST_BPM = 20.0, 400.0


@dataclass(frozen=True, slots=True)
class FileTags:
    """What was found. `moods` are words in lower case, each once.

    `year` is the first release's where the file tells it. `acousticbrainz` are the tags that
    Picard's plugin wrote, (name with its `ab:` in lower case, value).
    """

    moods: tuple[str, ...] = ()
    genre: str = ""
    year: int | None = None
    bpm: float | None = None
    acousticbrainz: tuple[tuple[str, str], ...] = ()


def read_moods(path: Path) -> tuple[str, ...]:
    """Mood words, lower case, each once; none where the file has no tags.

    Raises LibraryError when the file cannot be read.
    """
    return read_tags(path).moods


def read_tags(path: Path) -> FileTags:
    """Nothing at all for a format without tags. Raises LibraryError when it cannot be read."""
    try:
        file = mutagen.File(path)
        # A file object without tags is falsy, so only None means "no format that we know".
        if file is None or file.tags is None:
            return FileTags()
        return tags_of(file.tags)
    except UNREADABLE as error:
        raise LibraryError(
            f"{path}: tags cannot be read: {error or type(error).__name__}", "is the file damaged?"
        ) from error


def tags_of(tags: Any) -> FileTags:
    """The same from mutagen's tags of any format."""
    pairs = list(tag_texts(tags))
    return FileTags(
        moods=split_words(values_of(pairs, MOOD)),
        genre=";".join(dict.fromkeys(values_of(pairs, GENRE))),
        year=first_year(values_of(pairs, FIRST_DATE)) or first_year(values_of(pairs, DATE)),
        bpm=first_bpm(values_of(pairs, BPM)),
        acousticbrainz=tuple(pair for pair in pairs if pair[0].startswith(ACOUSTICBRAINZ)),
    )


def tag_texts(tags: Any) -> Iterable[tuple[str, str]]:
    """(name, value) of every tag that may be of use, the name in lower case."""
    for key, value in tags.items() if hasattr(tags, "items") else tags:
        name = str(key).casefold()
        for prefix in FREE:
            name = name.removeprefix(prefix)
        if name in WANTED or name.startswith(ACOUSTICBRAINZ):
            yield from ((name, text) for text in texts(value))


WANTED = MOOD | GENRE | FIRST_DATE | DATE | BPM


def texts(value: Any) -> list[str]:
    """A tag's value, or values, as text: formats disagree about lists, frames and bytes.

    What no database takes (NUL, half a surrogate pair) is replaced.
    """
    # ID3's genres are numbers in some files; its frame knows their names.
    values = getattr(value, "genres", None) or getattr(value, "text", value)
    many = values if isinstance(values, list | tuple) else [values]
    return [clean(v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v)) for v in many]


def clean(text: str) -> str:
    """The same as any file, database or message takes it."""
    return text.encode("utf-8", "replace").decode().replace("\0", ";").strip()


def values_of(pairs: Iterable[tuple[str, str]], names: frozenset[str]) -> list[str]:
    """The texts under any of these names, empty ones left out."""
    return [value for name, value in pairs if name in names and value]


def first_year(values: Iterable[str]) -> int | None:
    """The first that looks like one, of the years 1900 to 2099."""
    return next((int(found[0]) for value in values if (found := YEAR.search(value))), None)


def first_bpm(values: Iterable[str]) -> float | None:
    """The first that a piece of music can have."""
    for value in values:
        try:
            bpm = float(value.replace(",", "."))
        except ValueError:
            continue
        if SLOWEST_BPM <= bpm <= FASTEST_BPM:
            return bpm
    return None
