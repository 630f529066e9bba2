"""What Home Assistant shows of the service itself: what is wrong, and numbers about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.home.kinds import binary_sensor, button, measurement, share

if TYPE_CHECKING:
    from moodspeaker.home.kinds import Component
    from moodspeaker.home.topics import Topics

DIAGNOSTIC = {"entity_category": "diagnostic"}
NOISY = {**DIAGNOSTIC, "enabled_by_default": False}
PROBLEM = "{{ 'OFF' if value_json.problem is none else 'ON' }}"


def health(topics: Topics) -> dict[str, Component]:
    """The problem, the health of camera and model, numbers, and a new reading of the config."""
    return {
        "problem": trouble("Problem", topics, "problem", PROBLEM),
        "camera_health": part("Camera health", topics, "camera_health"),
        "model_health": part("Model health", topics, "model_health"),
        **_numbers(topics.diagnostics),
        "reload": {
            **button("Reload configuration", topics, "reload", "mdi:file-refresh-outline"),
            "entity_category": "config",
        },
    }


def part(name: str, topics: Topics, key: str) -> Component:
    """A part's health; one that starts, or is switched off, is no problem."""
    well = f"value_json.{key} in ('ok', 'starting', 'off')"
    return trouble(name, topics, key, f"{{{{ 'OFF' if {well} else 'ON' }}}}")


def trouble(name: str, topics: Topics, key: str, template: str) -> Component:
    """A problem or none, with the words at `key` as the attribute `text`."""
    return {
        **binary_sensor(name, topics.state, template, "problem"),
        **DIAGNOSTIC,
        "json_attributes_topic": topics.state,
        "json_attributes_template": f"{{{{ {{'text': value_json.{key}}} | tojson }}}}",
    }


def _numbers(topic: str) -> dict[str, Component]:
    return {
        "fps": {
            **measurement("Frame rate", topic, "fps", "fps"),
            **NOISY,
            "icon": "mdi:speedometer",
        },
        "latency_ms": {
            **measurement("Vision latency", topic, "latency_ms", "ms"),
            **NOISY,
            "device_class": "duration",
        },
        "temperature_c": {
            **measurement("Processor temperature", topic, "temperature_c", "°C"),
            **DIAGNOSTIC,
            "device_class": "temperature",
        },
        "rss_mb": {
            **measurement("Memory", topic, "rss_mb", "MB"),
            **NOISY,
            "device_class": "data_size",
        },
        "uptime_s": {
            **measurement("Uptime", topic, "uptime_s", "s"),
            **NOISY,
            "device_class": "duration",
        },
        "coverage": {
            **share("Library with a mood", topic, "coverage", "mdi:music-box-multiple-outline"),
            **DIAGNOSTIC,
        },
    }
