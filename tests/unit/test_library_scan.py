"""A scan: the player's tracks and their files' tags into the label store."""

from __future__ import annotations

import os
import wave
from typing import TYPE_CHECKING

import mutagen.id3
import mutagen.wave
import pytest

from moodspeaker.library import scan
from moodspeaker.library.places import fused
from moodspeaker.library.records import Estimate, Origin, StoredTrack
from moodspeaker.library.scan import BATCH, KEPT_S, Problem, Scanner, ScanReport
from moodspeaker.library.store import LabelStore
from moodspeaker.types import Track

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW_S = 1e9
ODD = "qu'o\"te\n\t; ü.wav"


class Folder:
    """A music folder with a store beside it; files are silent, and tagged as a test asks."""

    def __init__(self, path: Path) -> None:
        self.path = path / "music"
        self.path.mkdir()
        self.store = LabelStore.open(path / "labels.db")
        self.told: list[tuple[int, int]] = []

    def add(self, uri: str, *frames: mutagen.id3.Frame) -> Track:
        with wave.open(str(self.path / uri), "wb") as file:
            file.setparams((1, 1, 8000, 0, "NONE", ""))
            file.writeframes(bytes(80))
        if frames:
            tagged = mutagen.wave.WAVE(self.path / uri)
            tagged.add_tags()
            for frame in frames:
                tagged.tags.add(frame)
            tagged.save()
        return Track(uri, f"title of {uri}", "artist", "album")

    def scan(self, *tracks: Track, now_s: float = NOW_S, files: bool = True) -> ScanReport:
        scanner = Scanner(self.store, self.path if files else None)
        return scanner.run(tracks, now_s, lambda done, total: self.told.append((done, total)))

    def sources(self, uri: str) -> dict[str, str]:
        return {said.source: said.detail for said in self.store.estimates(uri)}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    made = Folder(tmp_path)
    yield made
    made.store.close()


def mood(*words: str) -> mutagen.id3.Frame:
    return mutagen.id3.TMOO(encoding=3, text=list(words))


def test_a_file_says_its_mood_genre_year_and_tempo(folder: Folder) -> None:
    track = folder.add(
        ODD,
        mood("Happy", "Fun"),
        mutagen.id3.TCON(text="(17)"),
        mutagen.id3.TDRC(text="1999-05-01"),
        mutagen.id3.TDOR(text="1971"),
        mutagen.id3.TBPM(text="128"),
        mutagen.id3.TXXX(desc="ab:hi:mood_sad:sad", text="0.9"),
    )
    report = folder.scan(track)
    stored = folder.store.track(ODD)
    assert stored is not None
    assert (stored.title, stored.artist, stored.album) == (track.title, "artist", "album")
    assert (stored.genre, stored.year, stored.bpm) == ("Rock", 1971, 128.0)
    assert stored.moods == ("happy", "fun")
    assert folder.sources(ODD) == {
        "tag": "happy; fun",
        "genre": "Rock",
        "acousticbrainz": "sad 0.90",
    }
    assert (report.total, report.read, report.problems) == (1, 1, {})


def test_only_what_has_changed_is_read_again(folder: Folder) -> None:
    tracks = [folder.add("a.wav", mood("happy")), folder.add("b.wav", mood("happy"))]
    folder.scan(*tracks)
    before = folder.store.tracks()
    again = folder.scan(*tracks)
    assert (again.read, again.unchanged) == (0, 2)
    assert folder.store.tracks() == before
    folder.add("b.wav", mood("sad", "calm"))
    os.utime(folder.path / "b.wav", ns=(1, 1))
    third = folder.scan(*tracks)
    assert (third.read, third.unchanged) == (1, 1)
    assert folder.sources("b.wav") == {"tag": "sad; calm"}


def test_a_mood_that_is_taken_out_of_a_file_is_forgotten(folder: Folder) -> None:
    track = folder.add("a.wav", mood("happy"))
    folder.scan(track)
    folder.add("a.wav")
    folder.scan(track)
    assert folder.sources("a.wav") == {}


def test_a_new_meaning_of_words_reads_everything_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = folder.add("a.wav", mood("happy"))
    folder.scan(track)
    monkeypatch.setattr(scan, "READER", scan.READER + 1)
    assert folder.scan(track).read == 1


def test_titles_follow_the_player_though_the_file_is_the_same(folder: Folder) -> None:
    folder.scan(folder.add("a.wav", mood("happy")))
    folder.scan(Track("a.wav", "new title"))
    stored = folder.store.track("a.wav")
    assert stored is not None
    assert (stored.title, stored.moods) == ("new title", ("happy",))
    assert folder.sources("a.wav") == {"tag": "happy"}


def test_what_the_player_says_beyond_the_file_is_a_persons_sticker(folder: Folder) -> None:
    folder.add("a.wav", mood("happy"))
    folder.scan(Track("a.wav", moods=("happy", "sad")))
    assert folder.sources("a.wav") == {"tag": "happy", "sticker": "sad"}
    folder.scan(Track("a.wav", moods=("happy", "calm")))
    assert folder.sources("a.wav") == {"tag": "happy", "sticker": "calm"}
    folder.scan(Track("a.wav", moods=("happy",)))
    assert folder.sources("a.wav") == {"tag": "happy"}


