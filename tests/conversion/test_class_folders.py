"""A folder of class folders gives the same faces everywhere, and names what is wrong in it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from sources import FACE, fill, refusal, same, some, write_folder

from moodspeaker_convert.faces.data import load_data
from moodspeaker_convert.faces.label_sets import FER_LABELS


def test_a_folder_gives_the_faces_sorted_by_name(tmp_path):
    arrays = some()
    data = load_data(write_folder(tmp_path / "faces", arrays))
    order = sorted(
        range(len(arrays["label"])),
        key=lambda row: (
            ("train", "validation")[arrays["usage"][row]],
            FER_LABELS[arrays["label"][row]],
            row,
        ),
    )
    assert same(data, {name: values[order] for name, values in arrays.items()})


@pytest.mark.parametrize(
    ("folder", "label"),
    [
        ("anger", 0), ("Disgusted", 1), ("FEARFUL", 2), ("happiness", 3), ("Sadness", 4),
        ("surprised", 5), ("Neutral", 6), ("Contempt", -1),
    ],
)  # fmt: skip
def test_class_folders_are_known_by_their_usual_names(tmp_path, folder, label):
    data = load_data(fill(tmp_path, f"{folder}/1.png"))
    assert (data.label.tolist(), data.usage.tolist()) == ([label], [0])


@pytest.mark.parametrize(
    ("folders", "usages"),
    [
        (("Train", "test"), {"Train": 0, "test": 1}),
        (("training", "valid", "test"), {"training": 0, "valid": 1, "test": 2}),
        (("train", "val"), {"train": 0, "val": 1}),
        (("Training", "PublicTest", "PrivateTest"),
         {"Training": 0, "PublicTest": 1, "PrivateTest": 2}),
    ],
)  # fmt: skip
def test_split_folders_tell_the_usage(tmp_path, folders, usages):
    data = load_data(fill(tmp_path, *(f"{name}/sad/1.png" for name in folders)))
    assert data.usage.tolist() == [usages[name] for name in sorted(folders)]


@pytest.mark.parametrize("name", ["1.png", "1.JPG", "1.jpeg", "1.bmp", "1.pgm"])
def test_pictures_of_every_kind_and_size_become_grey_and_48_wide(tmp_path, name):
    large = np.repeat(np.linspace(0, 255, 120), 100).reshape(120, 100).astype(np.uint8)
    image = large if name.endswith("pgm") else cv2.cvtColor(large, cv2.COLOR_GRAY2BGR)
    data = load_data(fill(tmp_path, f"happy/{name}", image=image))
    wanted = cv2.resize(large, (48, 48), interpolation=cv2.INTER_AREA)
    assert data.images.shape == (1, 48, 48)
    assert np.abs(data.images[0].astype(int) - wanted).max() <= 3


def test_hidden_files_and_files_that_are_no_pictures_are_passed_over(tmp_path):
    fill(tmp_path, "sad/1.png", "sad/.2.png")
    one = load_data(tmp_path)
    (tmp_path / "sad" / "Thumbs.db").write_text("x")
    (tmp_path / "readme.txt").write_text("x")
    (tmp_path / ".git").mkdir()
    assert len(one.images) == 1
    assert load_data(tmp_path).sha256 == one.sha256


def test_a_folders_hash_follows_names_and_contents_but_not_the_place(tmp_path):
    first = load_data(fill(tmp_path / "a", "sad/1.png", "happy/2.png")).sha256
    assert load_data(fill(tmp_path / "b", "happy/2.png", "sad/1.png")).sha256 == first
    assert load_data(fill(tmp_path / "c", "sad/1.png", "sad/2.png")).sha256 != first
    assert load_data(fill(tmp_path / "b", "sad/1.png", image=FACE[::-1])).sha256 != first


@pytest.mark.parametrize(
    ("pictures", "folders", "named"),
    [
        ((), (), "no class folders"),
        (("sad/1.png",), ("angry",), "angry is empty"),
        (("train/sad/1.png", "test/sad/1.png"), ("test/fear",), "fear is empty"),
        (("train/sad/1.png",), ("test",), "test has no class folders"),
        (("sad/1.png", "bored/1.png"), (), "bored is no known class (known: angry"),
        (("calm/1.png",), (), "calm is no known class"),
        (("train/sad/1.png", "sad/1.png"), (), "sad is no split"),
    ],
)
def test_a_folder_in_disorder_is_refused(tmp_path, pictures, folders, named):
    fill(tmp_path, *pictures)
    for folder in folders:
        (tmp_path / folder).mkdir()
    assert named in refusal(tmp_path)


@pytest.mark.parametrize("cut", [0, 20, 1000])
def test_an_unreadable_picture_is_named_once(tmp_path, capfd, cut):
    fill(tmp_path, "sad/1.png", "sad/2.png")
    broken = tmp_path / "sad" / "2.png"
    broken.write_bytes(broken.read_bytes()[:cut])
    assert f"{broken} is no readable picture" in refusal(tmp_path)
    assert "WARN" not in capfd.readouterr().err
