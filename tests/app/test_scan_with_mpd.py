"""`moodspeaker library scan` against a real MPD."""

from __future__ import annotations

import asyncio
import os
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import mutagen.id3
import mutagen.wave

from moodspeaker.cli.main import main
from moodspeaker.library.store import LabelStore
from moodspeaker.player.mpd import MpdConnector, MpdSettings

if TYPE_CHECKING:
    import pytest

    from moodspeaker.demo.servers import Server

URI = "qu'o\"te ü.wav"
LIMIT_S = 30.0


async def test_the_database_and_the_tags_of_its_files_come_together(
    mpd: Server,
    music_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MOODSPEAKER_STATE_DIR", str(tmp_path))
    add_tagged(music_folder / URI)
    (music_folder / "line\nbreak.wav").write_bytes((music_folder / URI).read_bytes())
    # One name that is no text must not end the listing of all others.
    no_text = Path(os.fsdecode(os.fsencode(music_folder) + b"/caf\xe9.wav"))
    no_text.write_bytes((music_folder / URI).read_bytes())
    async with (
        MpdConnector(MpdSettings("127.0.0.1", mpd.port))() as player,
        asyncio.timeout(LIMIT_S),
    ):
        await player._ask("update")
        while "updating_db" in await player._ask("status"):
            await asyncio.sleep(0.02)
        await player.label(URI, "mood", "sad")
    config = tmp_path / "c.yaml"
    config.write_text(f"mpd:\n  port: {mpd.port}\nlibrary:\n  music_dir: {music_folder}\n")
    # A thread: the command runs a loop of its own.
    assert await asyncio.to_thread(main, ["library", "scan", "--config", str(config)]) == 0
    assert "1 read" in capsys.readouterr().out
    store = LabelStore.open(tmp_path / "labels.db")
    said = {estimate.source: estimate.detail for estimate in store.estimates(URI)}
    store.close()
    assert said == {"tag": "happy", "genre": "Rock", "sticker": "sad"}


def add_tagged(path: Path) -> None:
    """A silent file with a mood and a genre."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(8000))
    tagged = mutagen.wave.WAVE(path)
    tagged.add_tags()
    tagged.tags.add(mutagen.id3.TMOO(text="Happy"))
    tagged.tags.add(mutagen.id3.TCON(text="Rock"))
    tagged.save()
