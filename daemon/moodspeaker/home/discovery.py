"""One message that announces the whole speaker to Home Assistant (2024.12 or newer)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from moodspeaker.home.entities import components

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.home.kinds import Component
    from moodspeaker.home.topics import Topics

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """The speaker as people see it. `url` is where help is to be found, http or https.

    `profiles` are the names that the config gives to sets of settings, `pictures` says that it
    allows a preview.
    """

    name: str
    version: str
    url: str | None = None
    manufacturer: str = "moodspeaker"
    model: str = "Raspberry Pi smart speaker"
    profiles: tuple[str, ...] = ()
    pictures: bool = True


def discovery(
    topics: Topics, device: DeviceInfo, former: Mapping[str, str] = NOTHING
) -> dict[str, object]:
    """The device, where it comes from, and every entity that works.

    `former` are keys with their platforms, as they were announced before: what is no longer
    there comes with its platform alone, which removes it from Home Assistant.
    """
    identity = f"moodspeaker_{topics.device_id}"
    made = components(topics, device.profiles, pictures=device.pictures)
    return {
        "device": {
            "identifiers": [identity],
            "name": device.name,
            "manufacturer": device.manufacturer,
            "model": device.model,
            "sw_version": device.version,
        },
        "origin": _origin(device),
        "availability_topic": topics.availability,
        "qos": 1,
        "components": {
            **_named(identity, made),
            **{key: {"platform": former[key]} for key in former if key not in made},
        },
    }


def _named(identity: str, made: Mapping[str, Component]) -> dict[str, Component]:
    """With unique ids, which device triggers do not have."""
    return {
        key: component
        if component["platform"] == "device_automation"
        else {**component, "unique_id": f"{identity}_{key}"}
        for key, component in made.items()
    }


def _origin(device: DeviceInfo) -> dict[str, object]:
    origin: dict[str, object] = {"name": "moodspeaker", "sw_version": device.version}
    return origin if device.url is None else {**origin, "support_url": device.url}
