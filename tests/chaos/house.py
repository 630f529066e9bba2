"""The service as a process between a real MPD and a real broker, each behind a proxy."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import aiomqtt

from chaos.speaker import LOG_NAME, Speaker
from fakes.locked_broker import OWNER, SPEAKER, LockedBroker
from fakes.memory import memory_or
from fakes.metronome import Stopwatch
from fakes.proxy import Proxy
from fakes.service_house import TOPICS, answer
from moodspeaker.demo.library import stock
from moodspeaker.demo.music import demo_music
from moodspeaker.demo.servers import HOST, private_mpd
from moodspeaker.runtime.assets import model_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from moodspeaker.demo.servers import Server

POLL_S = 0.05
MQTT_LIMIT_S = 2.0
MPD_LIMIT_S = 30.0
CONNECTIONS = (1, 2)
"""To the broker; to MPD, for the queue and for stickers. Songs of eight seconds are not counted."""
MPD_PASSWORD = """\
password "right@read,add,control,admin"
default_permissions "read,add,control,admin"
"""
CONFIG = """\
device: {{id: {device}}}
camera: {{kind: v4l2, source: {clip}, timeout_s: 2, fps_active: 5, fps_idle: 5, busy_load: 100, \
hot_c: 120}}
vision: {{model: {model}}}
mood: {{smoothing_s: 2, hold_s: 1, dwell_s: 5, absence_s: 3}}
music: {{no_repeat_hours: 0, artist_spacing: 0, artists_per_hour: 100, tracks_ahead: 2}}
library: {{music_dir: {music}, write_counts: true}}
mpd: {{host: localhost, port: {mpd}, password_file: {mpd_password}, timeout_s: 2}}
mqtt: {{host: localhost, port: {mqtt}, username: {user}, password_file: {password}, \
timeout_s: 2, keepalive_s: 5}}
"""


class House(Speaker):
    """Everything of one life."""

    def __init__(self, folder: Path, clip: Path) -> None:
        # A socket's path is short.
        super().__init__(folder, folder / "c.sock")
        self.clip = clip
        self.music = folder / "music"
        self.model = folder / "model" / "emotion.tflite"
        self.password = folder / "password"
        self.mpd_password = folder / "mpd-password"
        self.broker = LockedBroker(folder / "broker")
        self.mpd: Server = private_mpd(folder / "mpd", self.music)
        self.to_broker, self.to_mpd = Proxy(self.broker.port), Proxy(self.mpd.port)
        self.on_tmpfs = False
        self._knobs: dict[str, Any] = {}

    def turn(self, **knobs: Any) -> None:
        """Sets knobs of the service's surroundings; see `speaker_process`."""
        self._knobs |= knobs
        draft = self.knobs_path.with_suffix(".new")
        draft.write_text(json.dumps(self._knobs))
        draft.replace(self.knobs_path)

    def mend(self) -> None:
        """Whatever a fault that failed half-way has left as it was."""
        self.turn(**dict.fromkeys(self._knobs, ""))
        self.to_broker.heal()
        self.to_mpd.heal()
        self.write_config()
        self.reading.set()

    async def ctl(self, entity: str, payload: str = "PRESS") -> dict[str, Any]:
        """A command on the control socket."""
        return await self.onlooker.ctl(entity, payload)

    def told(self) -> list[str]:
        """What the state says is wrong now, and why the mood and the queue are as they are."""
        state = self.onlooker.state
        wrong = (state.get("problem") or "").split("; ")
        held = state.get("held_by")
        return [*filter(None, wrong), *([f"held: {held}"] if held else []), state.get("reason", "")]

    async def mpd_says(self, *commands: str) -> str:
        """The real MPD's answer, past the proxy. Raises OSError and TimeoutError."""
        async with asyncio.timeout(MPD_LIMIT_S):
            reader, writer = await asyncio.open_connection(HOST, self.mpd.port)
            try:
                await reader.readline()
                script = ["command_list_begin", *commands, "command_list_end"]
                writer.write("".join(f"{line}\n" for line in script).encode())
                text = ""
                while not text.endswith("OK\n") and "ACK [" not in text:
                    piece = await reader.readline()
                    if not piece:
                        raise ConnectionResetError("MPD hung up")
                    text += piece.decode()
            finally:
                writer.transport.abort()
        return text

    async def playing(self) -> dict[str, str]:
        """MPD's status."""
        rows = (line.split(": ", 1) for line in (await self.mpd_says("status")).splitlines())
        return {row[0]: row[1] for row in rows if len(row) == 2}

    @property
    def connected(self) -> bool:
        """Whether the service has all its connections."""
        proxies = (self.to_broker, self.to_mpd)
        return all(p.connected >= n for p, n in zip(proxies, CONNECTIONS, strict=True))

    async def music_goes_on(self, limit_s: float = 8.0) -> bool:
        """Whether MPD gets on with a song."""
        watch, before = Stopwatch(), None
        while watch.fair_s < limit_s:
            try:
                status = await self.playing()
            except (OSError, TimeoutError):
                continue
            now = (status.get("songid"), status.get("elapsed"))
            if status["state"] == "play" and before and now != before:
                return True
            before = now if status["state"] == "play" else None
            await asyncio.sleep(POLL_S)
        return False

    async def not_well(self) -> str:
        """What is not as it should be; empty when all is."""
        wrong = "; ".join(self.told()[:-1]) or self._seen_wrong()
        if wrong:
            return wrong
        try:
            if not (await self.ctl("margin", "0.1"))["ok"]:
                return "the control socket refuses"
            status = await self.playing()
            if status["state"] != "play" or int(status["playlistlength"]) < 2:
                return f"MPD {status['state']}, {status['playlistlength']} songs"
            return await self._asked_by_mqtt()
        except (OSError, TimeoutError, aiomqtt.MqttError, ValueError) as error:
            return repr(error)

    @asynccontextmanager
    async def owner(self, *topics: str) -> AsyncIterator[aiomqtt.Client]:
        """The owner at the broker, past the proxy."""
        login = {"username": OWNER, "password": "right", "timeout": MQTT_LIMIT_S}
        async with aiomqtt.Client(HOST, self.broker.port, **login) as client:
            for topic in topics:
                await client.subscribe(topic, qos=1)
            yield client

    def leave_log(self, folder: Path) -> None:
        """Where it can be read afterwards."""
        if (self.folder / LOG_NAME).exists():
            shutil.copy(self.folder / LOG_NAME, folder)

    def write_config(self) -> None:
        """The good one."""
        places = {
            "device": TOPICS.device_id,
            "clip": self.clip,
            "model": self.model,
            "music": self.music,
            "mpd": self.to_mpd.port,
            "mpd_password": self.mpd_password,
            "mqtt": self.to_broker.port,
            "user": SPEAKER,
            "password": self.password,
        }
        draft = self.config.with_suffix(".new")
        draft.write_text(CONFIG.format(**places))
        draft.replace(self.config)

    def _seen_wrong(self) -> str:
        state = self.onlooker.state
        parts = [f"{part} {state.get(part)}" for part in ("camera_health", "model_health")]
        return ", ".join(text for text in parts if not text.endswith(" ok"))

    async def _asked_by_mqtt(self) -> str:
        async with asyncio.timeout(MQTT_LIMIT_S), self.owner(TOPICS.result) as owner:
            taken = await answer(owner, "margin", b"0.1")
        return "" if taken["ok"] else f"over MQTT: {taken['error']}"


