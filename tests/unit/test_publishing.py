"""What of the library is shown to other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moodspeaker.app.publishing import labels_of, lists_of
from moodspeaker.music.shelf import Shelf
from moodspeaker.runtime.lists_file import FILE_NAME, ListsFile
from moodspeaker.types import Track

if TYPE_CHECKING:
    from pathlib import Path

SHELF = Shelf.of(
    (
        Track("happy.ogg", place=(0.8, 0.35, 0.2, 0.2)),
        Track("glad.ogg", place=(0.6, 0.35, 0.2, 0.2)),
        Track("far.ogg", place=(0.9, -0.9, 0.2, 0.2)),
        Track("unknown.ogg"),
    )
)


def test_a_track_gets_the_nearest_mood_and_those_for_which_it_is_a_good_one() -> None:
    labels = labels_of(SHELF)
    assert labels["happy.ogg"].mood == "happy"
    assert labels["happy.ogg"].moods[0] == "happy"
    assert (labels["happy.ogg"].valence, labels["happy.ogg"].arousal) == (0.8, 0.35)


def test_a_track_far_from_every_mood_gets_the_nearest_and_is_in_no_list() -> None:
    labels = labels_of(SHELF)
    assert (labels["far.ogg"].mood, labels["far.ogg"].moods) == ("calm", ())
    assert not any("far.ogg" in uris for uris in lists_of(labels).values())


def test_a_track_of_which_nothing_is_known_gets_nothing() -> None:
    assert "unknown.ogg" not in labels_of(SHELF)


def test_a_list_has_the_nearest_first_and_there_is_one_for_every_mood() -> None:
    lists = lists_of(labels_of(SHELF))
    assert lists["mood-happy"] == ("happy.ogg", "glad.ogg")
    assert lists["mood-sad"] == ()
    assert set(lists) >= {"mood-angry", "mood-calm", "mood-neutral"}


@pytest.mark.parametrize("text", ["", "[]", '{"lists": 3}', "{"])
def test_a_damaged_memory_of_lists_is_told_and_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    file = ListsFile(tmp_path)
    assert file.load() == ()
    assert not caplog.records
    (tmp_path / FILE_NAME).write_text(text)
    assert file.load() == ()
    assert "cannot be read" in caplog.text


def test_lists_made_before_are_remembered(tmp_path: Path) -> None:
    ListsFile(tmp_path).save(("mood-happy",))
    assert ListsFile(tmp_path).load() == ("mood-happy",)
