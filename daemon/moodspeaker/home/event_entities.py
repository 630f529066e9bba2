"""What Home Assistant shows of events, and what its automations can begin with.

Every event of ours goes to one topic. Home Assistant wants each entity's own `event_type` in
JSON and ignores an empty text: a template picks and renames, and is empty for what is not its
own. So none reads a key that its kind of event does not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.types import Mood

if TYPE_CHECKING:
    from moodspeaker.home.kinds import Component
    from moodspeaker.home.topics import Topics

MOOD_EVENT = (
    "{{ {'event_type': value_json.mood, 'before': value_json.before, 'reason': value_json.reason}"
    " | tojson if value_json.event_type == 'mood_changed' else '' }}"
)
HELD_EVENT = (
    "{{ {'event_type': 'released' if value_json.reason is none else 'held',"
    " 'reason': value_json.reason} | tojson if value_json.event_type == 'held' else '' }}"
)
NEW_MOOD = "{{ value_json.mood if value_json.event_type == 'mood_changed' else '' }}"


def events(topics: Topics) -> dict[str, Component]:
    """Two entities of events, and a trigger for each mood; triggers get no unique id."""
    moods = tuple(mood.value for mood in Mood)
    return {
        "mood_changed": event(
            "Mood changed", topics, moods, MOOD_EVENT, "mdi:emoticon-happy-outline"
        ),
        "held": event(
            "Held by a person", topics, ("held", "released"), HELD_EVENT, "mdi:hand-back-right"
        ),
        **{f"trigger_{mood}": trigger(topics, mood) for mood in moods},
    }


def event(name: str, topics: Topics, types: tuple[str, ...], template: str, icon: str) -> Component:
    """Shows when something of `types` happened last; other types are refused, and logged."""
    return {
        "platform": "event",
        "name": name,
        "icon": icon,
        "event_types": list(types),
        "state_topic": topics.event,
        "value_template": template,
    }


def trigger(topics: Topics, mood: str) -> Component:
    """Begins an automation when this mood comes into force."""
    return {
        "platform": "device_automation",
        "automation_type": "trigger",
        "type": "mood",
        "subtype": mood,
        "topic": topics.event,
        "value_template": NEW_MOOD,
        "payload": mood,
    }
