"""`moodspeaker library set`, `unset` and `export`."""

from __future__ import annotations

import os
import re
import sys
from itertools import groupby
from typing import TYPE_CHECKING, TextIO

from moodspeaker.cli.library_store import check_uri, opened, shown
from moodspeaker.errors import LibraryError
from moodspeaker.library.labels_file import by_mood, export_line, label_of
from moodspeaker.library.records import Origin

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.library.records import Estimate
    from moodspeaker.library.store import LabelStore

PAIR = re.compile(r"\s*([-+.\deE]+)\s*,\s*([-+.\deE]+)\s*")


def set_label(uri: str, text: str) -> int:
    """Stores what a person says of a track. Raises LibraryError."""
    with opened() as store:
        check_uri(store, uri)
        label = read_label(uri, text)
        store.put_estimates([label])
    word = f" ({label.detail})" if label.detail else ""
    print(f"{shown(uri)}: valence {label.valence:.2f}, arousal {label.arousal:.2f}{word}")
    return 0


def read_label(uri: str, text: str) -> Estimate:
    """A mood word, or `V,A`. Raises LibraryError."""
    pair = PAIR.fullmatch(text)
    try:
        if pair:
            return label_of({"uri": uri, "valence": pair[1], "arousal": pair[2]})
        return by_mood(uri, text)
    except ValueError as error:
        raise LibraryError(str(error)) from error


def unset_label(uri: str) -> int:
    """Takes it back; where there was none, that is told. Raises LibraryError."""
    with opened() as store:
        removed = store.remove_estimates([uri], [Origin.USER])
        if not removed:
            check_uri(store, uri)
    print(f"{shown(uri)}: {'forgotten' if removed else 'you had said nothing of it'}")
    return 0


def export_labels(path: Path | None) -> int:
    """A line a track, those that a person labelled and no scan has found included.

    Raises LibraryError.
    """
    with opened() as store:
        if path is None:
            write_lines(store, sys.stdout)
            return 0
        draft = path.with_name(path.name + ".new")
        try:
            with os.fdopen(private_file(draft), "w", encoding="utf-8") as file:
                count = write_lines(store, file)
            draft.replace(path)
        except OSError as error:
            raise LibraryError(f"{path} cannot be written: {error.strerror}") from error
    print(f"{path}: {count} tracks", file=sys.stderr)
    return 0


def private_file(path: Path) -> int:
    """A descriptor to write to: file names and taste are for the owner alone. Raises OSError."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)


def write_lines(store: LabelStore, file: TextIO) -> int:
    """How many. Raises OSError."""
    estimates = {
        uri: tuple(group) for uri, group in groupby(store.estimates(), key=lambda one: one.uri)
    }
    present = {track.uri for track in store.tracks() if track.gone_since is None}
    own = {uri for uri, said in estimates.items() if any(e.source == Origin.USER for e in said)}
    uris = sorted(present | own)
    for uri in uris:
        file.write(export_line(uri, estimates.get(uri, ())) + "\n")
    return len(uris)
