"""Whether tracks without a label could be listened to."""

from __future__ import annotations

import shutil
import sys
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.errors import LibraryError
from moodspeaker.library.analysis_child import FFMPEG, WANTED
from moodspeaker.library.decoding import SUFFIXES
from moodspeaker.library.optional import optional

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moodspeaker.config.schema import LibrarySection
    from moodspeaker.doctor.finding import Finding

NAME = "sound analysis"


def examine_sound(section: LibrarySection, bare: Iterable[str]) -> Finding:
    """`bare` are the tracks of which nothing is known. Imports what the analysis needs."""
    files = [uri for uri in bare if "://" not in uri]
    if not files:
        return fine(NAME, "not needed: every track has a label")
    if section.music_dir is None:
        return fine(NAME, "library.music_dir is null: there are no files to listen to")
    try:
        for name in WANTED:
            optional(name)
    except LibraryError as error:
        pip = f"{sys.prefix}/bin/pip install 'moodspeaker[library]'"
        return wrong(NAME, f"{len(files)} tracks wait for it, and {error.what}", pip)
    foreign = [uri for uri in files if PurePosixPath(uri).suffix.lower() not in SUFFIXES]
    if foreign and not all(map(shutil.which, FFMPEG)):
        detail = f"{len(foreign)} tracks such as {foreign[0]!r} need ffmpeg, which is not there"
        return wrong(NAME, detail, "sudo apt install ffmpeg")
    return fine(NAME, f"{len(files)} tracks wait for `moodspeaker library label`")
