"""The mood words in a music file's own tags, whatever its format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mutagen

from moodspeaker.errors import LibraryError
from moodspeaker.music.labels import split_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KEYS = frozenset({"mood", "tmoo", "txxx:mood", "----:com.apple.itunes:mood", "wm/mood"})
"""Vorbis, FLAC, Opus and APEv2; ID3; MP4; ASF. Compared in lower case."""


def read_moods(path: Path) -> tuple[str, ...]:
    """Mood words, lower case, each once; none where the file has no tags.

    Raises LibraryError when the file cannot be read.
    """
    try:
        file = mutagen.File(path)
    except (mutagen.MutagenError, OSError) as error:
        raise LibraryError(
            f"{path}: tags cannot be read: {error}", "is the file damaged?"
        ) from error
    # A file object without tags is falsy, so only None means "no format that we know".
    if file is None or file.tags is None:
        return ()
    return split_words(mood_values(file.tags))


def mood_values(tags: Any) -> Iterable[str]:
    """The text of every mood tag."""
    pairs = tags.items() if hasattr(tags, "items") else tags
    for key, value in pairs:
        if str(key).casefold() in KEYS:
            yield from texts(value)


def texts(value: Any) -> list[str]:
    """A tag's value, or values, as text: formats disagree about lists, frames and bytes."""
    values = getattr(value, "text", value)
    many = values if isinstance(values, list | tuple) else [values]
    return [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in many]
