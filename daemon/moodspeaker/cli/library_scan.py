"""`moodspeaker library scan`: MPD's database and the files' tags into the label store."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from moodspeaker.app import factories
from moodspeaker.app.parts import PlayerConnection
from moodspeaker.cli.library_store import config_at, new_or_opened, shown
from moodspeaker.library.scan import Scanner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from moodspeaker.config.schema import MpdSection
    from moodspeaker.library.scan import ScanReport
    from moodspeaker.types import Track

NAMED = 3
TOLD_EVERY_S = 1.0


def scan(config_path: Path) -> int:
    """Raises MoodspeakerError: no MPD, or a store that cannot be written."""
    config = config_at(config_path)
    tracks = asyncio.run(all_tracks(config.mpd))
    music_dir = factories.music_dir(config.library)
    if music_dir and not music_dir.is_dir():
        print(f"no folder {music_dir}: tags are not read (set library.music_dir)", file=sys.stderr)
        music_dir = None
    began = time.monotonic()
    with new_or_opened() as store:
        report = Scanner(store, music_dir).run(tracks, time.time(), teller())
    for line in lines_of(report, time.monotonic() - began):
        print(line)
    return 0


async def all_tracks(section: MpdSection) -> tuple[Track, ...]:
    """MPD's whole database. Raises MoodspeakerError."""
    async with PlayerConnection(section)() as player:
        return await player.tracks()


def teller(clock: Callable[[], float] = time.monotonic) -> Callable[[int, int], None]:
    """Progress on stderr: one line over and over on a terminal, else none but the last."""
    last = clock()

    def tell(done: int, total: int) -> None:
        nonlocal last
        ended = done >= total
        if ended or (sys.stderr.isatty() and clock() - last >= TOLD_EVERY_S):
            last = clock()
            start = "\r" if sys.stderr.isatty() else ""
            print(f"{start}{done} of {total} tracks", end="\n" if ended else "", file=sys.stderr)
            sys.stderr.flush()

    return tell


def lines_of(report: ScanReport, seconds: float) -> Iterator[str]:
    """What was done, and what could not be."""
    yield (
        f"{report.total} tracks in {seconds:.1f} s: {report.read} read,"
        f" {report.unchanged} unchanged, {report.dropped} dropped"
    )
    if not report.total:
        yield "MPD's database is empty: has `mpc update` been run?"
    for problem, uris in report.problems.items():
        some = ", ".join(map(shown, uris[:NAMED]))
        yield f"{problem}: {len(uris)} ({some}{', ...' if len(uris) > NAMED else ''})"
    if report.unknown:
        words = ", ".join(f"{shown(w)} ({n})" for w, n in report.unknown.most_common(NAMED))
        yield f"mood words without a place: {len(report.unknown)} ({words})"
