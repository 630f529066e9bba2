"""What the topics carry."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from fakes.broker import A_STATE
from moodspeaker.home import payloads
from moodspeaker.types import (
    Emotion,
    Mood,
    NowPlaying,
    Pick,
    Scores,
    Source,
    SpeakerState,
    Track,
)

STATE_KEYS = [
    "mood",
    "confidence",
    "scores",
    "valence",
    "arousal",
    "intensity",
    "faces",
    "presence",
    "source",
    "manual_mood",
    "override_until",
    "following",
    "camera",
    "camera_health",
    "model_health",
    "preview",
    "held_by",
    "reason",
    "since",
    "problem",
    "version",
]
TRACK_KEYS = ["uri", "title", "artist", "album", "mood", "valence", "arousal", "why"]
UNKNOWN = replace(
    A_STATE,
    mood=Mood.OFF,
    scores=None,
    valence=None,
    arousal=None,
    intensity=None,
    presence=False,
    source=Source.NOBODY,
    following=False,
    camera=False,
)


@pytest.mark.parametrize("state", [A_STATE, UNKNOWN])
def test_a_state_always_has_every_key(state: SpeakerState) -> None:
    assert list(json.loads(payloads.state_payload(state))) == STATE_KEYS


def test_a_state_says_what_it_knows() -> None:
    said = json.loads(payloads.state_payload(A_STATE))
    assert said["mood"] == "happy"
    assert said["scores"] == {e.value: 0.5 if e in ("happy", "sad") else 0.0 for e in Emotion}
    assert (said["following"], said["camera"], said["preview"]) == ("ON", "ON", "OFF")
    assert said["presence"] is True
    assert said["source"] == "camera"
    assert said["since"] == "2023-11-14T22:13:20+00:00"


def test_a_state_is_null_where_it_knows_nothing() -> None:
    said = json.loads(payloads.state_payload(UNKNOWN))
    unknown = ("scores", "valence", "arousal", "intensity", "override_until", "held_by", "problem")
    assert [said[key] for key in unknown] == [None] * len(unknown)
    assert said["presence"] is False


def test_the_select_says_auto_without_a_manual_mood() -> None:
    assert json.loads(payloads.state_payload(A_STATE))["manual_mood"] == "auto"


def test_the_select_says_the_manual_mood_and_its_end() -> None:
    state = replace(A_STATE, manual_mood=Emotion.SAD, override_until=1_700_000_060.7)
    said = json.loads(payloads.state_payload(state))
    assert said["manual_mood"] == "sad"
    assert said["override_until"] == "2023-11-14T22:14:20+00:00"


@pytest.mark.parametrize("nothing", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_in_json_becomes_null(nothing: float) -> None:
    state = replace(
        A_STATE,
        confidence=nothing,
        since=nothing,
        valence=nothing,
        scores=Scores((nothing,) * 7),
    )
    said = json.loads(payloads.state_payload(state), parse_constant=pytest.fail)
    assert (said["confidence"], said["since"], said["valence"]) == (None, None, None)
    assert set(said["scores"].values()) == {None}


def test_numbers_have_three_places_and_no_negative_zero() -> None:
    state = replace(A_STATE, confidence=0.123456, valence=-0.0001)
    text = payloads.state_payload(state).decode()
    assert '"confidence":0.123,' in text
    assert '"valence":0.0,' in text


@pytest.mark.parametrize(("length", "kept"), [(249, 249), (250, 250), (251, 250), (4000, 250)])
def test_a_reason_is_cut_to_250_characters(length: int, kept: int) -> None:
    state = replace(A_STATE, reason="ä" * length)
    reason = json.loads(payloads.state_payload(state))["reason"]
    assert len(reason) == kept
    assert reason.endswith("…") == (length > 250)


def test_a_reason_is_one_line() -> None:
    state = replace(A_STATE, reason="one\n two\r\nthree ")
    assert json.loads(payloads.state_payload(state))["reason"] == "one two three"


def test_a_track_says_why_it_was_chosen() -> None:
    track = Track("a/b.ogg", "Title", "Artist", "Album")
    playing = NowPlaying(track, Pick(track, Mood.SAD, -0.51234, 0.25, "nearest to sad"))
    assert json.loads(payloads.track_payload(playing)) == {
        "uri": "a/b.ogg",
        "title": "Title",
        "artist": "Artist",
        "album": "Album",
        "mood": "sad",
        "valence": -0.512,
        "arousal": 0.25,
        "why": "nearest to sad",
    }


def test_a_track_of_somebody_else_has_no_choice_and_no_empty_tags() -> None:
    said = json.loads(payloads.track_payload(NowPlaying(Track("a.ogg"))))
    assert list(said) == TRACK_KEYS
    assert said.pop("uri") == "a.ogg"
    assert set(said.values()) == {None}


def test_no_track_is_all_null() -> None:
    assert json.loads(payloads.track_payload(None)) == dict.fromkeys(TRACK_KEYS)


def test_a_file_name_that_is_not_utf8_still_makes_a_message() -> None:
    said = json.loads(payloads.track_payload(NowPlaying(Track("bad\udcff.ogg"))))
    assert said["uri"] == "bad?.ogg"


def test_an_event_cannot_lose_its_type_to_its_data() -> None:
    said = json.loads(payloads.event_payload("mood_changed", {"event_type": "x", "to": Mood.SAD}))
    assert said == {"event_type": "mood_changed", "to": "sad"}


def test_diagnostics_are_null_where_nothing_is_known() -> None:
    said = json.loads(payloads.diagnostics_payload({"fps": 4.98765, "extra": 1}))
    known = dict.fromkeys(payloads.DIAGNOSTICS)
    assert said == {**known, "fps": 4.988, "extra": 1}


def test_tuning_is_rounded_and_keeps_lists() -> None:
    said = json.loads(payloads.tuning_payload({"margin": 0.1 + 0.2, "policies": ("a", "b")}))
    assert said == {"margin": 0.3, "policies": ["a", "b"]}


def test_a_result_says_whether_it_went_well() -> None:
    assert json.loads(payloads.result_payload("next", None)) == {
        "entity": "next",
        "ok": True,
        "error": None,
    }
    assert json.loads(payloads.result_payload("nxt", "no\nsuch")) == {
        "entity": "nxt",
        "ok": False,
        "error": "no such",
    }