@asynccontextmanager
async def house(folder: Path, clip: Path) -> AsyncIterator[House]:
    """All of it made and running, the service not yet; only its log is left in `folder`.

    In memory: whoever waits for a busy disk, a server or the proxies here, answers nobody.
    """
    async with AsyncExitStack() as stack:
        memory = Path(stack.enter_context(TemporaryDirectory(dir=memory_or(folder))))
        one = furnished(memory, clip)
        stack.callback(one.leave_log, folder)
        one.on_tmpfs = mounted(one.disk)
        stack.callback(unmounted, one.disk)
        for server in (one.broker, one.mpd):
            await server.start()
            stack.push_async_callback(server.stop)
        await stock(one.mpd.port)
        for proxy in (one.to_broker, one.to_mpd):
            await proxy.accept()
            stack.push_async_callback(proxy.refuse)
        yield one


@asynccontextmanager
async def running(one: House) -> AsyncIterator[House]:
    """The service in its house, killed at the end if it still runs."""
    await one.start()
    try:
        yield one
    finally:
        await one.end()


def furnished(folder: Path, clip: Path) -> House:
    """Every file in its place."""
    for name in ("disk", "model"):
        (folder / name).mkdir()
    shutil.copytree(demo_music(lambda text: None), folder / "music")
    one = House(folder, clip)
    for file in model_folder().glob("emotion.*"):
        shutil.copy(file, one.model.parent)
    one.password.write_text("right\n")
    one.mpd_password.write_text("right\n")
    with (folder / "mpd" / "mpd.conf").open("a") as conf:
        conf.write(MPD_PASSWORD)
    one.write_config()
    one.turn(camera="")
    return one


def mounted(folder: Path) -> bool:
    """A small disk of its own, where we may mount one."""
    argv = ("mount", "-t", "tmpfs", "-o", "size=4m", "moodspeaker-chaos", str(folder))
    return (
        os.geteuid() == 0 and subprocess.run(argv, capture_output=True, check=False).returncode == 0
    )


def unmounted(folder: Path) -> None:
    """Takes it away again."""
    if os.path.ismount(folder):
        subprocess.run(("umount", "-l", str(folder)), check=True, capture_output=True)
