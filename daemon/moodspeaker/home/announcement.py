"""What Home Assistant is told of the device, and what has to be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.home.discovery import discovery
from moodspeaker.home.entities import components
from moodspeaker.home.payloads import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.home.discovery import DeviceInfo
    from moodspeaker.home.topics import Topics


class Announcement:
    """The device as it is, and the components that were announced at any time before."""

    def __init__(self, topics: Topics, device: DeviceInfo) -> None:
        self._topics = topics
        self._device = device
        self._former: dict[str, str] = {}

    @property
    def payload(self) -> bytes:
        """The message; what is gone is in it with its platform alone."""
        return encode(discovery(self._topics, self._device, self._former))

    @property
    def platforms(self) -> dict[str, str]:
        """The platform of every component that is there now, by its key."""
        made = components(self._topics, self._device.profiles, pictures=self._device.pictures)
        return {key: str(component["platform"]) for key, component in made.items()}

    def change(self, device: DeviceInfo) -> None:
        """Another device from now on."""
        self._former |= self.platforms
        self._device = device

    def withdraw(self, former: Mapping[str, str]) -> None:
        """What a former run announced, platforms by their keys: what is not there any more goes."""
        self._former |= former
