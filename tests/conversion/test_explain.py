"""Grad-CAM: the heat of networks whose answer is known, and the pictures of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from generated import faces, fields
from subcommands import run

from moodspeaker_convert.commands import explain as command
from moodspeaker_convert.errors import MoodspeakerError, ToolkitError
from moodspeaker_convert.measuring import pictures
from moodspeaker_convert.measuring.gradcam import weighted

SIDE = 12
BRIGHT, DARK = (slice(2, 5), slice(7, 10)), (slice(8, 11), slice(1, 4))


@pytest.fixture
def picture(tmp_path):
    """A face of a file, larger than any network wants it."""
    path = tmp_path / "face.png"
    cv2.imwrite(str(path), cv2.resize(faces(np.array([3]), seed=1)[0], (96, 96)))
    return path


@pytest.fixture(scope="module")
def watcher():
    """A network that finds `bright` where its input is over 0, and `dark` where it is under."""
    from moodspeaker_convert import backends

    keras = backends.keras()
    image = keras.Input((SIDE, SIDE, 1))
    maps = keras.layers.Conv2D(2, 1, activation="relu", use_bias=False, name="looks")(image)
    values = keras.layers.GlobalAveragePooling2D(name="mean")(maps)
    said = keras.layers.Dense(2, activation="softmax", name="says")(values)
    model = keras.Model(image, said, name="watcher")
    model.get_layer("looks").set_weights([np.array([[[[1.0, -1.0]]]])])
    model.get_layer("says").set_weights([50 * np.eye(2), np.zeros(2)])
    return model


def seen():
    """A bright patch high on the right, a dark one low on the left."""
    image = np.zeros((1, SIDE, SIDE, 1), dtype=np.float32)
    image[0][BRIGHT], image[0][DARK] = 1.0, -1.0
    return image


def test_maps_are_added_up_by_their_mean_slope_and_cut_at_nothing():
    maps = np.array([[[2.0, 1.0], [0.0, 3.0]]], dtype=np.float32)
    slopes = np.array([[[1.0, -1.0], [3.0, -1.0]]], dtype=np.float32)
    # Mean slopes 2 and -1: 2*2 - 1 and 0*2 - 3.
    assert weighted(maps, slopes).tolist() == [[1.0, 0.0]]
    assert weighted(2 * maps, slopes).tolist() == [[1.0, 0.0]]


def test_maps_that_speak_against_the_label_give_no_heat():
    heat = weighted(np.ones((2, 2, 1), np.float32), -np.ones((2, 2, 1), np.float32))
    assert (heat == 0).all()


@pytest.mark.tf
@pytest.mark.parametrize(("label", "place", "other"), [(0, BRIGHT, DARK), (1, DARK, BRIGHT)])
def test_the_heat_is_where_the_label_was_found(watcher, label, place, other):
    from moodspeaker_convert.measuring.gradcam import GradCam

    heat = GradCam(watcher).heat(seen(), label)
    assert heat.shape == (SIDE, SIDE)
    assert (heat[place] == 1).all()
    assert (heat[other] == 0).all()


@pytest.mark.tf
def test_a_network_that_is_sure_still_has_a_heat(watcher):
    from moodspeaker_convert.measuring.gradcam import GradCam

    sure = seen() * 100
    assert watcher(sure)[0, 0] == watcher(sure)[0, 0]
    sure[0][DARK] = 0
    assert float(watcher(sure)[0, 0]) == 1.0
    assert GradCam(watcher).heat(sure, 0).max() == 1


@pytest.mark.tf
def test_frozen_weights_change_nothing(watcher):
    from moodspeaker_convert.measuring.gradcam import GradCam

    before = GradCam(watcher).heat(seen(), 0)
    watcher.trainable = False
    after = GradCam(watcher).heat(seen(), 0)
    watcher.trainable = True
    assert (before == after).all()


@pytest.mark.tf
@pytest.mark.parametrize("ending", ["softmax layer", "softmax in a layer", "none"])
def test_the_scores_are_those_before_the_softmax(ending):
    from moodspeaker_convert import backends
    from moodspeaker_convert.measuring.gradcam import before_softmax

    keras = backends.keras()
    image = keras.Input((3,))
    activation = "softmax" if ending == "softmax in a layer" else None
    values = keras.layers.Dense(4, activation=activation, name="last")(image)
    if ending == "softmax layer":
        values = keras.layers.Softmax()(values)
    model = keras.Model(image, values)
    kernel, bias = model.get_layer("last").get_weights()
    given = np.array([[1.0, -2.0, 3.0]], dtype=np.float32)
    scores = keras.Model(image, before_softmax(model))(given)
    assert np.allclose(scores, given @ kernel + bias, atol=1e-5)


@pytest.mark.tf
def test_an_unknown_layer_is_refused_with_those_that_there_are(watcher):
    from moodspeaker_convert.measuring.gradcam import GradCam

    for wanted in ("nope", "says", "mean"):
        with pytest.raises(ToolkitError, match=rf"'{wanted}'.*choose from looks\)"):
            GradCam(watcher, wanted)


@pytest.mark.tf
def test_a_network_without_maps_is_refused():
    from moodspeaker_convert import backends
    from moodspeaker_convert.measuring.gradcam import GradCam

    keras = backends.keras()
    flat = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(2)])
    with pytest.raises(ToolkitError, match="no layer that gives maps"):
        GradCam(flat)


@pytest.mark.tf
def test_a_model_whose_size_was_left_open_is_looked_into():
    from moodspeaker_convert import backends
    from moodspeaker_convert.measuring.gradcam import keras_model
    from moodspeaker_convert.networks.network import KerasNetwork, pictured

    keras = backends.keras()
    image = keras.Input((None, None, 1))
    maps = keras.layers.Conv2D(2, 3, name="looks")(image)
    own = keras.Model(image, keras.layers.GlobalAveragePooling2D()(maps))
    fixed = pictured(own, Path("m.keras"), (8, 8))
    assert keras_model(KerasNetwork(fixed)) is own
    assert keras_model(KerasNetwork(own)) is own


def test_a_network_that_keras_does_not_hold_is_refused():
    from moodspeaker_convert.measuring.gradcam import keras_model

    class Other:
        name = "other"

    with pytest.raises(ToolkitError, match="other is no Keras 3 model"):
        keras_model(Other())


@pytest.mark.tf
def test_each_face_becomes_one_picture(trained, picture, tmp_path, capsys):
    out = tmp_path / "out"
    rows = ("--data", trained.data, "--rows", "0,5")
    run(command, trained.model, picture, *rows, "--out", out)
    names = ["face-gradcam.png", "row-00000-gradcam.png", "row-00005-gradcam.png"]
    assert sorted(path.name for path in out.iterdir()) == names
    for name in names:
        drawn = cv2.imread(str(out / name))
        assert drawn.shape[1] > drawn.shape[0] > 200
        # Grey faces only would have no colour.
        assert np.ptp(drawn.astype(int), axis=2).max() > 100
    assert capsys.readouterr().out.count("\n") == 3


@pytest.mark.tf
def test_another_label_has_another_heat(trained):
    from moodspeaker_convert.measuring.explanation import explain
    from moodspeaker_convert.measuring.gradcam import GradCam, keras_model
    from moodspeaker_convert.measuring.scorers import open_keras

    scorer = open_keras(trained.model)
    cam, face = GradCam(keras_model(scorer.network)), faces(np.array([3]), seed=1)[0]
    found = explain(scorer, cam, face)
    assert found.label == found.predicted[0]
    assert found.heat.shape == face.shape
    assert 0 <= found.heat.min() <= found.heat.max() <= 1
    other = next(name for name in scorer.labels if name != found.label)
    assert (explain(scorer, cam, face, other).heat != found.heat).any()
    with pytest.raises(ToolkitError, match=r"'bored'.*angry"):
        explain(scorer, cam, face, "bored")


@pytest.mark.tf
def test_a_picture_that_stands_is_overwritten_only_by_force(trained, picture, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    standing = out / "face-gradcam.png"
    standing.write_text("mine")
    with pytest.raises(ToolkitError, match=r"face-gradcam\.png exists"):
        run(command, trained.model, picture, "--out", out)
    assert standing.read_text() == "mine"
    run(command, trained.model, picture, "--out", out, "--force")
    assert cv2.imread(str(standing)) is not None


@pytest.mark.tf
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line_and_leaves_nothing(trained, picture, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "part-face-gradcam.png").symlink_to("/dev/full")
    with pytest.raises(ToolkitError, match=r"face-gradcam\.png cannot be written: No space left"):
        run(command, trained.model, picture, "--out", out)
    assert not list(out.iterdir())


def refused(*arguments):
    """What is said of arguments that are refused before any model is loaded."""
    with pytest.raises(MoodspeakerError) as error:
        run(command, "none.keras", *arguments)
    return str(error.value)


def test_nothing_to_explain_is_said(tmp_path):
    assert "nothing to explain" in refused("--out", tmp_path / "o")


def test_rows_need_data_and_data_needs_rows(tmp_path, picture):
    for half in (("--rows", "1"), ("--data", tmp_path / "f.npz")):
        assert "go together" in refused(picture, "--out", tmp_path / "o", *half)


def test_a_row_that_the_data_lacks_is_named(tmp_path):
    np.savez(tmp_path / "f.npz", **fields())
    said = refused("--data", tmp_path / "f.npz", "--rows", "0,490", "--out", tmp_path / "o")
    assert "no row 490" in said
    assert "0..489" in said


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_a_file_that_is_no_picture_is_named(tmp_path, content):
    (tmp_path / "x.png").write_bytes(content)
    assert "x.png is no picture" in refused(tmp_path / "x.png", "--out", tmp_path / "o")


def test_a_missing_picture_and_a_folder_are_named(tmp_path):
    assert "y.png" in refused(tmp_path / "y.png", "--out", tmp_path / "o")
    assert str(tmp_path) in refused(tmp_path, "--out", tmp_path / "o")


def test_two_pictures_of_one_name_are_refused(tmp_path, picture):
    (tmp_path / "more").mkdir()
    shutil.copy(picture, tmp_path / "more" / "face.jpg")
    said = refused(picture, tmp_path / "more" / "face.jpg", "--out", tmp_path / "o")
    assert "face-gradcam.png" in said


def test_a_file_in_place_of_the_folder_is_refused(tmp_path, picture):
    (tmp_path / "o").write_text("")
    assert "no folder" in refused(picture, "--out", tmp_path / "o")


def test_a_refusal_leaves_no_folder_behind(tmp_path, picture):
    assert refused(picture, "--out", tmp_path / "o")
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("rows", ["", "1,,2", "-1", "x"])
def test_rows_that_are_no_numbers_exit_2(rows, capsys):
    with pytest.raises(SystemExit) as left:
        run(command, "m.keras", "--out", "o", f"--rows={rows}")
    assert left.value.code == 2
    assert "--rows" in capsys.readouterr().err


def test_a_colour_picture_is_made_grey(tmp_path):
    colour = np.zeros((10, 20, 3), dtype=np.uint8)
    colour[..., 1] = 255
    cv2.imwrite(str(tmp_path / "c.png"), colour)
    found = pictures.read(tmp_path / "c.png")
    assert found.pixels.shape == (10, 20)
    # Green is 0.587 of the light.
    assert found.pixels[0, 0] == pytest.approx(0.587 * 255, abs=1)


def test_a_row_without_a_label_has_only_its_number(tmp_path):
    from moodspeaker_convert.faces.data import load_data

    np.savez(tmp_path / "f.npz", **fields())
    data = load_data(tmp_path / "f.npz")
    data.label[1] = -1
    labelled, bare = pictures.of_rows(data, (0, 1))
    assert labelled.name == "row 0, labelled angry"
    assert bare.name == "row 1"
