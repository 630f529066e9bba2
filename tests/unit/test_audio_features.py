"""What is told of a sound, and what must not matter to it."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from fakes.sounds import KINDS, RATE, bass, chord, click, music, noise
from moodspeaker.errors import LibraryError

pytest.importorskip("scipy", reason="scipy is not installed (the library extra)")
pytest.importorskip("soxr", reason="soxr is not installed (the library extra)")

from moodspeaker.library import audio_features, optional
from moodspeaker.library.audio_features import FEATURES, features_of, statistics_of

# Of four seconds of `music` by librosa 0.11, in the order of the fields.
LIBROSA = (
    6161.99, 3564.41, 6015.40, 1370.89, 12496.7, 7068.10, 0.0801193, 0.0394510,
    0.139865, 0.160200, 1.40070, 8.58101, -18.7604, 77.0867,
)  # fmt: skip


def level_free(samples, rate=RATE):
    return np.asarray(features_of(samples, rate).level_free())


def test_the_statistics_are_those_of_librosa():
    assert astuple(statistics_of(music(4))) == pytest.approx(LIBROSA, rel=1e-4)


def test_blocks_leave_no_seam(monkeypatch):
    whole = astuple(statistics_of(music()))
    monkeypatch.setattr(audio_features, "BLOCK", 7)
    assert astuple(statistics_of(music())) == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize("gain_db", [-12, -6, 6])
@pytest.mark.parametrize("kind", KINDS)
def test_a_gain_moves_no_feature(kind, gain_db):
    samples = KINDS[kind]()
    louder = samples * np.float32(10 ** (gain_db / 20))
    assert level_free(louder) == pytest.approx(level_free(samples), abs=1e-3)


def test_the_same_correction_holds_for_statistics_as_they_stand_in_a_table():
    # A table is made from audio at any level: there the correction alone has to do.
    half, whole = statistics_of(music() / 2), statistics_of(music())
    assert half.mfcc_mean != pytest.approx(whole.mfcc_mean, abs=1)
    assert half.level_free() == pytest.approx(whole.level_free(), abs=1e-3)


def test_every_feature_has_a_name_and_is_finite_for_a_click():
    features = level_free(click())
    assert len(features) == len(FEATURES)
    assert np.isfinite(features).all()


def test_an_offset_does_not_matter():
    centred = noise() - noise().mean()
    assert level_free(centred + np.float32(0.3)) == pytest.approx(level_free(centred), abs=2e-3)


@pytest.mark.parametrize(("share", "taken_off"), [(0.009, False), (0.011, True)])
def test_an_offset_is_taken_off_only_from_a_hundredth_of_the_level(share, taken_off):
    centred = noise() - noise().mean()
    offset = np.float32(share * centred.std())
    left = audio_features.levelled(centred + offset, RATE).mean(dtype=np.float64)
    assert (abs(left) < 1e-6) == taken_off


def test_different_sounds_differ():
    assert np.abs(level_free(noise()) - level_free(bass())).max() > 1


@pytest.mark.parametrize("level", [0.0, 0.5])
def test_silence_with_or_without_an_offset_is_refused(level):
    with pytest.raises(LibraryError, match="silent"):
        features_of(np.full(4 * RATE, level, dtype=np.float32), RATE)


@pytest.mark.parametrize("samples", [[], [np.nan] * RATE, [np.inf] * RATE])
def test_what_is_no_sound_is_refused(samples):
    with pytest.raises(LibraryError, match="no usable samples"):
        features_of(np.asarray(samples, dtype=np.float32), RATE)


def test_only_the_middle_counts(monkeypatch):
    monkeypatch.setattr(audio_features, "EXCERPT_S", 1)
    around = noise(0.5)
    assert level_free(np.r_[around, bass(1), around]) == pytest.approx(level_free(bass(1)))


def test_another_rate_tells_nearly_the_same():
    slow, fast = features_of(chord(rate=22_050), 22_050), features_of(chord(), RATE)
    for name in ("centroid_mean", "rolloff_mean", "rms_mean", "mel_mean", "zero_crossing_mean"):
        assert getattr(slow, name) == pytest.approx(getattr(fast, name), rel=0.03)


def test_a_missing_library_is_said_in_one_line():
    with pytest.raises(LibraryError, match=r"no_such_module.*pip install 'moodspeaker\[library\]'"):
        optional.optional("no_such_module")
