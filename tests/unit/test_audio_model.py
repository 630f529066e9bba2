"""Coefficients: read with suspicion, and a place in the plane that no gain moves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fakes.sounds import KINDS, RATE, noise
from moodspeaker.errors import ModelError
from moodspeaker.library.audio_features import FEATURES, AudioFeatures, features_of
from moodspeaker.library.audio_model import FORMAT, FORMAT_VERSION, FURTHEST, read_audio_model

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "audio.json"
FEATURES_OF_A_SONG = AudioFeatures(
    1900, 580, 2500, 560, 3900, 1400, 0.1, 0.03, 0.04, 0.02, 2.3, 13, 0.5, 62
)


def content(**changes):
    """A model whose valence is a tenth of the first standard score, arousal always 0.3."""
    weights = [0.1] + [0.0] * (len(FEATURES) - 1)
    axis = {"weights": weights, "intercept": 0.0, "error_sd": 0.24}
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "features": list(FEATURES),
        "means": list(FEATURES_OF_A_SONG.level_free()),
        "sds": [1.0] * len(FEATURES),
        "valence": axis,
        "arousal": axis | {"weights": [0.0] * len(FEATURES), "intercept": 0.3, "error_sd": 0.25},
        "data": "a table",
        "protocol": "10 folds",
    } | changes


@pytest.fixture
def written(tmp_path):
    def write(**changes):
        path = tmp_path / "audio.json"
        path.write_text(json.dumps(content(**changes)))
        return path

    return write


def test_a_song_as_all_the_others_lies_at_the_intercepts(written):
    model = read_audio_model(written())
    assert model.place(FEATURES_OF_A_SONG) == pytest.approx((0.0, 0.3, 0.24, 0.25))


def test_a_standard_score_moves_by_its_weight(written):
    means = list(FEATURES_OF_A_SONG.level_free())
    means[0] -= 2
    valence, *_ = read_audio_model(written(means=means)).place(FEATURES_OF_A_SONG)
    assert valence == pytest.approx(0.2)


@pytest.mark.parametrize(("scores", "counted"), [(3.9, 3.9), (4.0, 4.0), (4.1, 4.0), (-50, -4.0)])
def test_nothing_counts_for_more_than_four_deviations(written, scores, counted):
    means = list(FEATURES_OF_A_SONG.level_free())
    means[0] -= scores
    valence, *_ = read_audio_model(written(means=means)).place(FEATURES_OF_A_SONG)
    assert counted <= FURTHEST
    assert valence == pytest.approx(0.1 * counted)


@pytest.mark.parametrize(("intercept", "place"), [(1.7, 1.0), (-1.7, -1.0)])
def test_a_place_stays_in_the_plane(written, intercept, place):
    axis = content()["valence"] | {"intercept": intercept}
    assert read_audio_model(written(valence=axis)).place(FEATURES_OF_A_SONG)[0] == place


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": "other"}, "its format is not"),
        ({"format_version": 2}, "version 2, wanted 1"),
        ({"features": ["tempo"]}, "other features"),
        ({"features": None}, "no audio model"),
        ({"means": [0.0]}, "not 12 numbers"),
        ({"means": [float("nan")] * 12}, "no finite number"),
        ({"means": [10**400] * 12}, "no audio model"),
        ({"means": ["1"] * 12}, "no finite number"),
        ({"means": [True] * 12}, "no finite number"),
        ({"sds": [0.0] * 12}, "stands for a standard deviation"),
        ({"valence": {}}, "'intercept' is missing"),
        ({"arousal": content()["valence"] | {"error_sd": -1}}, "stands for a standard deviation"),
        ({"arousal": content()["valence"] | {"weights": [1.0] * 11}}, "not 12 numbers"),
        ({"data": 5}, "are not text"),
    ],
)
def test_a_foreign_or_damaged_model_is_refused(written, changes, says):
    with pytest.raises(ModelError, match=says) as caught:
        read_audio_model(written(**changes))
    assert "\n" not in str(caught.value)
    assert "train-music" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "null"])
def test_what_is_no_json_object_is_refused(tmp_path, text):
    path = tmp_path / "audio.json"
    path.write_text(text)
    with pytest.raises(ModelError):
        read_audio_model(path)


def test_a_missing_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match="No such file"):
        read_audio_model(tmp_path / "audio.json")


@pytest.fixture(scope="module")
def shipped():
    pytest.importorskip("scipy", reason="scipy is not installed (the library extra)")
    return read_audio_model(SHIPPED)


def place(model, samples):
    return np.asarray(model.place(features_of(samples, RATE))[:2])


@pytest.mark.parametrize("gain_db", [-12, -6, 6])
@pytest.mark.parametrize("kind", KINDS)
def test_a_gain_does_not_move_a_track(shipped, kind, gain_db):
    samples = KINDS[kind]()
    moved = place(shipped, samples * np.float32(10 ** (gain_db / 20))) - place(shipped, samples)
    assert np.abs(moved).max() < 0.05


def test_clipping_moves_a_track_a_little_at_most(shipped):
    samples = KINDS["music"]()
    moved = place(shipped, np.clip(samples * 2, -0.4, 0.4)) - place(shipped, samples)
    assert np.abs(moved).max() < 0.15


def test_hiss_is_more_aroused_than_a_swelling_chord(shipped):
    assert place(shipped, noise())[1] > place(shipped, KINDS["chord"]())[1] + 0.3


def test_the_shipped_model_says_how_uncertain_it_is_and_where_it_is_from(shipped):
    assert 0.2 < shipped.valence.error_sd < 0.3
    assert 0.2 < shipped.arousal.error_sd < 0.3
    assert "1802 songs" in shipped.data
    assert "10-fold" in shipped.protocol
