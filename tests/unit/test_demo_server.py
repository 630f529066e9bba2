"""A server of the demo that is asked to end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from moodspeaker.demo import servers
from moodspeaker.demo.servers import Server


class Slow:
    """A process that ends in the very moment in which it was to be killed."""

    def __init__(self) -> None:
        self.returncode: int | None = None
        self.asked: list[str] = []

    def terminate(self) -> None:
        self.asked.append("terminate")

    def kill(self) -> None:
        self.asked.append("kill")
        raise ProcessLookupError

    async def wait(self) -> int:
        try:
            await asyncio.sleep(0 if "kill" in self.asked else 3600)
        finally:
            self.returncode = 0
        return 0


async def test_a_server_that_ends_as_its_time_is_over_is_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(servers, "STOP_LIMIT_S", 0.0)
    process: Any = Slow()
    server = Server("slow", ("true",), 1)
    server.process = process
    await server.stop()
    assert process.asked == ["terminate", "kill"]
    assert not server.running
