"""Which files are analysed, and in which order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from fakes.label_store import said
from moodspeaker.errors import ModelError, MoodspeakerError
from moodspeaker.library.analysis_plan import looked_at, model_version, planned
from moodspeaker.library.records import Analysis, Estimate, Origin, StoredTrack
from moodspeaker.library.store import LabelStore
from moodspeaker.runtime.only_one import only_one

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODEL = "1-abc"
ODD = "qu'o\"te\n\t; ü.ogg"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LabelStore]:
    opened = LabelStore.open(tmp_path / "labels.db")
    yield opened
    opened.close()


@pytest.fixture
def music(tmp_path: Path) -> Path:
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


def add(store: LabelStore, music: Path, *uris: str) -> None:
    for uri in uris:
        (music / uri).write_bytes(b"x")
    store.put_tracks([StoredTrack(uri) for uri in uris], 1)


def analysed(store: LabelStore, music: Path, uri: str, model: str, problem: str = "") -> None:
    stat = (music / uri).stat()
    store.put_analyses([Analysis(uri, stat.st_mtime_ns, stat.st_size, model, problem)])
    if not problem:
        place = (0.0, 0.0, 0.2, 0.2)
        store.put_estimates([Estimate(uri, Origin.AUDIO.value, *place, "", model)])


def uris(store: LabelStore, music: Path, *, again: bool = False) -> list[str]:
    return [due.uri for due in planned(store, music, MODEL, again=again).due]


def test_what_nobody_has_labelled_comes_first(store: LabelStore, music: Path) -> None:
    add(store, music, "a", "b", "c", "d", "e", ODD)
    by_person = [said("a", Origin.USER), said("b", Origin.TAG), said("c", Origin.STICKER)]
    store.put_estimates([*by_person, said("d", Origin.GENRE), said("e", Origin.BEETS)])
    assert uris(store, music) == ["d", "e", ODD, "a", "b", "c"]


def test_what_this_model_has_placed_is_left_alone(store: LabelStore, music: Path) -> None:
    add(store, music, "a", "b", "c")
    analysed(store, music, "a", MODEL)
    analysed(store, music, "b", "1-older")
    plan = planned(store, music, MODEL)
    assert ([due.uri for due in plan.due], plan.done) == (["b", "c"], 1)


@pytest.mark.parametrize("how", ["touched", "longer"])
def test_a_file_that_has_changed_is_analysed_again(
    store: LabelStore, music: Path, how: str
) -> None:
    add(store, music, "a")
    analysed(store, music, "a", MODEL)
    stat = (music / "a").stat()
    if how == "longer":
        (music / "a").write_bytes(b"xx")
    os.utime(music / "a", ns=(0, stat.st_mtime_ns + (how == "touched")))
    assert uris(store, music) == ["a"]


@pytest.mark.parametrize(("again", "due"), [(False, []), (True, ["a"])])
def test_what_failed_is_tried_again_when_asked(
    store: LabelStore, music: Path, again: bool, due: list[str]
) -> None:
    add(store, music, "a", "b")
    analysed(store, music, "a", MODEL, "damaged")
    analysed(store, music, "b", MODEL)
    assert uris(store, music, again=again) == due


def test_an_analysis_whose_place_was_dropped_is_made_again(store: LabelStore, music: Path) -> None:
    add(store, music, "a")
    analysed(store, music, "a", MODEL)
    store.remove_estimates(["a"], [Origin.AUDIO])
    assert uris(store, music) == ["a"]


def test_streams_and_what_is_not_there_are_counted(store: LabelStore, music: Path) -> None:
    add(store, music, "a", "gone")
    (music / "gone").unlink()
    (music / "folder").mkdir()
    os.mkfifo(music / "pipe")
    store.put_tracks([StoredTrack("old", gone_since=1.0), StoredTrack("http://radio/x")], 1)
    store.put_tracks([StoredTrack("folder"), StoredTrack("pipe")], 1)
    plan = planned(store, music, MODEL)
    assert [due.uri for due in plan.due] == ["a"]
    assert (plan.streams, plan.missing) == (1, ["folder", "gone", "pipe"])


@pytest.mark.parametrize("uri", ["../secret", "a/../../secret", "/etc/hostname", "nul\0"])
def test_nothing_outside_the_music_folder_is_opened(music: Path, uri: str) -> None:
    (music.parent / "secret").write_bytes(b"x")
    (music / "a").mkdir()
    assert looked_at(uri, music) is None


def test_another_model_has_another_version(tmp_path: Path) -> None:
    path = tmp_path / "audio.json"
    path.write_text("1")
    first = model_version(path)
    path.write_text("2")
    assert model_version(path) != first
    path.unlink()
    with pytest.raises(ModelError, match="No such file"):
        model_version(path)


def test_a_second_one_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    lock = tmp_path / "state" / "x.lock"
    with (
        only_one(lock, "analysis"),
        pytest.raises(MoodspeakerError, match="another analysis"),
        only_one(lock, "analysis"),
    ):
        pass
    with only_one(lock, "analysis"):
        pass


def test_a_lock_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(MoodspeakerError, match=r"x\.lock cannot be written: .*STATE_DIR"),
        only_one(tmp_path / "file" / "x.lock", "analysis"),
    ):
        pass
