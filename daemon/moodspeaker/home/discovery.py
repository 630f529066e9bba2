"""One message that announces the whole speaker to Home Assistant (2024.12 or newer)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.home.entities import components

if TYPE_CHECKING:
    from moodspeaker.home.topics import Topics


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """The speaker as people see it. `url` is where help is to be found, http or https.

    `profiles` are the names that the config gives to sets of settings.
    """

    name: str
    version: str
    url: str | None = None
    manufacturer: str = "moodspeaker"
    model: str = "Raspberry Pi smart speaker"
    profiles: tuple[str, ...] = ()


def discovery(topics: Topics, device: DeviceInfo) -> dict[str, object]:
    """The device, where it comes from, and every entity that works."""
    identity = f"moodspeaker_{topics.device_id}"
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
            key: {**component, "unique_id": f"{identity}_{key}"}
            for key, component in components(topics, device.profiles).items()
        },
    }


def _origin(device: DeviceInfo) -> dict[str, object]:
    origin: dict[str, object] = {"name": "moodspeaker", "sw_version": device.version}
    return origin if device.url is None else {**origin, "support_url": device.url}
