"""Nothing that is tested on is ever learnt, and nothing that validates trains."""

from __future__ import annotations

import numpy as np
import pytest
from generated import CLASSES, EACH, fields, write_data

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces.data import read_row_numbers
from moodspeaker_convert.faces.duplicates import copies_of, copy_groups
from moodspeaker_convert.faces.splits import split_rows


@pytest.fixture
def arrays():
    return fields()


def dropped(split):
    return dict(split.dropped)


def test_a_clean_file_loses_no_row(tmp_path, arrays):
    split = split_rows(write_data(tmp_path / "f.npz", arrays), "fer", seed=1)
    assert len(split.train) + len(split.validation) == CLASSES * EACH
    assert set(dropped(split).values()) == {0}


def test_validation_holds_a_tenth_of_every_class(tmp_path, arrays):
    data = write_data(tmp_path / "f.npz", arrays)
    split = split_rows(data, "fer", seed=1)
    assert (np.bincount(data.label[split.validation]) == EACH // 10).all()


def test_the_same_seed_gives_the_same_split_and_another_seed_another(tmp_path, arrays):
    data = write_data(tmp_path / "f.npz", arrays)
    one, same, other = (split_rows(data, "fer", seed) for seed in (1, 1, 2))
    assert (one.validation == same.validation).all()
    assert not np.array_equal(one.validation, other.validation)


def test_copies_and_mirror_images_land_on_one_side(tmp_path, arrays):
    images = arrays["images"]
    for row in range(0, 300, 6):
        images[row + 1], images[row + 2] = images[row], images[row][:, ::-1]
    data = write_data(tmp_path / "f.npz", arrays)
    split = split_rows(data, "fer", seed=1)
    assert not copies_of(data.images[split.train], data.images[split.validation]).any()


@pytest.mark.parametrize("change", ["same", "mirrored", "brighter"])
def test_a_planted_leak_of_a_test_picture_is_dropped_and_counted(tmp_path, arrays, change):
    leak = arrays["images"][arrays["usage"] == 1][0]
    planted = {
        "same": leak,
        "mirrored": leak[:, ::-1],
        "brighter": np.minimum(leak.astype(int) + 9, 255).astype(np.uint8),
    }
    arrays["images"][17] = planted[change]
    split = split_rows(write_data(tmp_path / "f.npz", arrays), "fer", seed=1)
    assert dropped(split)["copy_of_test"] == 1
    assert 17 not in split.train
    assert 17 not in split.validation


def test_flat_pictures_and_excluded_rows_are_dropped_and_counted(tmp_path, arrays):
    arrays["images"][3] = 127
    (tmp_path / "rows.txt").write_text("# never these\n5\n6 # twice the same face\n\n")
    data = write_data(tmp_path / "f.npz", arrays)
    excluded = read_row_numbers(tmp_path / "rows.txt", len(data.images))
    split = split_rows(data, "fer", seed=1, excluded=excluded)
    assert (dropped(split)["flat"], dropped(split)["excluded"]) == (1, 2)
    assert not np.isin([3, 5, 6], np.concatenate([split.train, split.validation])).any()


def test_no_test_row_is_in_the_split(tmp_path, arrays):
    data = write_data(tmp_path / "f.npz", arrays)
    split = split_rows(data, "fer", seed=1)
    assert (data.usage[np.concatenate([split.train, split.validation])] == 0).all()


def test_what_most_taggers_took_for_no_emotion_is_dropped_under_ferplus(tmp_path, arrays):
    arrays["ferplus_votes"][9] = [2, 2, 0, 0, 0, 0, 0, 0, 6, 0]
    split = split_rows(write_data(tmp_path / "f.npz", arrays), "ferplus", seed=1)
    assert dropped(split)["without_label"] == 1


def test_a_row_that_divides_the_taggers_still_teaches_under_ferplus(tmp_path, arrays):
    arrays["ferplus_votes"][9] = [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]
    split = split_rows(write_data(tmp_path / "f.npz", arrays), "ferplus", seed=1)
    assert dropped(split)["without_label"] == 0
    assert 9 in {*split.train, *split.validation}


def test_copies_of_copies_are_one_group():
    images = fields()["images"][:4].copy()
    images[3], images[1] = images[0][:, ::-1], images[3]
    images[1] = images[0]
    assert copy_groups(images).tolist() == [0, 0, 2, 0]


@pytest.mark.parametrize("text", ["one\n", "-1\n", "490\n"])
def test_a_bad_list_of_rows_is_refused(tmp_path, text):
    (tmp_path / "rows.txt").write_text(text)
    with pytest.raises(DataError):
        read_row_numbers(tmp_path / "rows.txt", 490)


def test_the_last_row_may_be_excluded(tmp_path):
    (tmp_path / "rows.txt").write_text("489\n")
    assert read_row_numbers(tmp_path / "rows.txt", 490).tolist() == [489]


def test_a_network_that_goes_on_learning_keeps_its_validation_rows(tmp_path, arrays):
    arrays["images"][40] = arrays["images"][5][:, ::-1]
    data = write_data(tmp_path / "f.npz", arrays)
    split = split_rows(data, "fer", seed=3, validation=np.array([5, 6, 100_000]))
    # With row 5 comes its mirrored copy.
    assert split.validation.tolist() == [5, 6, 40]
    assert not {5, 6, 40} & set(split.train)
    assert len(split.train) == 420 - 3
