"""The kinds of entity that Home Assistant knows, as far as several are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.home.topics import Topics

Component = dict[str, object]


def sensor(name: str, topic: str, key: str, icon: str) -> Component:
    """Shows the text at `key` of the JSON in `topic`."""
    return {
        "platform": "sensor",
        "name": name,
        "icon": icon,
        "state_topic": topic,
        "value_template": f"{{{{ value_json.{key} }}}}",
    }


def share(name: str, topic: str, key: str, icon: str) -> Component:
    """Shows the number at `key`, 0..1 or null, in whole percent, with its history."""
    value = f"value_json.{key}"
    return {
        **sensor(name, topic, key, icon),
        "value_template": f"{{{{ (100 * {value}) | round | int if {value} is number else None }}}}",
        "unit_of_measurement": "%",
        "state_class": "measurement",
    }


def measurement(name: str, topic: str, key: str, unit: str) -> Component:
    """Shows the number at `key`, with its unit and its history."""
    return {
        "platform": "sensor",
        "name": name,
        "state_topic": topic,
        "value_template": f"{{{{ value_json.{key} }}}}",
        "unit_of_measurement": unit,
        "state_class": "measurement",
    }


def binary_sensor(name: str, topic: str, template: str, device_class: str) -> Component:
    """Shows what `template` makes of the JSON in `topic`: ON or OFF."""
    return {
        "platform": "binary_sensor",
        "name": name,
        "state_topic": topic,
        "value_template": template,
        "device_class": device_class,
    }


def button(name: str, topics: Topics, entity: str, icon: str) -> Component:
    """Presses the command `entity`."""
    return {
        "platform": "button",
        "name": name,
        "icon": icon,
        "command_topic": topics.command(entity),
    }


def switch(name: str, topics: Topics, entity: str, icon: str) -> Component:
    """Shows and sets `entity`, which is a key of the state topic and a command alike."""
    return {
        "platform": "switch",
        "name": name,
        "icon": icon,
        "state_topic": topics.state,
        "value_template": f"{{{{ value_json.{entity} }}}}",
        "command_topic": topics.command(entity),
    }
