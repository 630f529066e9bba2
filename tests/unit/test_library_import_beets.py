"""`moodspeaker library import` of the library of beets."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fakes.library_bench import LibraryBench, unscanned
from moodspeaker.library.records import Origin, StoredTrack

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.library.records import Estimate

# As beets 2.14 makes it, but for the columns that nobody reads here.
SCHEMA = """
CREATE TABLE items (
    album TEXT, artist TEXT, bpm INTEGER, genres TEXT, id INTEGER PRIMARY KEY, path BLOB, title TEXT
);
CREATE TABLE item_attributes (
    id INTEGER PRIMARY KEY, entity_id INTEGER, key TEXT, value TEXT,
    UNIQUE(entity_id, key) ON CONFLICT REPLACE
);
"""
FILE = "rock/Ü song.ogg"


@pytest.fixture
def bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> LibraryBench:
    """With two tracks, and beets that knows of nothing."""
    made = unscanned(tmp_path, monkeypatch, capsys)
    store = made.store()
    store.put_tracks([StoredTrack(FILE, "Song", "Ann"), StoredTrack("b.ogg", "B", "Bob")], 1)
    store.close()
    with closing(sqlite3.connect(made.folder / "library.db")) as database:
        database.executescript(SCHEMA)
    return made


def add(bench: LibraryBench, path: object, artist: str = "", title: str = "", **said: str) -> None:
    """An item with those attributes."""
    with closing(sqlite3.connect(bench.folder / "library.db")) as database, database:
        item = database.execute(
            "INSERT INTO items (path, artist, title) VALUES (?, ?, ?)", (path, artist, title)
        ).lastrowid
        for pair in said.items():
            database.execute(
                "INSERT INTO item_attributes (entity_id, key, value) VALUES (?, ?, ?)",
                (item, *pair),
            )


def take(bench: LibraryBench) -> int:
    """Imports it."""
    return bench.run("import", str(bench.folder / "library.db"), "--config", str(bench.config))


def said_by_beets(bench: LibraryBench) -> dict[str, Estimate]:
    """By uri."""
    store = bench.store()
    found = {said.uri: said for said in store.estimates() if said.source == Origin.BEETS}
    store.close()
    return found


@pytest.mark.parametrize("folder", ["", "/somewhere/else/", "MUSIC"])
def test_an_item_is_placed_by_its_shares_wherever_its_path_begins(
    bench: LibraryBench, folder: str
) -> None:
    folder = f"{bench.folder}/music/" if folder == "MUSIC" else folder
    path = (folder + FILE).encode()
    add(
        bench, path, mood_happy="0.8", mood_sad="0.1",
        mood_party="0.5", mood_aggressive="0.0", mood_relaxed="0.25",
    )  # fmt: skip
    add(bench, b"nothing/known.ogg")
    assert take(bench) == 0
    assert bench.out.splitlines() == [
        "2 items in beets, 1 with a mood",
        "1 items read, 1 tracks placed",
    ]
    said = said_by_beets(bench)[FILE]
    assert said.valence == pytest.approx(0.8 + 0.25 - 0.1)
    assert said.arousal == pytest.approx(0.35 - 0.03 - 0.2)
    assert said.detail == "happy 0.80; party 0.50; sad 0.10; aggressive 0.00; relaxed 0.25"


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({"mood": "Dreamy", "mood_sad": "0.9", "moods_mirex": "Cluster5"}, "dreamy"),
        ({"mood": "no such word", "mood_sad": "0.9", "moods_mirex": "Cluster5"}, "sad 0.90"),
        ({"moods_mirex": "Cluster3"}, "Cluster3"),
    ],
)
def test_words_count_before_shares_and_shares_before_the_cluster(
    bench: LibraryBench, said: dict[str, str], detail: str
) -> None:
    add(bench, FILE.encode(), **said)
    take(bench)
    assert said_by_beets(bench)[FILE].detail == detail


def test_an_item_is_found_by_its_names_where_its_path_leads_nowhere(bench: LibraryBench) -> None:
    add(bench, b"/moved/away.ogg", "ANN", "Song", mood="calm")
    add(bench, "b.ogg", mood="sad")
    add(bench, b"caf\xe9.ogg", mood="sad")
    assert take(bench) == 0
    assert set(said_by_beets(bench)) == {FILE, "b.ogg"}
    assert r"1 of tracks that are not here: caf\udce9.ogg" in bench.out


def test_a_share_out_of_range_is_told_and_left_out(bench: LibraryBench) -> None:
    add(bench, FILE.encode(), mood_happy="1.5")
    add(bench, b"b.ogg", mood_happy="0.5")
    take(bench)
    assert "1 that make no sense: item 1: mood_happy 1.5 is out of range" in bench.out
    assert set(said_by_beets(bench)) == {"b.ogg"}


def test_a_library_without_moods_names_what_is_missing(bench: LibraryBench) -> None:
    add(bench, FILE.encode(), acoustid="x")
    assert take(bench) == 1
    assert "none of its 1 items has a mood" in bench.err
    assert "mood_happy" in bench.err


def test_it_is_left_as_it_was_with_nothing_beside_it(bench: LibraryBench) -> None:
    add(bench, FILE.encode(), mood="sad")
    file = bench.folder / "library.db"
    file.chmod(0o400)
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    take(bench)
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert [path.name for path in bench.folder.glob("library*")] == ["library.db"]


def test_it_is_read_while_beets_holds_a_lock_and_refused_while_it_writes(
    bench: LibraryBench,
) -> None:
    add(bench, FILE.encode(), mood="sad")
    with closing(sqlite3.connect(bench.folder / "library.db", isolation_level=None)) as busy:
        busy.execute("BEGIN EXCLUSIVE")
        assert take(bench) == 0
        busy.execute("UPDATE items SET bpm = 1")
        assert take(bench) == 1
        assert "library.db-journal" in bench.err
        busy.execute("ROLLBACK")
    assert take(bench) == 0


@pytest.mark.parametrize("tables", ["", "CREATE TABLE items (id)", "CREATE TABLE tracks (uri)"])
def test_another_database_is_one_line(bench: LibraryBench, tables: str) -> None:
    other = bench.folder / "other.db"
    with closing(sqlite3.connect(other)) as database:
        database.executescript(f"PRAGMA user_version = 1; {tables}")
    assert bench.run("import", str(other)) == 1
    assert "no library of beets" in bench.err
    assert bench.err.count("\n") == 1


def test_damage_and_a_missing_file_are_one_line(bench: LibraryBench) -> None:
    file = bench.folder / "library.db"
    file.write_bytes(file.read_bytes()[:100] + b"x" * 5000)
    assert take(bench) == 1
    assert bench.err.count("\n") == 1
    file.unlink()
    assert bench.run("import", str(file), "--kind", "beets") == 1
    assert "cannot be read" in bench.err
