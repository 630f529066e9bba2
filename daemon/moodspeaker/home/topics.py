"""Every MQTT topic of one speaker."""

from __future__ import annotations

from dataclasses import dataclass

BIRTH = "homeassistant/status"


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of the speaker `device_id` (lower case letters, digits, `_` and `-`).

    `discovery_prefix` is where Home Assistant looks for devices.
    """

    device_id: str
    discovery_prefix: str = "homeassistant"

    @property
    def base(self) -> str:
        """What all our own topics begin with."""
        return f"moodspeaker/{self.device_id}"

    @property
    def availability(self) -> str:
        """`online` or `offline`; the last will goes here."""
        return f"{self.base}/availability"

    @property
    def state(self) -> str:
        """The mood and all that belongs to it."""
        return f"{self.base}/state"

    @property
    def track(self) -> str:
        """The current song."""
        return f"{self.base}/track"

    @property
    def tuning(self) -> str:
        """The live settings in force."""
        return f"{self.base}/tuning"

    @property
    def event(self) -> str:
        """What happened; never retained."""
        return f"{self.base}/event"

    @property
    def preview(self) -> str:
        """Pictures, as JPEG; empty when there are no more. Never retained."""
        return f"{self.base}/preview"

    @property
    def diagnostics(self) -> str:
        """Numbers about the service itself."""
        return f"{self.base}/diagnostics"

    @property
    def result(self) -> str:
        """Answers to commands; never retained."""
        return f"{self.base}/result"

    def command(self, entity: str) -> str:
        """Where `entity` takes its commands."""
        return f"{self.base}/set/{entity}"

    @property
    def commands(self) -> str:
        """The filter that matches every command."""
        return self.command("#")

    def entity(self, topic: str) -> str | None:
        """The entity that a command's topic names; None when the topic is no command's."""
        start = self.command("")
        return topic.removeprefix(start) if topic.startswith(start) else None

    @property
    def discovery(self) -> str:
        """Where the whole device is announced."""
        return f"{self.discovery_prefix}/device/moodspeaker_{self.device_id}/config"

    @property
    def birth(self) -> str:
        """Where Home Assistant says that it has started.

        Its default is this topic under every discovery prefix.
        """
        return BIRTH