def test_what_a_person_set_here_stays_whatever_a_scan_finds(folder: Folder) -> None:
    own = Estimate("a.wav", Origin.USER.value, 0.1, 0.2, 0.15, 0.15)
    folder.store.put_estimates([own])
    track = folder.add("a.wav", mood("happy"))
    folder.scan(track)
    folder.scan()
    folder.scan(now_s=NOW_S + KEPT_S)
    assert folder.store.tracks() == ()
    assert folder.store.estimates() == (own,)


def test_files_that_give_nothing_are_told_each_time_and_stored_all_the_same(
    folder: Folder,
) -> None:
    (folder.path / "zero.ogg").touch()
    (folder.path / "broken.flac").write_bytes(b"fLaC" + bytes(4))
    tracks = [Track("zero.ogg"), Track("broken.flac"), Track("none.mp3"), Track("nul\0.mp3")]
    names = [Track("latin\udce9.mp3"), Track("http://radio/stream"), folder.add("a.wav")]
    for _ in range(2):
        report = folder.scan(*tracks, *names)
        assert report.problems == {
            Problem.EMPTY: ["zero.ogg"],
            Problem.DAMAGED: ["broken.flac"],
            Problem.MISSING: ["none.mp3"],
            Problem.ODD_NAME: ["nul\0.mp3", "latin\udce9.mp3"],
        }
    uris = {"zero.ogg", "broken.flac", "none.mp3", "http://radio/stream", "a.wav"}
    assert set(folder.store.uris()) == uris


def test_a_disk_that_is_unplugged_loses_nothing(folder: Folder) -> None:
    track = folder.add("a.wav", mood("happy"))
    folder.scan(track)
    (folder.path / "a.wav").rename(folder.path / "away")
    assert folder.scan(track).problems == {Problem.MISSING: ["a.wav"]}
    assert folder.sources("a.wav") == {"tag": "happy"}
    (folder.path / "away").rename(folder.path / "a.wav")
    assert folder.scan(track).unchanged == 1


def test_tracks_that_have_gone_are_dropped_after_thirty_days(folder: Folder) -> None:
    tracks = [folder.add("a.wav", mood("happy")), folder.add("b.wav", mood("happy"))]
    folder.scan(*tracks)
    folder.scan(tracks[0], now_s=NOW_S)
    assert folder.scan(tracks[0], now_s=NOW_S + KEPT_S - 1).dropped == 0
    assert folder.scan(tracks[0], now_s=NOW_S + KEPT_S).dropped == 1
    assert folder.store.uris() == ("a.wav",)
    assert [said.uri for said in folder.store.estimates()] == ["a.wav"]


def test_a_scan_that_was_stopped_goes_on_where_it_was(folder: Folder) -> None:
    tracks = [Track(f"{n}.wav") for n in range(BATCH + 1)]
    for track in tracks:
        os.link(folder.path / folder.add("one.wav").uri, folder.path / track.uri)

    def stop(done: int, _: int) -> None:
        if done == BATCH:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Scanner(folder.store, folder.path).run(tracks, NOW_S, stop)
    assert len(folder.store.uris()) == BATCH
    report = folder.scan(*tracks)
    assert (report.read, report.unchanged) == (1, BATCH)
    assert folder.told == [(BATCH, BATCH + 1), (BATCH + 1, BATCH + 1)]


def test_without_a_music_folder_the_player_alone_is_asked(folder: Folder) -> None:
    folder.add("a.wav", mood("happy"))
    report = folder.scan(Track("a.wav", "T", moods=("sad",)), files=False)
    assert (report.read, report.problems) == (0, {})
    assert folder.sources("a.wav") == {"sticker": "sad"}
    assert folder.store.tracks() == (StoredTrack("a.wav", "T"),)


def test_words_without_a_place_are_counted_and_kept(folder: Folder) -> None:
    tracks = [folder.add("a.wav", mood("zorbly", "happy")), folder.add("b.wav", mood("zorbly"))]
    assert folder.scan(*tracks).unknown == {"zorbly": 2}
    assert folder.sources("b.wav") == {}
    stored = folder.store.track("b.wav")
    assert stored is not None
    assert stored.moods == ("zorbly",)


def test_an_empty_database_is_a_scan_too(folder: Folder) -> None:
    assert folder.scan() == ScanReport()


def test_what_was_set_here_wins_over_a_sticker() -> None:
    own = Estimate("a", Origin.USER.value, 0.5, 0.5, 0.15, 0.15)
    sticker = Estimate("a", Origin.STICKER.value, -0.5, -0.5, 0.15, 0.15)
    assert fused([own, sticker]) == fused([own])
    assert fused([sticker]).valence < 0 < fused([own]).valence
