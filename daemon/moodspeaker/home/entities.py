"""The entities that Home Assistant shows of the speaker.

Home Assistant drops unknown keys in silence, and one component that it refuses blocks later
updates of the whole device: a test holds every key used here against the known ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.home.commands import MOOD_CHOICES
from moodspeaker.home.event_entities import events
from moodspeaker.home.health_entities import health
from moodspeaker.home.kinds import binary_sensor, button, sensor, share, switch
from moodspeaker.home.music_entities import music_controls
from moodspeaker.home.preview_entities import preview
from moodspeaker.home.tuning_entities import tuning_controls
from moodspeaker.types import Mood

if TYPE_CHECKING:
    from moodspeaker.home.kinds import Component
    from moodspeaker.home.topics import Topics

NOW_PLAYING = (
    "{{ ([value_json.artist, value_json.title or value_json.uri]"
    " | select | join(' - '))[:250] or None }}"
)
PRESENCE = "{{ 'ON' if value_json.presence else 'OFF' }}"


def components(
    topics: Topics, profiles: tuple[str, ...] = (), *, pictures: bool = True
) -> dict[str, Component]:
    """Every entity that works, by its key; without unique ids.

    `profiles` are their names; `pictures` says that the config allows a preview. A key never
    changes its platform: Home Assistant would keep the old entity beside the new one.
    """
    return {
        **_readings(topics),
        **health(topics),
        **events(topics),
        **_controls(topics),
        **(preview(topics) if pictures else {}),
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
        "confidence": share("Confidence", topics.state, "confidence", "mdi:percent-outline"),
        "intensity": share("Intensity", topics.state, "intensity", "mdi:gauge"),
        "faces": {
            **sensor("Faces", topics.state, "faces", "mdi:account-group-outline"),
            "state_class": "measurement",
        },
        "last_change": {
            **sensor("Last change", topics.state, "since", "mdi:clock-outline"),
            "device_class": "timestamp",
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
