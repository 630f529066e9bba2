"""What Home Assistant shows to tune the speaker: numbers, profile, policy, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.config.music_section import POLICIES
from moodspeaker.config.profiles import AUTO, DEFAULT
from moodspeaker.config.tunable import TUNABLES
from moodspeaker.home.kinds import button

if TYPE_CHECKING:
    from moodspeaker.home.kinds import Component
    from moodspeaker.home.topics import Topics


@dataclass(frozen=True, slots=True)
class Knob:
    """How one number is shown. A `rare` one is there, but not enabled by itself."""

    name: str
    icon: str
    step: float
    unit: str | None = None
    rare: bool = False


KNOBS = {
    "enter_threshold": Knob("Certainty a new mood needs", "mdi:login-variant", 0.01),
    "leave_threshold": Knob("Certainty below which a mood ends", "mdi:logout-variant", 0.01),
    "margin": Knob("Lead a new mood needs", "mdi:arrow-expand-horizontal", 0.01),
    "dwell_s": Knob("Least time between moods", "mdi:timer-sand", 1, "s"),
    "smoothing_s": Knob("Calmness", "mdi:chart-bell-curve", 0.1, "s"),
    "changes_per_hour": Knob("Most mood changes an hour", "mdi:counter", 1),
    "override_minutes": Knob("How long a chosen mood lasts", "mdi:account-clock", 1, "min"),
    "volume_max": Knob("Loudest volume", "mdi:volume-high", 1, "%"),
    "hold_s": Knob("How long a new mood must lead", "mdi:timer-outline", 0.1, "s", rare=True),
    "absence_s": Knob("Nobody there after", "mdi:account-off-outline", 1, "s", rare=True),
    "distrust": Knob("Share of readings to ignore", "mdi:eye-off-outline", 0.001, rare=True),
    "stay_s": Knob("How long moods usually last", "mdi:clock-outline", 1, "s", rare=True),
}


def tuning_controls(topics: Topics, profiles: tuple[str, ...]) -> dict[str, Component]:
    """The numbers, the choice among `profiles`, the policy, and the reset."""
    return {
        **{entity: number(topics, entity, knob) for entity, knob in KNOBS.items()},
        # Without profiles too: Home Assistant keeps what is left out of a later announcement.
        "profile": choice(
            topics, "profile", "Profile", "mdi:tune-variant", (AUTO, DEFAULT, *profiles)
        ),
        "policy": choice(topics, "policy", "Music policy", "mdi:music-clef-treble", POLICIES),
        "reset_tuning": {
            **button("Reset tuning", topics, "reset_tuning", "mdi:restore"),
            "entity_category": "config",
        },
    }


def number(topics: Topics, entity: str, knob: Knob) -> Component:
    """A number to type, within the schema's own limits."""
    limits = TUNABLES[entity]
    return {
        "platform": "number",
        "name": knob.name,
        "icon": knob.icon,
        "entity_category": "config",
        "state_topic": topics.tuning,
        "value_template": f"{{{{ value_json.{entity} }}}}",
        "command_topic": topics.command(entity),
        "min": limits.low,
        "max": limits.high,
        "step": knob.step,
        "mode": "box",
        **({"unit_of_measurement": knob.unit} if knob.unit else {}),
        **({"enabled_by_default": False} if knob.rare else {}),
    }


def choice(
    topics: Topics, entity: str, name: str, icon: str, options: tuple[str, ...]
) -> Component:
    """One of several words."""
    return {
        "platform": "select",
        "name": name,
        "icon": icon,
        "entity_category": "config",
        "options": list(options),
        "state_topic": topics.tuning,
        "value_template": f"{{{{ value_json.{entity} }}}}",
        "command_topic": topics.command(entity),
    }
