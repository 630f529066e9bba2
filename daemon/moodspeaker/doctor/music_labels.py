"""The store of labels, read without a change: it is neither made, mended nor brought up to date."""

from __future__ import annotations

import subprocess
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.doctor.finding import wrong
from moodspeaker.doctor.reader import unreadable
from moodspeaker.errors import LibraryError
from moodspeaker.library.opening import (
    DAMAGED,
    check,
    code_of,
    connect,
    open_readable,
    translated,
)
from moodspeaker.library.schema import version_of
from moodspeaker.library.store import LabelStore

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from moodspeaker.doctor.accounts import Person
    from moodspeaker.doctor.finding import Finding
    from moodspeaker.library.records import Estimate


class StoreDamaged(LibraryError):
    """Not what SQLite wrote."""


@dataclass(frozen=True, slots=True)
class StoredLabels:
    """`uris` are the tracks that are there, `said` the estimates for them."""

    uris: frozenset[str]
    said: dict[str, list[Estimate]]

    @property
    def bare(self) -> frozenset[str]:
        """The tracks of which nothing is known."""
        return self.uris - self.said.keys()


def read_labels(path: Path) -> StoredLabels:
    """Raises StoreDamaged, and LibraryError: newer than this program, or not to be read."""
    try:
        with translated(path), closing(opened(path)) as connection:
            check(connection)
            if version_of(connection, path) == 0:
                return StoredLabels(frozenset(), {})
            return labels_of(LabelStore(path, connection))
    except LibraryError as error:
        if isinstance(error.__cause__, Exception) and code_of(error.__cause__) in DAMAGED:
            raise StoreDamaged(error.what) from error
        raise LibraryError(error.what, error.remedy or f"ls -l {path}") from error


def opened(path: Path) -> sqlite3.Connection:
    """Leaves no file behind, as reading beside nobody else would. Raises sqlite3.Error."""
    if path.with_name(f"{path.name}-wal").exists():
        return open_readable(path)
    return connect(path.absolute().as_uri() + "?mode=ro&immutable=1")


def labels_of(store: LabelStore) -> StoredLabels:
    """Of the tracks that have not gone. Raises LibraryError."""
    uris = frozenset(track.uri for track in store.tracks() if track.gone_since is None)
    said: dict[str, list[Estimate]] = {}
    for estimate in store.estimates():
        if estimate.uri in uris:
            said.setdefault(estimate.uri, []).append(estimate)
    return StoredLabels(uris, said)


def sealed(path: Path, service: Person | None) -> Finding | None:
    """What to say where the service may not read what we can; None where it may."""
    if service is None:
        return None
    try:
        if not unreadable([path], service):
            return None
    except (OSError, subprocess.SubprocessError):
        return None
    return wrong(
        "labels",
        f"the service's user {service.name} may not read {path}",
        f"sudo chown {service.name}: {path}*",
    )
