"""A store of labels that a test gives a fault, and what the doctor then says of it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from fakes.label_store import said
from moodspeaker.config.schema import Config
from moodspeaker.demo.servers import HOST, free_port
from moodspeaker.doctor.music import examine_music
from moodspeaker.library.records import Origin, StoredTrack
from moodspeaker.library.store import FILE_NAME, LabelStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from moodspeaker.doctor.finding import Finding
    from moodspeaker.music.plane import Point

LIMIT_S = 60.0
OTHER_UID = 65534


def stock(state: Path, points: Iterable[Point], bare: Iterable[str] = ()) -> None:
    """Tracks that a person has placed there, and some of which nothing is known."""
    store = LabelStore.open(state / FILE_NAME)
    placed = [(f"{number}.wav", point) for number, point in enumerate(points)]
    store.put_tracks([StoredTrack(uri) for uri in (*(uri for uri, _ in placed), *bare)], 1)
    sure = replace(said("", Origin.USER), valence_sd=0.05, arousal_sd=0.05)
    store.put_estimates(
        replace(sure, uri=uri, valence=point.valence, arousal=point.arousal)
        for uri, point in placed
    )
    store.close()


def config_with(music: dict[str, object] | None = None, **sections: object) -> Config:
    """No MPD is there."""
    mpd = {"host": HOST, "port": free_port(), "timeout_s": 1.0}
    return Config.model_validate({"mpd": mpd, "music": music or {}} | sections)


async def findings_on(state: Path, config: Config | None = None) -> dict[str, Finding]:
    """By name; every one that is not fine has a remedy."""
    async with asyncio.timeout(LIMIT_S):
        findings = [finding async for finding in examine_music(config or config_with(), state)]
    told = {finding.name: finding for finding in findings}
    assert len(told) == len(findings)
    assert all(finding.ok or finding.remedy for finding in findings)
    return told


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file's bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def execute(state: Path, statement: str) -> None:
    """SQL on the store."""
    connection = sqlite3.connect(state / FILE_NAME)
    with connection:
        connection.execute(statement)
    connection.close()


@contextmanager
def stranger(path: Path, shared: Path) -> Iterator[None]:
    """Nobody may use `path` but root, which we are not meanwhile."""
    path.chmod(0)
    with ExitStack() as undo:
        undo.callback(path.chmod, 0o700)
        if os.geteuid() == 0:
            for folder in (shared, *shared.parents):
                if not folder.stat().st_mode & 0o001:
                    undo.callback(folder.chmod, folder.stat().st_mode & 0o777)
                    folder.chmod(0o711)
            os.seteuid(OTHER_UID)
            undo.callback(os.seteuid, 0)
        yield
