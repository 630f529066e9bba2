"""The limits at which a conversion fails, on both sides of each."""

from __future__ import annotations

import numpy as np
import pytest

from moodspeaker_convert.errors import VerificationFailed
from moodspeaker_convert.export.temperature import fit_temperature
from moodspeaker_convert.export.verification import Comparison, check_comparison, compare


def result(drop=0.0, agreement=1.0):
    return Comparison(float_accuracy=0.7, int8_accuracy=0.7 - drop, agreement=agreement, n=1000)


def test_a_drop_of_a_point_passes_and_more_fails():
    check_comparison(result(drop=0.0099))
    with pytest.raises(VerificationFailed, match="accuracy"):
        check_comparison(result(drop=0.0101))


def test_an_agreement_of_97_in_100_passes_and_less_fails():
    check_comparison(result(agreement=0.97))
    with pytest.raises(VerificationFailed, match="agrees"):
        check_comparison(result(agreement=0.969))


def test_a_gain_is_no_failure():
    check_comparison(result(drop=-0.05))


def test_the_comparison_counts_the_leaders():
    before = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.7, 0.3]])
    after = np.array([[0.8, 0.2], [0.6, 0.4], [0.2, 0.8], [0.7, 0.3]])
    found = compare(np.array([0, 1, 1, 1]), before, after)
    assert found == Comparison(0.75, 0.5, 0.75, 4)


@pytest.mark.parametrize("made_with", [0.7, 1.0, 2.0])
def test_the_temperature_undoes_the_one_that_the_outputs_were_made_with(made_with):
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 1.5, (900, 5))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([rng.choice(5, p=share) for share in shares])
    powers = shares ** (1 / made_with)
    outputs = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    assert fit_temperature(outputs, truth) == pytest.approx(1 / made_with, rel=0.2)
