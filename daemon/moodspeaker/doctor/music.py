"""The labels of the library: whether they are there, and enough for every mood."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from moodspeaker.app.music_settings import unknown_music
from moodspeaker.doctor.accounts import service_user
from moodspeaker.doctor.examined_player import connected, settings_of
from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.doctor.music_counts import Counted, counted, goals
from moodspeaker.doctor.music_labels import StoreDamaged, read_labels, sealed
from moodspeaker.doctor.music_sound import examine_sound
from moodspeaker.errors import LibraryError, MoodspeakerError
from moodspeaker.library.store import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from moodspeaker.config.schema import Config, MpdSection
    from moodspeaker.doctor.finding import Finding

MEND = (
    "sudo systemctl restart moodspeaker moves it aside and keeps your own labels; then:"
    " moodspeaker library scan"
)
FEWEST = 3
"""With fewer tracks a mood plays the same ones over and over."""
LEAST_LABELLED = 0.5
MOST_NEW = 0.1
SCAN, LABEL = "moodspeaker library scan", "moodspeaker library label"


async def examine_music(config: Config, state_dir: Path) -> AsyncIterator[Finding]:
    """Reads the store of labels, and changes nothing in it."""
    path = state_dir / FILE_NAME
    for finding in examine_words(config):
        yield finding
    if missing := await asyncio.to_thread(examine_place, path):
        yield missing
        return
    try:
        labels = await asyncio.to_thread(read_labels, path)
    except StoreDamaged as error:
        yield wrong("labels", f"the store of labels is damaged: {error.what}", MEND)
        return
    except LibraryError as error:
        yield wrong("labels", error.what, error.remedy)
        return
    shut = await asyncio.to_thread(sealed, path, service_user())
    yield shut or fine("labels", f"{path}, whole")
    seen = await asyncio.to_thread(counted, labels, goals(config.music))
    yield examine_coverage(seen)
    if seen.tracks:
        yield examine_moods(seen)
        yield await examine_news(config.mpd, labels.uris)
        yield await asyncio.to_thread(examine_sound, config.library, labels.bare)


def examine_place(path: Path) -> Finding | None:
    """Whether the store is there for us; None where it is."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return wrong("labels", f"there is no store of labels at {path} yet", scan())
    except OSError as error:
        return wrong("labels", f"{path}: {error.strerror}", "run `sudo moodspeaker doctor`")
    if not os.access(path, os.R_OK, effective_ids=True):
        return wrong("labels", f"you may not read {path}", "run `sudo moodspeaker doctor`")
    return None


def examine_words(config: Config) -> tuple[Finding, ...]:
    """Mood words of the config that no track can be found by; nothing where all are known."""
    remedy = "write another word there; docs/music.md says which ones there are"
    lines = unknown_music(config.music)
    return tuple(wrong("mood words", line, remedy) for line in lines)[:1]


def examine_coverage(seen: Counted) -> Finding:
    """How much of the library has a place, and by what."""
    name = "label coverage"
    if not seen.tracks:
        return wrong(name, "the store knows no track", f"mpc update --wait, then: {scan()}")
    detail = f"{seen.labelled} of {seen.tracks} tracks have a label"
    if not seen.labelled:
        return wrong(name, f"{detail}: every mood plays anything", label())
    detail += f" ({', '.join(f'{source} {count}' for source, count in seen.sources)})"
    if seen.labelled < LEAST_LABELLED * seen.tracks:
        return wrong(name, f"{detail}; the others count as the middle", label())
    return fine(name, detail)


def examine_moods(seen: Counted) -> Finding:
    """Whether there is music where the policies lead."""
    told = ", ".join(f"{mood} {count}" for mood, count in seen.near)
    if not seen.near:
        return fine("moods", "music.policies leave the music as it is in every mood")
    thin = [f"{mood} ({count})" for mood, count in seen.near if count < FEWEST]
    if not thin:
        return fine("moods", f"tracks for each: {told}")
    return wrong(
        "moods",
        f"fewer than {FEWEST} tracks lie where music for these moods is looked for:"
        f" {', '.join(thin)}",
        f"{LABEL}, or `moodspeaker library set TRACK WORDS`; or other music.policies for them;"
        " `moodspeaker library report` shows all",
    )


async def examine_news(section: MpdSection, known: frozenset[str]) -> Finding:
    """Whether the last scan is so old that much of the music came later."""
    name = "new music"
    try:
        async with connected(settings_of(section)) as player:
            files = await player.files()
    except MoodspeakerError:
        return fine(name, "not looked for: MPD does not tell its songs")
    new = sum(uri not in known for uri in files)
    if new > MOST_NEW * len(files):
        return wrong(name, f"{new} of {len(files)} songs of MPD were never scanned", scan())
    return fine(name, f"{len(files) - new} of {len(files)} songs of MPD are in the store")


def scan() -> str:
    """The command that makes the labels, so that the service may use them."""
    return "sudo -u moodspeaker moodspeaker library scan" if service_user() else SCAN


def label() -> str:
    """The command that listens to the music."""
    return "sudo -u moodspeaker moodspeaker library label" if service_user() else LABEL
