"""Model and manifest are written together, complete, and never over others by accident."""

from __future__ import annotations

import hashlib
import json

import pytest

from moodspeaker.vision.manifest import load_manifest
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.export import artefact
from moodspeaker_convert.faces.label_sets import FER_LABELS
from moodspeaker_convert.networks.architectures import GREY_48

MODEL = b"not really a model"


def manifest(model=MODEL, labels=FER_LABELS):
    return artefact.manifest_of(
        name="emotion",
        labels=labels,
        spec=GREY_48,
        temperature=1.25,
        quantisation={"input": {"scale": 0.0078125, "zero_point": 0}},
        sha256=hashlib.sha256(model).hexdigest(),
        recipe={"calibration": {"rows": [3, 5, 8]}},
        data={},
        metrics={},
    )


def test_the_device_accepts_what_is_written(tmp_path):
    artefact.write_artefact(tmp_path / "models", "emotion", MODEL, manifest())
    found = load_manifest(tmp_path / "models" / "emotion.tflite")
    assert (found.labels, found.input, found.temperature) == (FER_LABELS, GREY_48, 1.25)
    assert found.valence_arousal[FER_LABELS.index("happy")] == (0.8, 0.35)


def test_nothing_else_is_left_in_the_folder(tmp_path):
    artefact.write_artefact(tmp_path, "emotion", MODEL, manifest())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["emotion.json", "emotion.tflite"]


def test_a_manifest_of_another_model_is_not_written(tmp_path):
    with pytest.raises(ToolkitError):
        artefact.write_artefact(tmp_path, "emotion", b"another", manifest())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("standing", ["emotion.tflite", "emotion.json"])
def test_either_file_refuses_an_overwrite(tmp_path, standing):
    (tmp_path / standing).write_text("mine")
    with pytest.raises(ToolkitError, match="--force"):
        artefact.refuse_overwrite(tmp_path, "emotion", force=False)
    artefact.refuse_overwrite(tmp_path, "emotion", force=True)
    artefact.refuse_overwrite(tmp_path, "other", force=False)


def test_a_label_without_a_place_in_the_plane_is_refused():
    with pytest.raises(ToolkitError, match="bored"):
        manifest(labels=("happy", "bored"))


def test_the_text_keeps_number_lists_on_one_line_and_says_the_same():
    text = artefact.as_text(manifest())
    assert '"rows": [3, 5, 8]' in text
    assert json.loads(text) == manifest()
