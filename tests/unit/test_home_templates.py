"""What Home Assistant's templates make of our payloads; Jinja is what it renders them with."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jinja2
import pytest

from fakes.broker import A_STATE
from moodspeaker.home.entities import components
from moodspeaker.home.payloads import event_payload, state_payload
from moodspeaker.home.topics import Topics
from moodspeaker.types import Mood

COMPONENTS: dict[str, Any] = components(Topics("kitchen"))
CHANGED = event_payload("mood_changed", {"mood": "sad", "before": "happy", "reason": "it's <3 s"})
HELD = event_payload("held", {"reason": "you paused"})
RELEASED = event_payload("held", {"reason": None})
OTHERS = [
    event_payload("feedback", {"uri": "a", "mood": "sad", "kind": "like", "undone": False}),
    event_payload("labelling", {"running": True, "ok": None}),
    event_payload("calibrated", {"frames": 50}),
    event_payload("wrong_mood", {"mood": "sad", "count": 1}),
]


def rendered(key: str, payload: bytes, which: str = "value_template") -> str:
    """A key that is not there is an error, which Home Assistant would only log."""
    # Home Assistant escapes nothing either: what comes out is a state, and no page.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701
    text: str = environment.from_string(COMPONENTS[key][which]).render(
        value_json=json.loads(payload)
    )
    return text


def test_a_mood_that_changes_is_an_event_of_its_own_name() -> None:
    told = json.loads(rendered("mood_changed", CHANGED))
    assert told == {"event_type": "sad", "before": "happy", "reason": "it's <3 s"}
    assert told["event_type"] in COMPONENTS["mood_changed"]["event_types"]


@pytest.mark.parametrize(("payload", "kind"), [(HELD, "held"), (RELEASED, "released")])
def test_a_person_who_takes_over_and_lets_go_is_an_event(payload: bytes, kind: str) -> None:
    told = json.loads(rendered("held", payload))
    assert told == {"event_type": kind, "reason": json.loads(payload)["reason"]}
    assert kind in COMPONENTS["held"]["event_types"]


@pytest.mark.parametrize("mood", list(Mood))
def test_a_trigger_answers_to_its_mood(mood: Mood) -> None:
    data = {"mood": mood.value, "before": "unsure", "reason": "so"}
    assert rendered(f"trigger_{mood}", event_payload("mood_changed", data)) == mood
    assert COMPONENTS[f"trigger_{mood}"]["payload"] == mood


@pytest.mark.parametrize("key", ["mood_changed", "held", "trigger_sad"])
@pytest.mark.parametrize("payload", [*OTHERS, CHANGED, HELD])
def test_an_event_that_is_not_its_own_is_an_empty_text(key: str, payload: bytes) -> None:
    kind = json.loads(payload)["event_type"]
    if kind != ("held" if key == "held" else "mood_changed"):
        assert rendered(key, payload) == ""


@pytest.mark.parametrize(
    ("health", "shown"), [("ok", "OFF"), ("starting", "OFF"), ("off", "OFF"), ("no camera", "ON")]
)
def test_a_part_that_starts_or_is_off_is_no_problem(health: str, shown: str) -> None:
    state = state_payload(replace(A_STATE, camera_health=health))
    assert rendered("camera_health", state) == shown
    attributes = rendered("camera_health", state, "json_attributes_template")
    assert json.loads(attributes) == {"text": health}


@pytest.mark.parametrize(("share", "shown"), [(None, "None"), (0.0, "0"), (0.456, "46")])
def test_a_share_is_shown_in_percent_and_nothing_as_unknown(
    share: float | None, shown: str
) -> None:
    assert rendered("intensity", state_payload(replace(A_STATE, intensity=share))) == shown


def test_nobody_there_is_a_mood_and_not_unavailable() -> None:
    state = state_payload(replace(A_STATE, mood=Mood.ABSENT))
    assert rendered("mood", state) == "absent"
    assert "absent" in COMPONENTS["mood"]["options"]
    assert not any("availability" in key for key in COMPONENTS["mood"])
