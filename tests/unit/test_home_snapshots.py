"""One example of every payload, as anybody who reads our topics may rely on it.

To renew one after a change that is meant, write what `said` gives to its file.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakes.broker import A_STATE
from moodspeaker.app.live_settings import LiveSettings
from moodspeaker.app.tuning_report import tuning_report
from moodspeaker.app.vitals import Vitals
from moodspeaker.config.schema import Config
from moodspeaker.home import payloads
from moodspeaker.types import Emotion, Mood, NowPlaying, Pick, Track

DATA = Path(__file__).parents[1] / "data"
TRACK = Track("a/b.ogg", "Title", "Artist", "Album")
MOOD_CHANGE = {"mood": "sad", "before": "happy", "reason": "sad for 3 s"}
FEEDBACK = {"uri": "a/b.ogg", "mood": "sad", "kind": "like", "undone": False}
EVENTS: list[tuple[str, dict[str, object]]] = [
    ("mood_changed", MOOD_CHANGE),
    ("held", {"reason": "you paused"}),
    ("held", {"reason": None}),
    ("feedback", FEEDBACK),
    ("wrong_mood", {"mood": "sad", "count": 2}),
    ("calibrated", {"frames": 50}),
    ("calibration_failed", {"reason": "nobody there"}),
    ("labelling", {"running": False, "ok": True}),
]
CHOSEN = replace(A_STATE, manual_mood=Emotion.SAD, override_until=1_700_000_060.0, mood=Mood.SAD)
TROUBLED = replace(A_STATE, mood=Mood.OFF, scores=None, valence=None, problem="mpd: no MPD")
NUMBERS = {"fps": 4.98, "latency_ms": 12.3456, "temperature_c": 51.2, "rss_mb": 140.5}


def said(name: str) -> Any:
    """What goes out, as JSON, in the order of its keys."""
    settings = LiveSettings(Config(), None, Path("nowhere"), lambda: 0)
    pick = Pick(TRACK, Mood.SAD, -0.5, 0.25, "nearest to sad")
    made = {
        "state": [payloads.state_payload(state) for state in (A_STATE, CHOSEN, TROUBLED)],
        "track": [payloads.track_payload(x) for x in (NowPlaying(TRACK, pick), None)],
        "tuning": [payloads.tuning_payload(tuning_report(settings, None))],
        "event": [payloads.event_payload(kind, data) for kind, data in EVENTS],
        "diagnostics": [payloads.diagnostics_payload(x) for x in (NUMBERS, {})],
        "result": [payloads.result_payload("next", error) for error in (None, "no MPD")],
    }
    return [json.loads(payload) for payload in made[name]]


@pytest.mark.parametrize("name", ["state", "track", "tuning", "event", "diagnostics", "result"])
def test_a_payload_is_the_one_we_looked_at(name: str) -> None:
    stored = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    assert said(name) == stored
    assert [list(one) for one in said(name)] == [list(one) for one in stored]


def test_the_examples_of_diagnostics_are_all_that_the_service_tells() -> None:
    assert tuple(Vitals().read()) == payloads.DIAGNOSTICS
