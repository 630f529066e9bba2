"""The label store on a bad or full disk, and one of another version."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from fakes.label_store import SONG, said
from moodspeaker.errors import LibraryError
from moodspeaker.library import opening, schema
from moodspeaker.library.records import (
    Origin,
    StoredTrack,
)
from moodspeaker.library.store import LabelStore

if TYPE_CHECKING:
    from pathlib import Path

DAY_S = 86_400.0


def test_a_damaged_store_is_moved_aside_told_and_begun_anew(
    store: LabelStore, store_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.close()
    damage = b"this is no database at all" * 100
    store_path.write_bytes(damage)
    new = LabelStore.open(store_path)
    new.put_tracks([SONG], 1)
    assert new.tracks() == (SONG,)
    new.close()
    (aside,) = store_path.parent.glob("labels.db.damaged-*")
    assert aside.read_bytes() == damage
    assert str(aside) in caplog.text
    assert "0 labels of your own" in caplog.text


def test_what_the_user_said_is_brought_over_from_a_store_with_a_damaged_page(
    store: LabelStore, store_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.put_estimates([said("a", Origin.USER), said("a"), said(SONG.uri, Origin.USER)])
    store.put_tracks([StoredTrack(f"{n:04d}" * 50) for n in range(500)], 1)
    store.close()
    data = bytearray(store_path.read_bytes())
    data[40_960:61_440] = bytes(20_480)
    store_path.write_bytes(data)
    new = LabelStore.open(store_path)
    assert new.tracks() == ()
    assert new.estimates() == (said("a", Origin.USER), said(SONG.uri, Origin.USER))
    assert "2 labels of your own" in caplog.text
    new.close()


def test_a_store_of_a_newer_program_is_refused_and_left_alone(
    store: LabelStore, store_path: Path
) -> None:
    store.put_tracks([SONG], 1)
    store.close()
    newer = len(schema.MIGRATIONS) + 1
    connection = sqlite3.connect(store_path)
    connection.execute(f"PRAGMA user_version = {newer}")
    connection.close()
    with pytest.raises(LibraryError, match=rf"schema {newer}.*update moodspeaker"):
        LabelStore.open(store_path)
    assert [file.name for file in store_path.parent.iterdir()] == ["labels.db"]


def test_an_older_store_is_brought_up_to_date_with_all_that_it_holds(
    store: LabelStore, store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_tracks([SONG], 1)
    store.close()
    more = (*schema.MIGRATIONS, ("CREATE TABLE more (n INTEGER)",))
    monkeypatch.setattr(schema, "MIGRATIONS", more)
    new = LabelStore.open(store_path)
    assert new.tracks() == (SONG,)
    assert new._rows("SELECT * FROM more") == []
    assert new._rows("PRAGMA user_version") == [(len(more),)]
    new.close()


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    store: LabelStore, store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_tracks([SONG], 1)
    store.close()
    wrong = (*schema.MIGRATIONS, ("CREATE TABLE more (n INTEGER)", "CREATE TABLE tracks (n)"))
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", wrong)
        with pytest.raises(LibraryError, match="already exists"):
            LabelStore.open(store_path)
    again = LabelStore.open(store_path)
    assert again.tracks() == (SONG,)
    assert again._rows("SELECT name FROM sqlite_master WHERE name = 'more'") == []
    again.close()


def test_with_a_full_disk_reading_goes_on(store: LabelStore) -> None:
    store.put_tracks([SONG], 1)
    pages = store._rows("PRAGMA page_count")[0][0]
    store._rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LibraryError, match="make room"):
        store.put_tracks([StoredTrack(f"{n:04d}" * 50) for n in range(500)], 2)
    assert store.tracks() == (SONG,)


def test_a_store_that_cannot_be_written_is_only_read_and_that_is_told(
    store: LabelStore,
    store_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store.put_tracks([SONG], 1)
    store.close()

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(opening, "make_private", refuse)
    read = LabelStore.open(store_path)
    assert "only read" in caplog.text
    assert read.tracks() == (SONG,)
    with pytest.raises(LibraryError, match="writable"):
        read.put_estimates([said("a")])
    read.close()


def test_a_state_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match=r"file/labels\.db.*MOODSPEAKER_STATE_DIR"):
        LabelStore.open(tmp_path / "file" / "labels.db")
