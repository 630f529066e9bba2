"""A broker that ends the connection while something is under way, through a proxy that cuts it."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import aiomqtt
import pytest
import pytest_asyncio

from fakes.metronome import Stopwatch
from fakes.proxy import Proxy
from moodspeaker.demo.servers import HOST
from moodspeaker.errors import BrokerLost
from moodspeaker.home import link
from moodspeaker.home.client import BoundedClient
from moodspeaker.home.link import MqttConnector, MqttSettings
from moodspeaker.types import Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from moodspeaker.demo.servers import Server

TIMES = 20
TIMEOUT_S = 30.0
"""Of a single call: who waits for it once is too late already."""
WILL = Message("test/availability", b"offline", retain=True)


@pytest.fixture(autouse=True)
def _swept() -> None:
    """What other tests left behind complains before this one, not in it."""
    gc.collect()


@pytest_asyncio.fixture
async def proxy(mosquitto: Server) -> AsyncIterator[Proxy]:
    """In front of a real broker."""
    one = Proxy(mosquitto.port)
    await one.accept()
    yield one
    await one.refuse()


async def test_a_broker_that_hangs_up_before_it_answers_is_lost_at_once_and_without_a_traceback(
    proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.cut_after_first = True
    settings = MqttSettings(HOST, "test", proxy.port, timeout_s=TIMEOUT_S)
    watch = Stopwatch()
    for _ in range(TIMES):
        with pytest.raises(BrokerLost):
            await use(MqttConnector(settings))
    assert watch.fair_s < TIMEOUT_S / 2
    await asyncio.sleep(0)
    assert "Traceback" not in caplog.text
    assert not [record for record in caplog.records if record.name == "asyncio"]


async def test_a_broker_that_hangs_up_in_the_moment_of_its_answer_is_lost_and_no_traceback(
    mosquitto: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "BoundedClient", Hasty)
    with pytest.raises(BrokerLost, match="hung up at once"):
        await use(MqttConnector(MqttSettings(HOST, "test", mosquitto.port, timeout_s=TIMEOUT_S)))
    gc.collect()
    assert not [record for record in caplog.records if record.name == "asyncio"]


class Hasty(BoundedClient):
    """Its connection ends before anybody has heard of the answer to its CONNECT."""

    def _on_connect(self, *arguments: Any) -> None:
        super()._on_connect(*arguments)
        self._disconnected.set_exception(aiomqtt.MqttCodeError(4, "Unexpected disconnection"))


async def use(connector: MqttConnector) -> None:
    """One connection's beginning."""
    async with connector(WILL) as broker:
        await broker.subscribe(["test/#"])
        await broker.publish(WILL)
