"""Which tracks' files are to be analysed, and in which order."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from moodspeaker.errors import ModelError
from moodspeaker.library.records import Origin

if TYPE_CHECKING:
    from moodspeaker.library.records import Analysis
    from moodspeaker.library.store import LabelStore

METHOD = 1
"""Another number whenever the same file and model give another place."""
KNOWN_BY = frozenset({Origin.USER, Origin.STICKER, Origin.TAG})
"""A track of which a person has said what it is needs its sound analysed least."""


@dataclass(frozen=True, slots=True)
class Due:
    """A file to analyse, as it was when it was looked at."""

    uri: str
    path: Path
    mtime_ns: int
    size: int


@dataclass(slots=True)
class Plan:
    """What is to be done, in order; how many are done, and which files are not there."""

    due: list[Due] = field(default_factory=list)
    done: int = 0
    streams: int = 0
    missing: list[str] = field(default_factory=list)


def model_version(path: Path) -> str:
    """Short, and another for every other model. Raises ModelError."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}", "install moodspeaker anew") from error
    return f"{METHOD}-{digest[:12]}"


def planned(store: LabelStore, music_dir: Path, model: str, *, again: bool = False) -> Plan:
    """Everything that this version of the model has not placed; `again`: nor failed at.

    What nobody has labelled comes first. Raises LibraryError.
    """
    plan = Plan()
    analyses, estimates = store.analyses(), store.estimates()
    known = {said.uri for said in estimates if said.source in KNOWN_BY}
    placed = {said.uri for said in estimates if said.source == Origin.AUDIO}
    for track in store.tracks():
        if track.gone_since is not None:
            continue
        if "://" in track.uri:
            plan.streams += 1
        elif (due := looked_at(track.uri, music_dir)) is None:
            plan.missing.append(track.uri)
        elif is_done(due, analyses.get(track.uri), model, track.uri in placed, again=again):
            plan.done += 1
        else:
            plan.due.append(due)
    plan.due.sort(key=lambda due: (due.uri in known, due.uri))
    return plan


def looked_at(uri: str, music_dir: Path) -> Due | None:
    """None where no such file lies below the music folder."""
    inside = PurePosixPath(uri)
    if inside.is_absolute() or ".." in inside.parts:
        return None
    try:
        found = (music_dir / inside).stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Due(uri, music_dir / inside, found.st_mtime_ns, found.st_size)


def is_done(due: Due, past: Analysis | None, model: str, placed: bool, *, again: bool) -> bool:
    """Whether there is nothing to learn from the file.

    Estimates of tracks that were gone for long are dropped, and what was analysed then is not.
    """
    if past is None or (past.mtime_ns, past.size, past.model) != (due.mtime_ns, due.size, model):
        return False
    return not again if past.problem else placed
