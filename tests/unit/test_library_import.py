"""`moodspeaker library import` of tables with features."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from fakes.library_bench import LibraryBench, unscanned
from moodspeaker.library.features_file import read_features
from moodspeaker.library.records import Origin, StoredTrack

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "track,artist,uri,danceability,energy,loudness,mode,valence,tempo\n"
FIRST = "First,Ann,spotify:track:1,0.5,0.6,-7,1,0.7,120\n"
SECOND = "Second,Bob,spotify:track:2,0.5,0.6,-7,1,0.7,120\n"
TRACKS = (
    StoredTrack("ann/first.ogg", "First", "Ann", "Debut"),
    StoredTrack("bob/second.ogg", "Second", "Bob"),
    StoredTrack("bob/third.ogg", "Third", "Bob"),
    StoredTrack("best/third.ogg", "Third", "Bob"),
)


@pytest.fixture
def bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> LibraryBench:
    """With TRACKS."""
    made = unscanned(tmp_path, monkeypatch, capsys)
    store = made.store()
    store.put_tracks(TRACKS, 1)
    store.close()
    return made


def take(bench: LibraryBench, text: str, *options: str) -> int:
    """Imports a file with that text."""
    file = bench.folder / "table.csv"
    file.write_text(text, encoding="utf-8")
    return bench.run("import", str(file), *options)


def columns(bench: LibraryBench) -> dict[str, dict[str, float]]:
    """What the store has."""
    store = bench.store()
    found = store.features()
    store.close()
    return found


def test_a_table_places_its_tracks_and_keeps_their_columns(bench: LibraryBench) -> None:
    assert take(bench, HEAD + FIRST) == 0
    assert bench.out == "1 rows read, 1 tracks placed\n"
    assert columns(bench) == {
        "ann/first.ogg": {
            "valence": 0.7, "energy": 0.6, "danceability": 0.5,
            "loudness": -7.0, "tempo": 120.0, "mode": 1.0,
        }
    }  # fmt: skip
    store = bench.store()
    (said,) = store.estimates()
    store.close()
    assert (said.source, said.detail) == (Origin.FEATURES, "valence 0.7; energy 0.6")
    assert said.valence > 0.1
    assert said.arousal > 0


def test_valence_and_energy_alone_are_taken_as_they_are(bench: LibraryBench) -> None:
    take(bench, "Artist Name(s),Track Name,Energy,Valence\nAnn;Zoe,First,0.75,0.5\n")
    store = bench.store()
    (said,) = store.estimates()
    store.close()
    assert (said.valence, said.arousal) == (0.0, 0.5)


def test_rows_of_which_nothing_comes_are_counted_and_the_first_are_named(
    bench: LibraryBench,
) -> None:
    strangers = "".join(f"Song {n},Eve,,0.5,0.6,-7,1,0.7,120\n" for n in range(4))
    odd = (
        "Third,Bob,,0.5,0.6,-7,1,0.7,120\n"
        "Second,Bob,,,,,,,\n"
        "Second,Bob,,0.5,1.5,-7,1,0.7,120\n"
        "Second,Bob,,0.5,high,-7,1,0.7,120\n"
        "too,many,cells,1,1,1,1,1,1,1\n"
        "\n"
    )
    assert take(bench, HEAD + FIRST + strangers + odd + FIRST) == 0
    assert bench.out.splitlines() == [
        "11 rows read, 1 tracks placed",
        "4 of tracks that are not here: Eve - Song 0, Eve - Song 1, Eve - Song 2, ...",
        "1 that fit several tracks: Bob - Third",
        "1 of a track that an earlier one has placed: line 13",
        "1 without a value that tells of mood: line 8",
        "3 that make no sense: line 9: energy 1.5 is out of range,"
        " line 10: energy 'high' is not a number,"
        " line 11: 10 columns, the first line has 9",
    ]


def test_a_row_that_makes_no_sense_leaves_the_track_to_a_later_one(bench: LibraryBench) -> None:
    take(bench, HEAD + FIRST.replace("0.6", "-0.1") + FIRST)
    assert columns(bench)["ann/first.ogg"]["energy"] == 0.6


def test_values_of_tracks_that_are_not_ours_may_be_anything(bench: LibraryBench) -> None:
    take(bench, HEAD + "X,Y,,a,b,c,d,e,f\n" + FIRST)
    assert "no sense" not in bench.out


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        HEAD + "X,Y,,0.5,0.6,-7,1,0.7,120\n",
        HEAD + "First,Ann,,0.5,0.6,-7,0.5,0.7,120\n",
        "energy,valence\n1,1\n",
        "title,energy,valence\nFirst,1,1\n",
    ],
)
def test_where_nothing_can_be_taken_one_line_says_why(bench: LibraryBench, text: str) -> None:
    assert take(bench, text) == 1
    assert bench.err.count("\n") == 1
    assert "table.csv: " in bench.err
    assert columns(bench) == {}


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("path,valence,energy", "/srv/music/ann/first.ogg,0.5,0.25"),
        ("Track URI,file,valence,energy", "spotify:track:1,ann/first.ogg,0.5,0.25"),
        ("title;artist;valence;energy", "First;Ann;0,5;0,25"),
        ("title\tartist\tvalence\tenergy", "First\tAnn\t0.5\t0.25"),
        ("title,artist,valence,energy", "First,Ann,50,25"),
        ("track_name,artist(s)_name,valence_%,energy_%", "First,Ann,50,25"),
        ("track_name,artist(s)_name,valence_%,energy_%", "First,Ann,50%,25 %"),
        ("Name,Artist,Valence,Energy", 'First,Ann,"0,5",0.25'),
        ("\ufeffNAME,ARTIST,VALENCE,ENERGY", "First,Ann,5e-1,.25,,"),
    ],
)
def test_the_many_ways_to_write_a_table(bench: LibraryBench, head: str, row: str) -> None:
    assert take(bench, f"{head}\n{row}\n") == 0
    assert columns(bench) == {"ann/first.ogg": {"valence": 0.5, "energy": 0.25}}


def test_percent_is_told_and_touches_neither_tempo_nor_loudness(bench: LibraryBench) -> None:
    take(bench, HEAD + "First,Ann,,50,2,-7,Minor,60,90\n")
    assert "percent" in bench.out
    found = columns(bench)["ann/first.ogg"]
    assert (found["energy"], found["danceability"], found["valence"]) == (0.02, 0.5, 0.6)
    assert (found["tempo"], found["loudness"], found["mode"]) == (90.0, -7.0, 0.0)


@pytest.mark.parametrize(("high", "percent"), [(2, False), (3, True)])
def test_a_table_is_in_percent_where_most_of_its_values_exceed_one(
    high: int, percent: bool
) -> None:
    rows = ["a,1,1\n"] * (4 - high) + ["a,2,2\n"] * high
    table = read_features(["path,valence,energy\n", *rows], "x")
    assert bool(table.percent) == percent


def test_a_pipe_is_read_as_a_file_is(bench: LibraryBench) -> None:
    reading, writing = os.pipe()
    os.write(writing, (HEAD + FIRST).encode())
    os.close(writing)
    assert bench.run("import", f"/dev/fd/{reading}") == 0
    assert "1 tracks placed" in bench.out
    os.close(reading)


def test_a_table_may_come_from_stdin(bench: LibraryBench, monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO((HEAD + FIRST).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    assert bench.run("import", "-") == 0
    assert "1 tracks placed" in bench.out


@pytest.mark.parametrize("text", ["\0" * 5000, HEAD + "x" * 200_000 + FIRST, '"\n' * 50, ",,,\n"])
def test_what_is_no_table_is_one_line(bench: LibraryBench, text: str) -> None:
    assert take(bench, text) == 1
    assert bench.err.count("\n") == 1


def test_the_kind_may_be_said(bench: LibraryBench) -> None:
    assert take(bench, HEAD + FIRST, "--kind", "labels") == 1
    assert "column 'track' is none of" in bench.err
    assert take(bench, "uri,mood\nann/first.ogg,happy\n", "--kind", "features") == 1
    assert "no column with a feature" in bench.err


def test_text_that_is_not_utf_8_is_one_line(bench: LibraryBench) -> None:
    file = bench.folder / "t.csv"
    file.write_bytes(HEAD.encode() + b"caf\xe9" * 9)
    assert bench.run("import", str(file)) == 1
    assert "not UTF-8" in bench.err
    assert bench.err.count("\n") == 1


def test_a_wrong_line_far_down_a_real_table_is_not_the_end_of_it(
    bench: LibraryBench, data_folder: Path
) -> None:
    file = data_folder / "data" / "dataset-of-60s.csv"
    text = "".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[:1000])
    store = bench.store()
    store.put_tracks([StoredTrack("m.ogg", "Melody Twist", "Lord Melody")], 2)
    store.close()
    assert take(bench, text + "one,cell,more" + "," * 17 + "x\n") == 0
    assert "1000 rows read, 1 tracks placed" in bench.out
    assert "1 that make no sense: line 1001: " in bench.out
    assert columns(bench)["m.ogg"]["valence"] == 0.908
