"""The label store: what it keeps, and who may use it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from fakes.label_store import SONG, said
from moodspeaker.errors import LibraryError
from moodspeaker.library import opening, schema
from moodspeaker.library.places import by_point
from moodspeaker.library.records import (
    Analysis,
    Estimate,
    Feedback,
    Liking,
    Origin,
    QueuedTrack,
    StoredTrack,
)
from moodspeaker.library.store import LabelStore

if TYPE_CHECKING:
    from pathlib import Path

DAY_S = 86_400.0


def test_a_track_comes_back_as_it_was_after_a_restart(store: LabelStore, store_path: Path) -> None:
    store.put_tracks([SONG, StoredTrack("b")], store.next_scan())
    store.close()
    again = LabelStore.open(store_path)
    assert again.tracks() == (SONG, StoredTrack("b"))
    assert (again.track(SONG.uri), again.track("c")) == (SONG, None)
    again.close()


def test_only_the_owner_may_read_the_store_and_its_side_files(
    store: LabelStore, store_path: Path
) -> None:
    store.put_tracks([SONG], 1)
    modes = {file.name: file.stat().st_mode & 0o777 for file in store_path.parent.iterdir()}
    assert modes == {"labels.db": 0o600, "labels.db-wal": 0o600, "labels.db-shm": 0o600}


def test_a_store_that_others_could_read_is_made_private(
    store: LabelStore, store_path: Path
) -> None:
    store.close()
    store_path.chmod(0o644)
    LabelStore.open(store_path).close()
    assert store_path.stat().st_mode & 0o777 == 0o600


def test_a_source_says_one_thing_of_a_track(store: LabelStore) -> None:
    store.put_estimates([said("a"), said("a", Origin.USER), said("b")])
    store.put_estimates([Estimate("a", "tag", 0.1, 0.2, 0.3, 0.4)])
    assert store.estimates("a") == (
        Estimate("a", "tag", 0.1, 0.2, 0.3, 0.4),
        said("a", Origin.USER),
    )
    assert len(store.estimates()) == 3
    assert store.remove_estimates(["a", "c"], [Origin.TAG, Origin.GENRE]) == 1
    assert store.estimates("a") == (said("a", Origin.USER),)


@pytest.mark.parametrize("valence", [-1.01, 1.01, float("nan")])
def test_a_place_off_the_plane_is_refused_and_the_rest_of_it_too(
    store: LabelStore, valence: float
) -> None:
    off = Estimate("b", "tag", valence, 0, 0.1, 0.1)
    with pytest.raises(LibraryError):
        store.put_estimates([said("a"), off])
    assert store.estimates() == ()


def test_a_track_that_has_gone_is_kept_for_its_days_and_what_the_user_said_for_good(
    store: LabelStore,
) -> None:
    store.put_tracks([SONG, StoredTrack("b")], 1)
    store.put_estimates([said(SONG.uri), said(SONG.uri, Origin.USER), said("b")])
    store.see_tracks(["b"], 2)
    assert store.end_scan(2, 1000.0, DAY_S) == 0
    gone = store.track(SONG.uri)
    assert gone is not None
    assert gone.gone_since == 1000.0
    store.see_tracks(["b"], 3)
    assert store.end_scan(3, 1000.0 + DAY_S - 1, DAY_S) == 0
    store.see_tracks(["b"], 4)
    assert store.end_scan(4, 1000.0 + DAY_S, DAY_S) == 1
    assert store.uris() == ("b",)
    assert store.estimates() == (said(SONG.uri, Origin.USER), said("b"))


def test_a_track_that_comes_back_is_no_longer_gone(store: LabelStore) -> None:
    store.put_tracks([SONG], 1)
    store.end_scan(2, 1000.0, DAY_S)
    store.see_tracks([SONG.uri], 3)
    store.end_scan(3, 1000.0 + 2 * DAY_S, DAY_S)
    assert store.tracks() == (SONG,)


def test_history_is_told_from_a_time_on_and_forgotten_before_one(store: LabelStore) -> None:
    numbers = [
        store.add_queued(QueuedTrack(uri, "A", at, "happy"))
        for uri, at in (("b", 20.0), ("a", 10.0))
    ]
    store.set_outcome(numbers[0], "skipped")
    late = QueuedTrack("b", "A", 20.0, "happy", "skipped")
    assert store.history(0) == (QueuedTrack("a", "A", 10.0, "happy"), late)
    assert store.history(20.0) == (late,)
    assert store.forget_history(20.0) == 1
    assert store.history(0) == (late,)


def test_feedback_can_be_undone_once(store: LabelStore) -> None:
    number = store.add_feedback(Feedback("a", "sad", Liking.DISLIKE, 1.0, 5.0))
    store.add_feedback(Feedback("b", "sad", Liking.LIKE, 0.5, 6.0))
    assert store.undo_feedback(number)
    assert not store.undo_feedback(number)
    assert store.feedback("a") == (Feedback("a", "sad", Liking.DISLIKE, 1.0, 5.0, undone=True),)
    assert len(store.feedback()) == 2


def test_a_transaction_that_fails_leaves_nothing(store: LabelStore) -> None:
    def fail() -> None:
        with store.transaction():
            store.put_tracks([SONG], 1)
            store.put_estimates([said("a")])
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert store.tracks() == ()
    assert store.estimates() == ()
    store.put_tracks([SONG], 1)
    assert store.tracks() == (SONG,)


def test_two_processes_may_have_it_open(store: LabelStore, store_path: Path) -> None:
    other = LabelStore.open(store_path)
    other.put_tracks([SONG], 1)
    assert store.tracks() == (SONG,)
    store.put_estimates([said("a")])
    assert other.estimates("a") == (said("a"),)
    other.close()


def test_who_waits_too_long_for_another_process_is_told_so(
    store: LabelStore, store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_MS", 10)
    other = LabelStore.open(store_path)
    with (
        store.transaction(),
        pytest.raises(LibraryError, match="another moodspeaker is writing"),
    ):
        other.put_tracks([SONG], 1)
    other.close()


def test_another_thread_may_not_use_it(store: LabelStore) -> None:
    failures: list[Exception] = []

    def use() -> None:
        try:
            store.tracks()
        except LibraryError as error:
            failures.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert "thread" in str(failures[0])


def test_a_store_of_the_first_version_keeps_all_it_has_and_takes_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_path = tmp_path / "labels.db"
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        old = LabelStore.open(store_path)
        old.put_estimates([by_point("a.ogg", 0.5, -0.5)])
        old.add_feedback(Feedback("a.ogg", "sad", Liking.LIKE, 1.0, 1.0))
        old.close()
    new = LabelStore.open(store_path)
    assert [one.uri for one in new.estimates()] == ["a.ogg"]
    assert [one.mood for one in new.feedback()] == ["sad"]
    new.put_features([("a.ogg", {"valence": 0.3})])
    new.put_analyses([Analysis("a.ogg", 1, 2, "model")])
    assert new.features() == {"a.ogg": {"valence": 0.3}}
    assert new.analyses() == {"a.ogg": Analysis("a.ogg", 1, 2, "model")}
    new.close()
