"""Every form of data gives the same faces, and bad data one line that names the trouble."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from generated import CLASSES, EACH, fields, write_data
from sources import FACE, VOTES_HEADER, refusal, same, some, write_csv, write_folder, write_npz

from moodspeaker_convert.faces import calibration, truths
from moodspeaker_convert.faces.class_counts import class_counts, describe
from moodspeaker_convert.faces.data import load_data
from moodspeaker_convert.faces.splits import split_rows

PIXELS = " ".join(map(str, FACE.ravel()))


def table(tmp_path, *rows, header="emotion,pixels,Usage", name="fer2013.csv"):
    (tmp_path / name).write_text("\n".join((header, *rows)) + "\n")
    return tmp_path / name


def test_a_csv_gives_the_faces_that_were_written(tmp_path):
    arrays = some()
    data = load_data(write_csv(tmp_path / "fer2013.csv", arrays))
    assert same(data, arrays)
    assert data.votes is None
    assert data.sha256 == hashlib.sha256((tmp_path / "fer2013.csv").read_bytes()).hexdigest()


def test_votes_beside_a_csv_are_read_and_belong_to_the_hash(tmp_path):
    arrays = some()
    arrays["ferplus_votes"][2] = [0] * 9 + [10]
    path = write_csv(tmp_path / "fer2013.csv", arrays, votes=True)
    data = load_data(path)
    assert np.array_equal(data.votes, arrays["ferplus_votes"])
    assert truths.majority(data)[2] == -1
    listing = "".join(
        f"{hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("fer2013.csv", "fer2013new.csv")
    )
    assert data.sha256 == hashlib.sha256(listing.encode()).hexdigest()


def test_other_votes_give_another_hash(tmp_path):
    arrays = some()
    one = load_data(write_csv(tmp_path / "fer2013.csv", arrays, votes=True))
    arrays["ferplus_votes"][0, 0] += 1
    assert load_data(write_csv(tmp_path / "fer2013.csv", arrays, votes=True)).sha256 != one.sha256


def test_columns_may_stand_in_another_order_with_spaces_quotes_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "icml_face_data.csv"
    text = f'\ufeffemotion, Usage, pixels\r\n"3", PublicTest,"{PIXELS}"\r\n\r\n'
    path.write_bytes(text.encode())
    data = load_data(path)
    assert (data.label.tolist(), data.usage.tolist()) == ([3], [1])
    assert np.array_equal(data.images[0], FACE)


def test_the_lowest_and_the_highest_grey_level_are_read(tmp_path):
    pixels = " ".join(["0", "255"] * 1152)
    image = load_data(table(tmp_path, f"0,{pixels},Training")).images[0]
    assert (image.ravel()[:2].tolist(), image.dtype) == ([0, 255], np.uint8)


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (f"0,{PIXELS} 7,Training", "2305 pixels"),
        ("0,1 2 3,Training", "3 pixels"),
        ("0,,Training", "0 pixels"),
        (f"0,{' '.join(['9'] * 4096)},Training", "4096 pixels"),
        (f"0,{' '.join(['256'] * 2304)},Training", "outside 0..255"),
        (f"0,{' '.join(['-1'] * 2304)},Training", "outside 0..255"),
        (f"0,{' '.join(['65546'] * 2304)},Training", "outside 0..255"),
        (f"0,{PIXELS} x,Training", "no whole number"),
        (f"0,{' '.join(['1.5'] * 2304)},Training", "no whole number"),
        (f"8,{PIXELS},Training", "emotion '8'"),
        (f"happy,{PIXELS},Training", "emotion 'happy'"),
        (f"0,{PIXELS},Test", "Usage 'Test'"),
        (f"0,{PIXELS}", "2 cells"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path, row, named):
    path = table(tmp_path, f"0,{PIXELS},Training", row)
    said = refusal(path)
    assert f"{path}, line 3" in said
    assert named in said


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "emotion, pixels, Usage"),
        ("emotion,pixels\n0,1 2 3\n", "Usage"),
        ("emotion,pixels,Usage\n", "no rows"),
        ("emotion,pixels,Usage\n" + "1" * 200_000, "no readable CSV"),
    ],
)
def test_a_csv_that_is_no_table_of_faces_is_refused(tmp_path, text, named):
    (tmp_path / "fer2013.csv").write_text(text)
    assert named in refusal(tmp_path / "fer2013.csv")


@pytest.mark.parametrize(
    ("votes", "named"),
    [
        (["Training,a.png,9,0,0,0,0,0,0,0,0,0"] * 3, "3 rows"),
        (["PublicTest,a.png,9,0,0,0,0,0,0,0,0,0"] * 2, "row 1 is PublicTest"),
        (["Test,a.png,9,0,0,0,0,0,0,0,0,0"] * 2, "line 2: Usage 'Test'"),
        (["Training,a.png,9,0,x,0,0,0,0,0,0,0"] * 2, "line 2: a vote"),
        (["Training,a.png,256,0,0,0,0,0,0,0,0,0"] * 2, "line 2: a vote"),
        (["Training,a.png,9,0,0"] * 2, "5 cells"),
    ],
)
def test_votes_that_belong_to_other_rows_are_refused(tmp_path, votes, named):
    table(tmp_path, *votes, header=VOTES_HEADER, name="fer2013new.csv")
    path = table(tmp_path, *[f"0,{PIXELS},Training"] * 2)
    said = refusal(path)
    assert named in said
    assert "fer2013new.csv" in said


def test_contempt_of_ck_is_none_of_the_seven_and_trains_nothing(tmp_path):
    arrays = fields()
    arrays["label"][[5, 70]] = -1
    data = load_data(write_csv(tmp_path / "ckextended.csv", arrays))
    assert same(data, arrays)
    assert truths.classes(data, "fer")[5] == -1
    split = split_rows(data, "fer", seed=1)
    assert dict(split.dropped)["without_label"] == 2
    truth = truths.classes(data, "fer")[split.train]
    index = calibration.choose(split.train, truth, data.sha256, seed=1)
    assert (data.label[list(index.rows)] >= 0).all()


@pytest.mark.parametrize(
    ("name", "emotion", "has_votes"),
    [("ck.csv", 0, False), ("CK+48.csv", 0, False), ("f.csv", 7, False), ("backup.csv", 0, True)],
)
def test_votes_of_fer2013_are_not_given_to_ck(tmp_path, name, emotion, has_votes):
    vote = "Training,a.png,9,0,0,0,0,0,0,0,0,0"
    table(tmp_path, vote, header=VOTES_HEADER, name="fer2013new.csv")
    data = load_data(table(tmp_path, f"{emotion},{PIXELS},Training", name=name))
    assert (data.votes is not None) is has_votes


@pytest.mark.parametrize("name", ["none.npz", "none.csv", "none"])
def test_what_is_not_there_is_named(tmp_path, name):
    assert f"{tmp_path / name} is missing" in refusal(tmp_path / name)


def test_an_npz_may_hold_rows_without_a_label(tmp_path):
    arrays = fields()
    arrays["label"][0] = -1
    assert (
        dict(split_rows(write_data(tmp_path / "f.npz", arrays), "fer", 1).dropped)["without_label"]
        == 1
    )


def test_an_npz_with_a_label_below_none_is_refused(tmp_path):
    arrays = fields()
    arrays["label"][0] = -2
    np.savez(tmp_path / "f.npz", **arrays)
    assert "out of range" in refusal(tmp_path / "f.npz")


def test_the_counts_of_each_split_are_told(tmp_path):
    arrays = fields()
    arrays["label"][0] = -1
    data = write_data(tmp_path / "f.npz", arrays)
    counts = class_counts(data)
    assert list(counts) == ["Training", "PublicTest"]
    assert counts["Training"]["angry"] == EACH - 1
    assert counts["Training"]["none"] == 1
    assert "none" not in counts["PublicTest"]
    assert sum(counts["Training"].values()) == CLASSES * EACH
    assert describe(data).splitlines()[0].startswith("Training: 420 pictures (angry 59, disgust")


def leaks(arrays):
    """Plants three test pictures among the Training rows; the three as they stand there."""
    exact, other, third = arrays["images"][arrays["usage"] == 1][[0, 25, 50]]
    brighter = np.minimum(third.astype(int) + 9, 255).astype(np.uint8)
    planted = np.stack([exact, other[:, ::-1], brighter])
    arrays["images"][[17, 130, 300]] = planted
    return planted


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (write_npz, "f.npz"),
        (write_csv, "fer2013.csv"),
        (write_csv, "ckextended.csv"),
        (write_folder, "faces"),
    ],
)
def test_a_planted_leak_is_found_through_every_source(tmp_path, write, name):
    arrays = fields()
    planted = leaks(arrays)
    data = load_data(write(tmp_path / name, arrays))
    split = split_rows(data, "fer", seed=1)
    training = data.rows("Training")
    leaked = [row for row in training if (data.images[row] == planted).all(axis=(1, 2)).any()]
    assert len(leaked) == 3
    gone = np.setdiff1d(training, np.concatenate([split.train, split.validation]))
    assert gone.tolist() == leaked
    assert dict(split.dropped) == {"excluded": 0, "flat": 0, "without_label": 0, "copy_of_test": 3}


@pytest.mark.parametrize(("write", "name"), [(write_csv, "fer2013.csv"), (write_folder, "faces")])
def test_the_same_source_gives_the_same_split_twice(tmp_path, write, name):
    path = write(tmp_path / name, fields())
    one, again = (split_rows(load_data(path), "fer", seed=2) for _ in range(2))
    assert np.array_equal(one.validation, again.validation)
