"""Which track of ours another program means: by its path, or by artist and title."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from moodspeaker.library.records import StoredTrack

SURE = 2
"""So many folders and the name in common tell a file; one does where a path ends there."""
FILE_URL = "file://"
BETWEEN_FOLDERS = re.compile(r"[/\\]")
BETWEEN_ARTISTS = re.compile(r"[;,&/]|\b(?:and|feat|featuring|ft|with|x)\b\.?", re.IGNORECASE)
GUESTS = re.compile(
    r"[(\[]\s*(?:feat|featuring|ft|with)\b[^)\]]*[)\]]|\s(?:feat|featuring|ft)\b.*$", re.IGNORECASE
)
SAME_RECORDING = (
    r"[^()\[\]\u2013-]*\bre-?master(?:ed)?\b[^()\[\]]*|mono|stereo|explicit|bonus track"
    r"|(?:single|album|original|mono|stereo)(?: version| mix)"
)
EDITION = re.compile(
    rf"[(\[](?:{SAME_RECORDING})[)\]]|\s[-\u2013]\s(?:{SAME_RECORDING})\s*$", re.IGNORECASE
)
ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
# Unicode does not take these apart.
LETTERS = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th"})


class Matcher:
    """Finds tracks among those that are present.

    Both ways give every uri that fits: none, the one, or several that cannot be told apart.
    """

    def __init__(self, tracks: Iterable[StoredTrack], music_dir: Path | None = None) -> None:
        self._music_dir = music_dir
        self._folders: dict[str, tuple[str, ...]] = {}
        self._by_file: defaultdict[str, list[str]] = defaultdict(list)
        self._by_name: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._albums: dict[str, str] = {}
        for track in tracks:
            if track.gone_since is None:
                self._add(track)

    def by_path(self, path: str) -> tuple[str, ...]:
        """The track whose uri has the longest end in common with the path.

        A path below the music folder means that file and no other.
        """
        path = unquote(path.removeprefix(FILE_URL)) if path.startswith(FILE_URL) else path
        if self._music_dir and PurePath(path).is_relative_to(self._music_dir):
            wanted = folders_of(str(PurePath(path).relative_to(self._music_dir)))
            return tuple(uri for uri in self._files(wanted) if self._folders[uri] == wanted)
        wanted = folders_of(path)
        shared = {uri: in_common(wanted, self._folders[uri]) for uri in self._files(wanted)}
        most = max(shared.values(), default=0)
        return tuple(
            uri
            for uri, n in shared.items()
            if n == most and (n >= SURE or n == min(len(wanted), len(self._folders[uri])))
        )

    def by_name(self, artist: str, title: str, album: str = "") -> tuple[str, ...]:
        """By title and one of the artists, the first first; the album decides between several."""
        title = title_key(title)
        for name in artist_keys(artist):
            if uris := self._by_name.get((name, title), ()):
                same = tuple(uri for uri in uris if album and self._albums[uri] == title_key(album))
                return same or tuple(uris)
        return ()

    def _files(self, folders: tuple[str, ...]) -> Iterable[str]:
        return self._by_file.get(folders[-1], ()) if folders else ()

    def _add(self, track: StoredTrack) -> None:
        folders = self._folders[track.uri] = folders_of(track.uri)
        if folders:
            self._by_file[folders[-1]].append(track.uri)
        self._albums[track.uri] = title_key(track.album)
        title = title_key(track.title)
        for name in artist_keys(track.artist) if title else ():
            self._by_name[name, title].append(track.uri)


def folders_of(path: str) -> tuple[str, ...]:
    """The folders and the name; composed, for some systems store letters in two parts."""
    parts = BETWEEN_FOLDERS.split(unicodedata.normalize("NFC", path))
    return tuple(part for part in parts if part not in ("", "."))


def in_common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many are the same, counted from the end."""
    for n, (mine, yours) in enumerate(zip(reversed(one), reversed(other), strict=False)):
        if mine != yours:
            return n
    return min(len(one), len(other))


def artist_keys(artist: str) -> tuple[str, ...]:
    """The whole name, then each of several artists, as they are compared."""
    parts = [ARTICLE.sub("", part.strip()) for part in (artist, *BETWEEN_ARTISTS.split(artist))]
    return tuple(dict.fromkeys(key for part in parts if (key := folded(part))))


def title_key(title: str) -> str:
    """Without guests, and without what calls the same recording another edition."""
    return folded(EDITION.sub(" ", GUESTS.sub(" ", title))) or folded(title)


def folded(text: str) -> str:
    """Letters and digits without case and accents; of signs alone, the signs."""
    whole = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    # Vowel signs of other scripts are marks too, but stand by themselves: class 0.
    kept = (c for c in whole if c.isalnum() or (c > "\x7f" and is_own_mark(c)))
    return "".join(kept) or text.casefold().strip()


def is_own_mark(character: str) -> bool:
    """Whether it is a mark that is no accent on another letter."""
    return unicodedata.category(character)[0] == "M" and not unicodedata.combining(character)
