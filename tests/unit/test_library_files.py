"""`moodspeaker library import` and `export`."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from fakes.library_bench import ODD, OTHER, SONG, LibraryBench

if TYPE_CHECKING:
    pass


def test_labels_are_imported_from_csv(library: LibraryBench) -> None:
    file = library.folder / "labels.csv"
    file.write_text(
        f'\ufeffURI,mood,valence,arousal\n{SONG},Happy,,\n\n"{ODD}",,-0.25,0.5\nlater.ogg,calm,,\n',
        encoding="utf-8",
    )
    assert library.run("import", str(file)) == 0
    assert "3 labels imported" in library.out
    assert "1 of them wait for tracks that no scan has found: later.ogg" in library.out
    assert library.user_place(SONG) == (0.80, 0.35, "Happy")
    assert library.user_place(ODD) == (-0.25, 0.5, "")
    assert library.user_place("later.ogg") is not None


def test_a_table_with_semicolons_may_have_decimal_commas(library: LibraryBench) -> None:
    file = library.folder / "labels.csv"
    file.write_text(f"uri;valence;arousal\n{SONG};-0,5;1\n", encoding="utf-8")
    library.run("import", str(file))
    assert library.user_place(SONG) == (-0.5, 1.0, "")


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("uri,modo\na,happy\n", 1, "'modo' is none of"),
        ("uri,valence\na,0\n", 1, "columns are missing"),
        ("mood,mood,uri\n", 1, "twice"),
        ("", 1, "columns are missing"),
        ("uri,mood\na,happy\nb\n", 3, "1 columns where"),
        ("uri,mood\na,happy\nb,c,sad\n", 3, "3 columns where"),
        ("uri,mood\na,happy\nb,hapy\n", 3, "did you mean happy"),
        ("uri,mood\na,happy\n ,sad\n", 3, "no uri"),
        ("uri,valence,arousal\na,0,0\nb,0,high\n", 3, "arousal 'high' is not a number"),
        ("uri,valence,arousal\na,0,0\nb,nan,0\n", 3, "valence nan is not from -1 to 1"),
        ('uri,mood\na,happy\n"b,sad\n', 3, "unexpected end"),
        ('{"uri": "a", "mood": "happy"}\n{"uri": "b"\n', 2, "delimiter"),
        ('{"uri": "a", "mood": "happy"}\n[]\n', 2, "no JSON object"),
        ('{"uri": "a", "mood": "happy"}\n{"uri": 5, "mood": "sad"}\n', 2, "no uri"),
        ('{"uri": "a", "mood": "happy"}\n{"uri": "b", "sources": 5}\n', 2, "not iterable"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_imported(
    library: LibraryBench, text: str, line: int, hint: str
) -> None:
    file = library.folder / "labels"
    file.write_text(text, encoding="utf-8")
    assert library.run("import", str(file)) == 1
    assert f"{file}:{line}: " in library.err
    assert hint in library.err
    assert library.err.count("\n") == 1
    assert library.user_place("a") is None


@pytest.mark.parametrize("data", [None, b"uri,mood\n\xe9,sad\n"])
def test_a_file_that_cannot_be_read_is_one_line(library: LibraryBench, data: bytes | None) -> None:
    file = library.folder / "labels.csv"
    if data:
        file.write_bytes(data)
    assert library.run("import", str(file)) == 1
    assert str(file) in library.err
    assert library.err.count("\n") == 1


def test_an_export_has_a_line_a_track_and_comes_back_with_the_users_labels_alone(
    library: LibraryBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.run("set", SONG, "sad")
    library.run("set", ODD, "-0.1,0.2")
    assert library.run("export") == 0
    text = library.out
    lines = {line["uri"]: line for line in map(json.loads, text.splitlines())}
    assert set(lines) == {SONG, OTHER, ODD}
    song = lines[SONG]
    assert song["sources"] == ["sticker", "user"]
    assert song["valence"] == pytest.approx(-0.6, abs=0.05)
    assert sum(song["moods"].values()) == pytest.approx(1, abs=0.01)
    assert lines[OTHER]["sources"] == []
    for uri in (SONG, ODD):
        library.run("unset", uri)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert library.run("import", "-") == 0
    assert "2 labels imported\n1 lines hold no label of your own" in library.out
    assert library.user_place(SONG) == (-0.65, -0.40, "sad")
    assert library.user_place(ODD) == (-0.1, 0.2, "")
    assert library.user_place(OTHER) is None


def test_an_exported_file_is_for_its_owner_alone(library: LibraryBench) -> None:
    file = library.folder / "out.jsonl"
    assert library.run("export", str(file)) == 0
    assert library.err == f"{file}: 3 tracks\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3
    assert library.run("export", "/nowhere/out.jsonl") == 1
    assert "cannot be written" in library.err
