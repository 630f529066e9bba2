"""`moodspeaker library` over three silent files and a player in memory."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

from fakes.player import FakeMpd
from moodspeaker.cli import library_scan
from moodspeaker.cli.main import main
from moodspeaker.library.records import Origin
from moodspeaker.library.scan import Scanner
from moodspeaker.library.store import LabelStore
from moodspeaker.types import Track

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TRACKS = (
    Track("rock/Ü song.wav", "Title", "Artist", "Album", ("happy",)),
    Track("rock/other.wav", "Other", "Artist"),
    Track("odd/li\nne 'x'.wav", "Odd"),
)
SONG, OTHER, ODD = (track.uri for track in TRACKS)


class LibraryBench:
    """A state folder, a music folder, a player, and what the last command printed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.mpd = FakeMpd(TRACKS)
        self.config = folder / "c.yaml"
        self.config.write_text(f"library:\n  music_dir: {folder / 'music'}\n")
        self.out = self.err = ""
        self._capsys = capsys
        for uri in (SONG, OTHER, ODD):
            path = folder / "music" / uri
            path.parent.mkdir(parents=True, exist_ok=True)
            with wave.open(str(path), "wb") as file:
                file.setparams((1, 1, 8000, 0, "NONE", ""))

    def run(self, *argv: str) -> int:
        status = main(["library", *argv])
        self.out, self.err = self._capsys.readouterr()
        return status

    def scan(self) -> int:
        return self.run("scan", "--config", str(self.config))

    def stock(self) -> None:
        """What a scan stores, without the command."""
        store = self.store()
        Scanner(store, self.folder / "music").run(TRACKS, 0.0, lambda *_: None)
        store.close()

    def store(self) -> LabelStore:
        return LabelStore.open(self.folder / "labels.db")

    def user_place(self, uri: str) -> tuple[float, float, str] | None:
        store = self.store()
        own = [said for said in store.estimates(uri) if said.source == Origin.USER]
        store.close()
        return (own[0].valence, own[0].arousal, own[0].detail) if own else None


def unscanned(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> LibraryBench:
    monkeypatch.setenv("MOODSPEAKER_STATE_DIR", str(folder))
    made = LibraryBench(folder, capsys)
    monkeypatch.setattr(library_scan, "PlayerConnection", lambda _: made.mpd.connect)
    return made
