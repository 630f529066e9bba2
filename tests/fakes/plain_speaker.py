"""The real service with a real MPD and a real broker, of which any part may be missing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from mpd.asyncio import MPDClient

from fakes.demo_process import output_of
from fakes.memory import in_memory
from fakes.metronome import Stopwatch
from moodspeaker.app.service import Service
from moodspeaker.config.load import parse_config
from moodspeaker.demo.servers import HOST, private_mosquitto, private_mpd
from moodspeaker.runtime.assets import model_folder

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from fakes.plain_material import Material

LIMIT_S = 60.0
"""Seconds are enough on a machine that has nothing else to do."""
PARTS = ("camera", "model", "broker", "labels", "library")
"""What may be missing, and MPD itself: `mpd`."""


def linked(source: str, target: str) -> None:
    """The same file under another name: a copy that costs no disk."""
    with suppress(FileExistsError):
        os.link(source, target)


class PlainSpeaker:
    """One speaker in a folder of its own. `told` is the newest of what its socket tells."""

    def __init__(self, folder: Path, material: Material, missing: frozenset[str]) -> None:
        self.missing = missing
        self.told: dict[str, Any] = {}
        self.ended_s: float | None = None
        """How long it took to end once it was asked to; None where it did not."""
        self._material = material
        self._folder = folder
        self.wall, self.model = folder / "wall.png", folder / "model" / "emotion.tflite"
        self.labels = folder / "state" / "labels.db"
        self.music = folder / "music"
        for made in (self.model.parent, self.labels.parent, self.music):
            made.mkdir(parents=True)
        self.mpd = private_mpd(in_memory(folder / "mpd"), self.music)
        self.broker = private_mosquitto(folder / "broker")
        self.config, self.log = folder / "speaker.yaml", folder / "log"
        self.config.write_text(self._yaml())

    @property
    def state(self) -> dict[str, Any]:
        """The newest that was told."""
        return dict(self.told.get("state", {}))

    @property
    def health(self) -> dict[str, str]:
        """What each part says of itself."""
        return dict(self.service._speaker.health)

    @asynccontextmanager
    async def living(self) -> AsyncIterator[PlainSpeaker]:
        """The servers and the service, ended in order; an error of the service comes out."""
        for part in ("camera", "model", "labels", "library"):
            if part not in self.missing:
                self.put(part)
        await self.start_servers()
        stop = asyncio.Event()
        self.began = Stopwatch()
        self.service = self._service()
        life = asyncio.create_task(self.service.run(stop))
        looking = asyncio.create_task(self._look_on())
        await asyncio.sleep(0)
        try:
            yield self
        finally:
            asked = Stopwatch()
            stop.set()
            async with asyncio.timeout(LIMIT_S):
                await asyncio.wait([life])
            self.ended_s = asked.fair_s
            looking.cancel()
            await self.stop_servers()
        await life

    @asynccontextmanager
    async def process(self, *argv: str, **environment: str) -> AsyncIterator[Process]:
        """The service as a process, without servers; killed at the end if it still runs.

        `argv` is another command that runs it.
        """
        usual = (sys.executable, "-m", "moodspeaker", "run", "--config", str(self.config))
        told = {"MOODSPEAKER_STATE_DIR": str(self.labels.parent)}
        told["MOODSPEAKER_CONTROL"] = str(self._socket)
        with self.log.open("w") as log:
            process = await asyncio.create_subprocess_exec(
                *(argv or usual),
                env={**os.environ, **told, **environment},
                stderr=log,
            )
        looking = asyncio.create_task(self._look_on())
        try:
            yield process
        finally:
            looking.cancel()
            if process.returncode is None:
                process.kill()
                await process.wait()

    def put(self, part: str) -> None:
        """Files of a part, as if a person had just put them there."""
        match part:
            case "camera":
                shutil.copy(self._material.wall, self.wall)
            case "model":
                for ending in (".json", ".tflite"):
                    whole = (model_folder() / "emotion").with_suffix(ending)
                    shutil.copy(whole, self.model.with_suffix(ending))
            case "labels":
                shutil.copy(self._material.labels, self.labels)
            case "library":
                shutil.copytree(
                    self._material.music, self.music, dirs_exist_ok=True, copy_function=linked
                )

    async def start_servers(self) -> None:
        """Those that are not missing; MPD has read its folder."""
        if "broker" not in self.missing:
            await self.broker.start()
        if "mpd" not in self.missing:
            if "library" not in self.missing:
                self.put("library")
            await self.mpd.start()
            await self.update()

    async def stop_servers(self) -> None:
        """Both."""
        await self.mpd.stop()
        await self.broker.stop()

    async def update(self) -> None:
        """As `mpc update --wait`."""
        await output_of(
            "mpc", "-h", HOST, "-p", str(self.mpd.port), "update", "--wait", limit_s=LIMIT_S
        )

    async def scan(self) -> None:
        """As `moodspeaker library scan`."""
        config = self._folder / "scan.yaml"
        config.write_text(
            f"mpd: {{port: {self.mpd.port}}}\nlibrary: {{music_dir: {self._material.music}}}\n"
        )
        argv = (sys.executable, "-m", "moodspeaker", "library", "scan", "--config", str(config))
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "MOODSPEAKER_STATE_DIR": str(self.labels.parent)},
        )
        assert await process.wait() == 0

    async def command(self, entity: str, payload: str) -> None:
        """Over the broker where there is one, else over the socket. It has to be obeyed."""
        if "broker" in self.missing:
            reader, writer = await asyncio.open_unix_connection(str(self._socket))
            writer.write(json.dumps({"entity": entity, "payload": payload}).encode() + b"\n")
            answer = json.loads(await reader.readline())
            writer.close()
            assert answer == {"entity": entity, "ok": True, "error": None}
        else:
            topic, port = f"{self.base}/set/{entity}", str(self.broker.port)
            where = ("-h", HOST, "-p", port, "-t", topic)
            await output_of("mosquitto_pub", *where, "-q", "1", "-m", payload, limit_s=LIMIT_S)

    async def retained(self, topic: str) -> str:
        """What the broker holds there; empty where that is nothing."""
        where = ("-h", HOST, "-p", str(self.broker.port), "-t", f"{self.base}/{topic}")
        return (
            await output_of("mosquitto_sub", *where, "-C", "1", "-W", "2", limit_s=LIMIT_S)
        ).strip()

    async def until_retained(self, topic: str, wanted: Callable[[str], object]) -> str:
        """What the broker holds there once it is so, or after the limit."""
        watch = Stopwatch()
        while not wanted(held := await self.retained(topic)) and watch.fair_s < LIMIT_S:
            pass
        return held

    async def player(self) -> tuple[dict[str, str], list[str]]:
        """(MPD's status, the uris in its queue)."""
        client = MPDClient()
        await client.connect(HOST, self.mpd.port)
        status, rows = await client.status(), await client.playlistinfo()
        client.disconnect()
        return status, [row["file"] for row in rows]

    async def until(self, wanted: Callable[[], object], limit_s: float = LIMIT_S) -> bool:
        """Whether it came to be so in time; what the machine stood still does not count."""
        watch = Stopwatch()
        while watch.fair_s < limit_s:
            if wanted():
                return True
            await asyncio.sleep(0.05)
        return False

    async def until_player(
        self, wanted: Callable[[dict[str, str], list[str]], object], limit_s: float = LIMIT_S
    ) -> bool:
        """The same of MPD."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while not wanted(*await self.player()):
                    await asyncio.sleep(0.1)
                return True
        return False

    def broker_log(self) -> str:
        """What the broker wrote."""
        return (self._folder / "broker" / "mosquitto.log").read_text()

    @property
    def name(self) -> str:
        """Its id."""
        return self._folder.name

    @property
    def base(self) -> str:
        """Of all its topics."""
        return f"moodspeaker/{self.name}"

    @property
    def _socket(self) -> Path:
        return self.labels.parent / "control.sock"

    def _service(self) -> Service:
        config = parse_config(self.config.read_text(), "speaker.yaml")
        # Else all would want the one of the system, where its folder is there.
        with patch.dict(os.environ, {"MOODSPEAKER_CONTROL": str(self._socket)}):
            return Service(config, self.labels.parent, self.config)

    def _yaml(self) -> str:
        # Load of other tests must not be told as a problem.
        return (
            f"device: {{id: {self.name}}}\n"
            f"camera: {{kind: file, source: {self.wall}, fps_idle: 4, busy_load: 100}}\n"
            f"vision: {{model: {self.model}}}\n"
            "mood: {absence_s: 1}\n"
            f"mpd: {{port: {self.mpd.port}}}\n"
            f"mqtt: {{port: {self.broker.port}}}\n"
            "library: {music_dir: null}\n"
        )

    async def _look_on(self) -> None:
        """Reads on for ever."""
        reader, writer = await self._connected()
        writer.write(b'{"watch": true}\n')
        while line := await reader.readline():
            self.told.update(json.loads(line))
        writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The socket's file is there a moment before anybody listens."""
        while True:
            try:
                return await asyncio.open_unix_connection(str(self._socket))
            except (FileNotFoundError, ConnectionRefusedError):
                await asyncio.sleep(0.02)
