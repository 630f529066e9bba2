"""What Home Assistant shows to steer the music and to judge it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.home.commands import LONGEST_DUCK_S
from moodspeaker.home.kinds import button

if TYPE_CHECKING:
    from moodspeaker.home.kinds import Component
    from moodspeaker.home.topics import Topics


def music_controls(topics: Topics) -> dict[str, Component]:
    """The player's buttons, the judgements, and what announcements need."""
    return {
        "next": button("Next track", topics, "next", "mdi:skip-next"),
        "pause": button("Pause", topics, "pause", "mdi:pause"),
        "play": button("Play", topics, "play", "mdi:play"),
        "like": button("Like this track", topics, "like", "mdi:thumb-up-outline"),
        "dislike": button("Dislike this track", topics, "dislike", "mdi:thumb-down-outline"),
        "wrong_track": button(
            "Wrong track for this mood", topics, "wrong_track", "mdi:music-note-off-outline"
        ),
        "undo_feedback": {
            **button("Undo last judgement", topics, "undo_feedback", "mdi:undo"),
            "entity_category": "config",
        },
        "duck": duck(topics),
        "relabel": {
            **button("Analyse the library", topics, "relabel", "mdi:waveform"),
            "entity_category": "config",
        },
    }


def duck(topics: Topics) -> Component:
    """Seconds to play softly for an announcement; nothing is told back."""
    return {
        "platform": "number",
        "name": "Play softly for",
        "icon": "mdi:volume-low",
        "command_topic": topics.command("duck"),
        "min": 0,
        "max": LONGEST_DUCK_S,
        "step": 1,
        "mode": "box",
        "unit_of_measurement": "s",
    }
