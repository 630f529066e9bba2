"""The entities that Home Assistant shows of the speaker.

Home Assistant drops unknown keys in silence, and one component that it refuses blocks later
updates of the whole device: a test holds every key used here against the known ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.home.commands import MOOD_CHOICES
from moodspeaker.home.kinds import binary_sensor, button, measurement, sensor, switch
from moodspeaker.home.music_entities import music_controls
from moodspeaker.home.tuning_entities import tuning_controls
from moodspeaker.types import Mood

if TYPE_CHECKING:
    from moodspeaker.home.kinds import Component
    from moodspeaker.home.topics import Topics

CONFIDENCE = (
    "{{ (100 * value_json.confidence) | round | int if value_json.confidence is number else None }}"
)
NOW_PLAYING = (
    "{{ ([value_json.artist, value_json.title or value_json.uri]"
    " | select | join(' - '))[:250] or None }}"
)
PRESENCE = "{{ 'ON' if value_json.presence else 'OFF' }}"
PROBLEM = "{{ 'OFF' if value_json.problem is none else 'ON' }}"
PROBLEM_TEXT = "{{ {'text': value_json.problem} | tojson }}"


def components(topics: Topics, profiles: tuple[str, ...] = ()) -> dict[str, Component]:
    """Every entity that works, by its key; without unique ids. `profiles` are their names."""
    return {
        **_readings(topics),
        **_diagnostics(topics),
        **_controls(topics),
        **music_controls(topics),
        **tuning_controls(topics, profiles),
    }


def _readings(topics: Topics) -> dict[str, Component]:
    return {
        "mood": {
            **sensor("Mood", topics.state, "mood", "mdi:emoticon-outline"),
            "device_class": "enum",
            "options": [mood.value for mood in Mood],
        },
        "confidence": {
            **sensor("Confidence", topics.state, "confidence", "mdi:percent-outline"),
            "value_template": CONFIDENCE,
            "unit_of_measurement": "%",
            "state_class": "measurement",
        },
        "reason": sensor("Reason", topics.state, "reason", "mdi:comment-question-outline"),
        "now_playing": {
            **sensor("Now playing", topics.track, "title", "mdi:music-note"),
            "value_template": NOW_PLAYING,
        },
        "presence": {
            **binary_sensor("Presence", topics.state, PRESENCE, "occupancy"),
            "icon": "mdi:account-eye-outline",
        },
        "problem": {
            **binary_sensor("Problem", topics.state, PROBLEM, "problem"),
            "entity_category": "diagnostic",
            "json_attributes_topic": topics.state,
            "json_attributes_template": PROBLEM_TEXT,
        },
    }


def _diagnostics(topics: Topics) -> dict[str, Component]:
    topic = topics.diagnostics
    noisy = {"entity_category": "diagnostic", "enabled_by_default": False}
    return {
        "fps": {
            **measurement("Frame rate", topic, "fps", "fps"),
            **noisy,
            "icon": "mdi:speedometer",
        },
        "latency_ms": {
            **measurement("Vision latency", topic, "latency_ms", "ms"),
            **noisy,
            "device_class": "duration",
        },
        "temperature_c": {
            **measurement("Processor temperature", topic, "temperature_c", "°C"),
            "entity_category": "diagnostic",
            "device_class": "temperature",
        },
        "rss_mb": {
            **measurement("Memory", topic, "rss_mb", "MB"),
            **noisy,
            "device_class": "data_size",
        },
        "uptime_s": {
            **measurement("Uptime", topic, "uptime_s", "s"),
            **noisy,
            "device_class": "duration",
        },
    }


def _controls(topics: Topics) -> dict[str, Component]:
    return {
        "following": switch("Follow the mood", topics, "following", "mdi:music-circle-outline"),
        "camera": switch("Camera", topics, "camera", "mdi:camera-outline"),
        "mood_choice": {
            "platform": "select",
            "name": "Mood choice",
            "icon": "mdi:emoticon-cool-outline",
            "options": list(MOOD_CHOICES),
            "state_topic": topics.state,
            "value_template": "{{ value_json.manual_mood }}",
            "command_topic": topics.command("mood"),
        },
        "calibrate": {
            **button("Calibrate resting face", topics, "calibrate", "mdi:face-recognition"),
            "entity_category": "config",
        },
        "wrong_mood": button(
            "That is not my mood", topics, "wrong_mood", "mdi:emoticon-remove-outline"
        ),
    }
