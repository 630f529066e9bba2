"""The whole service on arm64: under an emulator, between a real MPD and a real broker.

Shows that it starts, sees, chooses, plays and ends there; says nothing of a Pi's speed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pytest
import pytest_asyncio

from arm64.emulation import Emulation
from arm64.processors import PI_4, PI_5
from chroot.tree import NotHere
from fakes.plain_material import Material
from fakes.plain_speaker import PlainSpeaker
from moodspeaker.errors import AssetError
from moodspeaker.runtime.assets import ASSETS, ASTRONAUT, asset_path, fetch

if TYPE_CHECKING:
    from arm64.processors import Processor

pytestmark = pytest.mark.slow

LIMIT_S = 240.0
"""An emulated processor takes ten to twenty times as long, on a machine that has other work."""
MOOD = "{smoothing_s: 2, hold_s: 1, dwell_s: 5, absence_s: 30}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Tagged music, and the labels of it."""
    return await Material.made(tmp_path_factory.mktemp("material"))


@pytest.fixture(scope="module")
def emulation(tmp_path_factory: pytest.TempPathFactory) -> Emulation:
    """The Debian tree, and the files that others publish."""
    try:
        for asset in ASSETS:
            fetch(asset)
        return Emulation.ready(tmp_path_factory.mktemp("cpu"))
    except (AssetError, NotHere) as reason:
        pytest.skip(f"arm64 was not tried: {reason}")


@pytest.mark.parametrize("processor", [PI_4, PI_5], ids=lambda processor: processor.name)
async def test_the_service_on_an_emulated_pi_sees_a_face_tells_plays_and_ends(
    emulation: Emulation, material: Material, tmp_path: Path, processor: Processor
) -> None:
    speaker = a_speaker(tmp_path, material)
    command = emulation.command(
        speaker.config.parent, "run", "--config", "/tmp/speaker.yaml", emulated=processor
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(speaker.config.parent / "notify"))
        systemd.settimeout(LIMIT_S)
        await speaker.start_servers()
        async with speaker.process(*command) as process:
            assert await asyncio.to_thread(systemd.recv, 200) == b"READY=1"
            assert await speaker.until(lambda: speaker.state.get("faces") == 1, LIMIT_S)
            assert await speaker.until(lambda: speaker.state["mood"] == "happy", LIMIT_S)
            assert speaker.state["problem"] is None
            published = json.loads(await speaker.retained("state"))
            assert (published["mood"], published["faces"]) == ("happy", 1)
            next_one = lambda _, queue: queue[-1].startswith("happy/")  # noqa: E731
            assert await speaker.until_player(next_one, LIMIT_S)
            await speaker.command("next", "PRESS")
            assert await speaker.until_player(plays_happy, LIMIT_S)
            os.kill(inner(process.pid), signal.SIGTERM)
            async with asyncio.timeout(LIMIT_S):
                assert await process.wait() == 0
        assert systemd.recv(200) == b"STOPPING=1"
    assert "Traceback" not in log(speaker)
    assert "XNNPACK delegate" in log(speaker)
    await speaker.stop_servers()


def a_speaker(folder: Path, material: Material) -> PlainSpeaker:
    """It looks at a real face; its paths are those of the tree, where its folder is /tmp."""
    speaker = PlainSpeaker(folder / "pi", material, frozenset())
    speaker.put("labels")
    face = cv2.imread(str(asset_path(ASTRONAUT)))
    assert face is not None
    cv2.imwrite(str(speaker.wall), face)
    speaker.config.write_text(
        f"device: {{id: {speaker.name}}}\n"
        f"camera: {{kind: file, source: /tmp/{speaker.wall.name}, busy_load: 100}}\n"
        f"mood: {MOOD}\n"
        f"mpd: {{port: {speaker.mpd.port}, timeout_s: 60}}\n"
        f"mqtt: {{port: {speaker.broker.port}, timeout_s: 60}}\n"
        "library: {music_dir: null}\n"
    )
    return speaker


def plays_happy(status: dict[str, str], queue: list[str]) -> bool:
    """Whether the song that plays is one of the mood."""
    return status["state"] == "play" and queue[int(status["song"])].startswith("happy/")


def log(speaker: PlainSpeaker) -> str:
    """What the process wrote."""
    return speaker.log.read_text()


def inner(pid: int) -> int:
    """The last of the processes that this one started in a row: the emulator."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return inner(int(children[0])) if children else pid
