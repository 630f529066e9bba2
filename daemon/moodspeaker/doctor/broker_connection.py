"""The service's own MQTT client, under an id of the doctor's, and what the broker answers it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiomqtt import ProtocolVersion

from moodspeaker.app.parts import BrokerConnection, protocols_of
from moodspeaker.home.rights import Rights
from moodspeaker.home.topics import Topics

if TYPE_CHECKING:
    from moodspeaker.config.schema import MqttSection

SUFFIX = "doctor"


class Answers(Rights):
    """Keeps what the broker says of each topic, and logs nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.unwritable: dict[str, str] = {}
        self.unreadable: dict[str, str] = {}
        self.back: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """Whether what we published has come back, once that is known."""

    def publication(self, topic: str, refusal: str | None) -> None:
        """MQTT 5 alone tells refusals."""
        if refusal is not None:
            self.unwritable[topic] = refusal

    def subscription(self, topic: str, refusal: str | None) -> None:
        """The same."""
        if refusal is not None:
            self.unreadable[topic] = refusal

    def unheard(self, topic: str) -> None:  # noqa: ARG002 - there is one
        """The time is over."""
        self._settle(back=False)

    def heard(self) -> None:
        """It did come back."""
        self._settle(back=True)

    def _settle(self, *, back: bool) -> None:
        if not self.back.done():
            self.back.set_result(back)


class DoctorsConnection(BrokerConnection):
    """Connects as the service does, but for its client id."""

    def __init__(self, section: MqttSection, topics: Topics, answers: Answers) -> None:
        super().__init__(section, Topics(f"{topics.device_id}-{SUFFIX}"))
        self._rights = answers
        self._read = frozenset({topics.availability, topics.birth, topics.discovery})
        self.protocols = self._protocols = protocols_of(section)

    @property
    def version(self) -> str:
        """Of MQTT, once connected."""
        return "5" if self.protocols.best is ProtocolVersion.V5 else "3.1.1"

    def _known(self, topic: str) -> bool:
        return topic in self._read
