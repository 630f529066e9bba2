"""A service at home, for benches of months: its servers, its clip, its process, its people."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiomqtt

from moodspeaker.config.schema import DEMO_MOOD, Config
from moodspeaker.demo.clip import demo_clip
from moodspeaker.demo.library import stock
from moodspeaker.demo.music import demo_music
from moodspeaker.demo.servers import HOST, die_with_parent, private_mosquitto, private_mpd
from moodspeaker.home.topics import Topics
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Sequence

SPEAKER = "bench"
TOPICS = Topics(SPEAKER)
FPS = 10
COMMAND_EVERY_S, PREVIEW_EVERY_S, PREVIEW_S, RESTART_EVERY_S, DOWN_S = 7.0, 120.0, 30.0, 90.0, 3.0
WATCH_S = 20.0
STOP_LIMIT_S = 10.0
COMMANDS = (
    *[("mood", emotion.value) for emotion in Emotion],
    *[("mood", "auto")] * 4,
    *[(button, "PRESS") for button in ("like", "dislike", "next", "pause", "play", "wrong_mood")],
    ("undo_feedback", "PRESS"), ("duck", "3"), ("dwell_s", "5"), ("dwell_s", "6"),
    ("policy", "match"), ("policy", "lift"), ("following", "ON"), ("volume_max", "80"),
    ("no_such_entity", "1"), ("mood", "no mood at all"),
)  # fmt: skip


class Home:
    """MPD, broker, a clip of somebody who comes and goes, and one service among them.

    `async with` starts and stops the servers; `service` runs the process. Tracks last 8 s.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state_dir = folder / "state"
        self.log = folder / "service.log"
        self.music = demo_music(print)
        self.clip = demo_clip(print)
        self.mpd = private_mpd(folder / "mpd", self.music)
        self.broker = private_mosquitto(folder / "mosquitto")

    async def __aenter__(self) -> Home:
        await self.mpd.start()
        await self.broker.start()
        await stock(self.mpd.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.broker.stop()
        await self.mpd.stop()

    def configure(self, mood: dict[str, float] | None = None, **sections: dict[str, Any]) -> Path:
        """Writes the config; without `mood` it is the demo's, at 240 changes an hour."""
        lively = {**DEMO_MOOD, "changes_per_hour": 240, "absence_s": 3.0}
        camera = {"kind": "file", "source": str(self.clip), "at_end": "loop",
                  "fps_idle": FPS, "fps_active": FPS, "busy_load": 100, "hot_c": 120}  # fmt: skip
        config = Config.model_validate(
            {
                "device": {"id": SPEAKER},
                "camera": camera,
                "mood": lively if mood is None else mood,
                "library": {"music_dir": str(self.music)},
                "mpd": {"host": HOST, "port": self.mpd.port},
                "mqtt": {"host": HOST, "port": self.broker.port},
                **sections,
            }
        )
        path = self.folder / "speaker.yaml"
        path.write_text(config.model_dump_json(exclude_unset=True))
        return path

    @asynccontextmanager
    async def service(self, argv: Sequence[str]) -> AsyncIterator[Process]:
        """That process, ended in order with the context; its log if it died before."""
        with self.log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stderr=stderr,
                env={**os.environ, "MOODSPEAKER_STATE_DIR": str(self.state_dir)},
                preexec_fn=die_with_parent,
            )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
                async with asyncio.timeout(STOP_LIMIT_S):
                    await process.wait()
            else:
                print(self.log.read_text()[-2000:], file=sys.stderr)

    def run_argv(self, config: Path) -> tuple[str, ...]:
        """The service's own command."""
        return sys.executable, "-m", "moodspeaker", "run", "--config", str(config)

    async def command(self, entity: str, payload: str) -> None:
        """Over MQTT; a broker that is down just now is no matter."""
        with suppress(aiomqtt.MqttError):
            async with aiomqtt.Client(HOST, self.broker.port) as broker:
                await broker.publish(TOPICS.command(entity), payload.encode(), qos=1)

    async def said(self, topic: str, limit_s: float = 15.0) -> dict[str, Any]:
        """What the broker keeps there; empty where nothing came in time."""
        with suppress(aiomqtt.MqttError, TimeoutError):
            async with aiomqtt.Client(HOST, self.broker.port) as broker, asyncio.timeout(limit_s):
                await broker.subscribe(topic)
                async for message in broker.messages:
                    return dict(json.loads(bytes(message.payload)))
        return {}


async def commanding(home: Home, rng: random.Random, every_s: float = COMMAND_EVERY_S) -> None:
    """People press and choose, for ever; some of it is nonsense."""
    while True:
        await asyncio.sleep(rng.uniform(0.5, 1.5) * every_s)
        await home.command(*rng.choice(COMMANDS))


async def previewing(home: Home) -> None:
    """Somebody looks at the pictures now and then."""
    while True:
        await asyncio.sleep(PREVIEW_EVERY_S)
        await home.command("preview", "ON")
        await asyncio.sleep(PREVIEW_S)
        await home.command("preview", "OFF")


async def restarting(home: Home) -> None:
    """Broker and MPD go and come again, by turns."""
    servers = (home.broker, home.mpd)
    for turn in range(10**9):
        await asyncio.sleep(RESTART_EVERY_S)
        server = servers[turn % 2]
        await server.stop()
        await asyncio.sleep(DOWN_S)
        await server.start()


async def watching(home: Home) -> None:
    """An onlooker at the control socket, who leaves and comes again."""
    while True:
        with suppress(OSError, TimeoutError):
            reader, writer = await asyncio.open_unix_connection(home.state_dir / "control.sock")
            try:
                writer.write(b'{"watch": true}\n')
                async with asyncio.timeout(WATCH_S):
                    while await reader.readline():
                        pass
            finally:
                writer.close()
        await asyncio.sleep(1)
