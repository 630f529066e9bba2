"""Each disturbance does what its name says, and the figures follow from the predictions."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from generated import ROOT, faces, fields
from subcommands import run
from tqdm import tqdm

from moodspeaker_convert.commands import robustness as command
from moodspeaker_convert.errors import DataError, ToolkitError
from moodspeaker_convert.faces.data import load_data
from moodspeaker_convert.measuring import charts, robustness
from moodspeaker_convert.measuring.disturbances import DISTURBANCES, REPEATED, Disturbance
from moodspeaker_convert.measuring.scorers import open_scorer
from moodspeaker_convert.measuring.shares import CHUNK, sampled, shares

SHIPPED = ROOT / "models" / "emotion.tflite"
KNOWN = {one.name: one for one in DISTURBANCES}


def disturbed(name, image, seed=1):
    return KNOWN[name].applied(image[None], seed)[0].astype(int)


def slope():
    """Dark on the left, bright on the right; every column of one grey."""
    return np.tile(np.arange(48, dtype=np.uint8) * 5, (48, 1))


@dataclass(frozen=True, slots=True)
class BrightnessScorer:
    """Says `bright` for a picture whose mean is over 100."""

    labels: tuple[str, ...] = ("dark", "bright")
    runtime: str = "none"

    def scores(self, images):
        bright = images.mean(axis=(1, 2)) > 100
        return np.stack([~bright, bright], axis=1).astype(np.float64)


@pytest.fixture
def data(tmp_path):
    np.savez(tmp_path / "faces.npz", **fields())
    return tmp_path / "faces.npz"


def test_every_name_stands_once():
    assert len(KNOWN) == len(DISTURBANCES)


@pytest.mark.parametrize("one", DISTURBANCES, ids=lambda one: one.name)
def test_each_changes_the_picture_and_keeps_shape_and_input(one):
    images = faces(np.arange(3), seed=1)
    before = images.copy()
    changed = one.applied(images, seed=1)
    assert (changed.shape, changed.dtype) == (images.shape, np.uint8)
    assert (changed != images).any(axis=(1, 2)).all()
    assert (images == before).all()


@pytest.mark.parametrize("one", DISTURBANCES, ids=lambda one: one.name)
def test_the_same_seed_gives_the_same_pictures(one):
    images = faces(np.arange(3), seed=1)
    assert (one.applied(images, 4) == one.applied(images, 4)).all()


def test_another_seed_gives_other_noise():
    images = faces(np.arange(3), seed=1)
    assert (
        KNOWN["noise sd 10"].applied(images, 1) != KNOWN["noise sd 10"].applied(images, 2)
    ).any()


@pytest.mark.parametrize(
    ("name", "grey", "expected"),
    [
        ("darker x0.5", 101, 50),
        ("darker x0.3", 100, 30),
        ("brighter +40", 100, 140),
        ("brighter +80", 200, 255),
        ("low contrast x0.5", 90, 90),
    ],
)
def test_light_changes_every_grey_level_as_it_says(name, grey, expected):
    flat = np.full((48, 48), grey, dtype=np.uint8)
    assert set(np.unique(disturbed(name, flat))) == {expected}


def test_low_contrast_halves_the_spread():
    before = slope()
    after = disturbed("low contrast x0.5", before)
    assert after.std() == pytest.approx(before.std() / 2, rel=0.01)
    assert after.mean() == pytest.approx(before.mean(), abs=0.5)


def test_noise_is_as_strong_as_it_says():
    flat = np.full((96, 96), 128, dtype=np.uint8)
    assert disturbed("noise sd 10", flat).std() == pytest.approx(10, rel=0.05)
    assert disturbed("noise sd 25", flat).std() == pytest.approx(25, rel=0.05)


@pytest.mark.parametrize(
    ("name", "top", "bottom"), [("eyes covered", 10, 22), ("mouth covered", 30, 43)]
)
def test_a_band_is_covered_and_nothing_else(name, top, bottom):
    image = slope()
    changed = disturbed(name, image)
    assert len(np.unique(changed[top:bottom])) == 1
    assert (changed[:top] == image[:top]).all()
    assert (changed[bottom:] == image[bottom:]).all()


def test_a_small_face_keeps_no_detail_below_its_own_pixels():
    checks = (np.indices((48, 48)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert disturbed("face of 24 pixels", checks).std() < 2


def test_mirrored_twice_is_the_picture():
    image = slope()
    once = disturbed("mirrored", image).astype(np.uint8)
    assert (once != image).any()
    assert (disturbed("mirrored", once) == image).all()


def test_a_positive_turn_goes_anticlockwise():
    image = np.zeros((48, 48), dtype=np.uint8)
    image[20:28, 36:46] = 255
    rows = np.argwhere(disturbed("turned +20 degrees", image) > 128)[:, 0]
    assert rows.mean() < 20


def test_a_shift_moves_by_its_share_and_repeats_the_border():
    changed = disturbed("shifted x 20%", slope())
    step = np.unique(np.diff(changed[0, 12:36]))
    assert step.tolist() == [5]
    moved = changed[0, 24] - 24 * 5
    assert abs(moved) == pytest.approx(0.2 * 48 * 5, abs=3)
    assert len(np.unique(changed[0, :9] if moved < 0 else changed[0, -9:])) == 1


def test_shifts_go_to_both_sides():
    changed = KNOWN["shifted y 10%"].applied(np.tile(slope().T, (40, 1, 1)), seed=1)
    middle = changed[:, 24, 24].astype(int) - 24 * 5
    assert (middle > 0).any()
    assert (middle < 0).any()


def test_a_larger_crop_shows_a_smaller_face():
    image = np.zeros((48, 48), dtype=np.uint8)
    image[14:34, 14:34] = 255
    for name, share in (("crop x1.2", 1 / 1.44), ("crop x0.8", 1 / 0.64)):
        assert disturbed(name, image).sum() == pytest.approx(image.sum() * share, rel=0.03)


def test_what_is_made_up_is_said():
    repeated = {name for name, one in KNOWN.items() if one.note == REPEATED}
    assert "crop x1.2" in repeated
    assert "crop x0.8" not in repeated
    assert {"turned -20 degrees", "shifted y 20%"} <= repeated


def test_the_figures_are_counted_by_hand():
    # Means 50, 90, 150, 250; at half the light only the last is still bright.
    images = np.stack([np.full((4, 4), grey, dtype=np.uint8) for grey in (50, 90, 150, 250)])
    truth = np.array([0, 1, 1, 1])
    halved = (KNOWN["darker x0.5"],)
    found = robustness.measure(
        BrightnessScorer(), images, truth, ("dark", "bright"), seed=1, disturbances=halved
    )
    assert (found.clean, found.n) == (0.75, 4)
    (one,) = found.outcomes
    assert (one.accuracy, one.drop, one.agreement) == (0.5, 25.0, 0.75)
    assert found.mean_drop == 25.0


def test_nothing_to_measure_on_is_an_error():
    nothing = np.zeros((0, 4, 4), dtype=np.uint8)
    with pytest.raises(DataError, match="no picture"):
        robustness.measure(BrightnessScorer(), nothing, np.zeros(0, int), ("a",), seed=1)


def test_a_limit_takes_the_first_rows_of_a_seeded_shuffle():
    rows = np.arange(100, 200)
    assert (sampled(rows, None, 1) == rows).all()
    assert (sampled(rows, 100, 1) == rows).all()
    ten, twenty = sampled(rows, 10, 1), sampled(rows, 20, 1)
    assert (twenty[:10] == ten).all()
    assert set(ten) <= set(rows)
    assert (sampled(rows, 10, 2) != ten).any()


def test_a_bar_goes_on_by_one_for_each_face():
    images = np.zeros((CHUNK + 3, 4, 4), dtype=np.uint8)
    with tqdm(total=len(images), file=io.StringIO()) as bar:
        found = shares(BrightnessScorer(("happy", "sad")), images, ("sad", "happy"), bar)
        assert bar.n == len(images)
    assert (found == (0, 1)).all()


def test_the_same_command_prints_the_same_figures_twice(data, capsys):
    arguments = ("--model", SHIPPED, "--data", data, "--limit", 12, "--json")
    run(command, *arguments)
    first = capsys.readouterr().out
    run(command, *arguments)
    assert capsys.readouterr().out == first
    told = json.loads(first)
    assert told["n"] == 12
    assert [one["name"] for one in told["outcomes"]] == list(KNOWN)


def test_the_table_has_a_line_for_each_and_says_what_is_made_up(data, capsys):
    run(command, "--model", SHIPPED, "--data", data, "--limit", 5)
    said = capsys.readouterr().out
    assert all(f"\n{name} " in said for name in KNOWN)
    assert REPEATED in said


def test_the_plot_is_a_picture_and_nothing_is_left_beside_it(data, tmp_path):
    out = tmp_path / "plots"
    out.mkdir()
    run(command, "--model", SHIPPED, "--data", data, "--limit", 5, "--plot", out / "r.png")
    assert [path.name for path in out.iterdir()] == ["r.png"]
    assert cv2.imread(str(out / "r.png")).std() > 10


@pytest.mark.parametrize("plot", ["none/r.png", "."])
def test_a_plot_that_cannot_be_written_is_refused_before_the_work(data, tmp_path, plot, capsys):
    with pytest.raises(ToolkitError, match="cannot be written"):
        run(command, "--model", SHIPPED, "--data", data, "--plot", tmp_path / plot)
    assert not capsys.readouterr().out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(tmp_path):
    figure = charts.figure(1, 1)
    (tmp_path / "part-r.png").symlink_to("/dev/full")
    with pytest.raises(ToolkitError, match="No space left"):
        charts.save(figure, tmp_path / "r.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_shipped_model_keeps_its_answers_in_a_little_less_light():
    folder = os.environ.get("MOODSPEAKER_DATA")
    if not folder:
        pytest.skip("MOODSPEAKER_DATA names no folder with data/fer2013_train_publictest.npz")
    data = load_data(Path(folder) / "data" / "fer2013_train_publictest.npz")
    rows = sampled(data.rows("PublicTest"), 400, 1)
    labels = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    chosen: tuple[Disturbance, ...] = (KNOWN["darker x0.5"], KNOWN["mouth covered"])
    found = robustness.measure(
        open_scorer(SHIPPED),
        data.images[rows],
        data.label[rows],
        labels,
        seed=1,
        disturbances=chosen,
    )
    light, mouth = found.outcomes
    assert light.agreement > 0.75
    assert mouth.drop > light.drop
