"""Estimates of the store, taken together."""

from __future__ import annotations

from moodspeaker.library.places import at, fused
from moodspeaker.library.records import Estimate, Origin
from moodspeaker.music.fusion import SDS, Source
from moodspeaker.music.plane import Point


def heard(valence_sd: float, arousal_sd: float) -> Estimate:
    """What a model of sound says, as sure as that."""
    return Estimate("a.ogg", Origin.AUDIO, -0.6, -0.6, valence_sd, arousal_sd)


def test_sound_is_never_surer_than_usual_however_small_its_models_error() -> None:
    usual = SDS[Source.AUDIO]
    assert fused([heard(0.1, 0.1)]) == fused([heard(*usual)])
    assert fused([heard(0.5, 0.5)]) != fused([heard(*usual)])


def test_a_mood_tag_outweighs_what_the_sound_is_like() -> None:
    tag = at("a.ogg", Origin.TAG, Point(0.6, 0.6), "happy")
    place = fused([tag, heard(0.24, 0.25)])
    assert place.valence > 0.2
    assert place.arousal > 0
