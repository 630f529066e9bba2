"""A speaker, its player, a broker with an access list, and Home Assistant, all of them real."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import cv2

from fakes.camera import grey
from fakes.demo_process import output_of
from fakes.home_assistant import HomeAssistant
from fakes.memory import in_memory
from moodspeaker.demo.library import stock
from moodspeaker.demo.music import demo_music
from moodspeaker.demo.servers import HOST, die_with_parent, private_mosquitto, private_mpd

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from types import TracebackType

BASE = "moodspeaker/test"
DISCOVERY = "homeassistant/device/moodspeaker_test/config"
CONFIG = Path(__file__).resolve().parents[2] / "config"
WATCHER, SPEAKER = "homeassistant", "moodspeaker"
SPEAKER_YAML = """\
device: {{id: test}}
camera: {{kind: file, source: {folder}/wall.png}}
library: {{music_dir: {music}}}
mpd: {{port: {mpd}}}
mqtt: {{port: {broker}, username: moodspeaker, password_file: {folder}/password}}
"""
PROFILES = "profiles: {evening: {mood: {dwell_s: 180}}, party: {mood: {dwell_s: 5}}}\n"
FEWER_PROFILES = "profiles: {evening: {mood: {dwell_s: 180}}}\n"
HOME_YAML = """
automation: !include automations.yaml
light:
  - platform: template
    lights:
      lamp:
        turn_on: []
        turn_off: []
        set_rgb: []
        set_level: []
"""


class Household:
    """Everything on loopback, in one folder; `async with` starts and ends it."""

    def __init__(self, venv: Path, folder: Path) -> None:
        self.folder = folder
        self.speaker: Process | None = None
        self.music = demo_music(print)
        self.broker = private_mosquitto(folder / "broker")
        self.mpd = private_mpd(in_memory(folder / "mpd"), self.music)
        guard_the_broker(folder / "broker")
        broker = {"broker": HOST, "port": self.broker.port, "discovery": True}
        known = {"discovery_prefix": "homeassistant", "username": WATCHER, "password": WATCHER}
        player = {"host": HOST, "port": self.mpd.port}
        self.home = HomeAssistant(
            venv, folder / "home", {"mqtt": {**broker, **known}, "mpd": player}, home_yaml()
        )
        furnish(self.home.folder)

    async def __aenter__(self) -> Self:
        cv2.imwrite(str(self.folder / "wall.png"), grey())
        (self.folder / "password").write_text(SPEAKER)
        (self.folder / "password").chmod(0o600)
        self.configure(PROFILES)
        await self.broker.start()
        await self.mpd.start()
        await stock(self.mpd.port)
        await self.start_speaker()
        await self.home.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        await self.home.stop()
        await self.kill_speaker()
        await self.mpd.stop()
        await self.broker.stop()

    def configure(self, profiles: str) -> None:
        """Writes the speaker's configuration; a running one needs a SIGHUP to see it."""
        ports = {"mpd": self.mpd.port, "broker": self.broker.port}
        text = SPEAKER_YAML.format(folder=self.folder, music=self.music, **ports)
        (self.folder / "speaker.yaml").write_text(text + profiles)

    async def start_speaker(self) -> None:
        """Starts the service and waits until it says that it is online."""
        with (self.folder / "speaker.log").open("ab") as log:
            self.speaker = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "moodspeaker", "run", "--config", str(self.folder / "speaker.yaml")),
                stderr=log,
                env={**os.environ, "MOODSPEAKER_STATE_DIR": str(self.folder / "state")},
                preexec_fn=die_with_parent,
            )
        for _ in range(40):
            if await self.said("availability", limit_s=1) == "online":
                return
        raise AssertionError(f"no speaker:\n{(self.folder / 'speaker.log').read_text()[-2000:]}")

    async def kill_speaker(self) -> None:
        """Outright, as a power cut would."""
        if self.speaker and self.speaker.returncode is None:
            self.speaker.kill()
            await self.speaker.wait()

    async def said(self, topic: str, limit_s: int = 8) -> str:
        """What the broker keeps on B/`topic`, or on `topic` where it begins with homeassistant."""
        full = topic if topic.startswith("homeassistant") else f"{BASE}/{topic}"
        wait = ("-t", full, "-C", "1", "-W", str(limit_s))
        return (await output_of("mosquitto_sub", *self.login(WATCHER), *wait)).strip()

    async def keep(self, topic: str, text: str) -> None:
        """Lets the broker keep that on B/`topic`, over what the speaker said."""
        message = ("-t", f"{BASE}/{topic}", "-m", text, "-q", "1", "-r")
        await output_of("mosquitto_pub", *self.login(WATCHER), *message)

    async def says(self, topic: str) -> dict[str, Any]:
        """The JSON that the broker keeps there."""
        return dict(json.loads(await self.said(topic)))

    async def comes_to_say(self, topic: str, key: str, wanted: object) -> None:
        """Waits until the JSON there has that value."""
        for _ in range(400):
            if (await self.says(topic)).get(key) == wanted:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{topic}: {key} is {(await self.says(topic)).get(key)}, not {wanted}")

    async def components(self) -> dict[str, dict[str, Any]]:
        """Everything that the speaker announces now, by its key."""
        return dict((await self.says(DISCOVERY))["components"])

    def login(self, user: str) -> tuple[str, ...]:
        """The options of mosquitto_sub and mosquitto_pub that this user needs."""
        return ("-h", HOST, "-p", str(self.broker.port), "-u", user, "-P", user)


def home_yaml() -> str:
    """Our snippets for Home Assistant, and what a house has beside the speaker."""
    text = (CONFIG / "home-assistant" / "configuration.yaml").read_text()
    # The recorder is there once already; its snippet is tried as its settings.
    before, ours = text.split("recorder:\n")
    exclude, after = ours.split("\n\n", 1)
    return f"{exclude}\n{before}{after}{HOME_YAML}"


def furnish(folder: Path) -> None:
    """Our ready-made files, where a person would put them."""
    ours = CONFIG / "home-assistant"
    (folder / "moodspeaker-dashboard.yaml").write_bytes((ours / "dashboard.yaml").read_bytes())
    ringing = (ours / "automations.yaml").read_text()
    assert "hold: {minutes: 2}" in ringing
    (folder / "automations.yaml").write_text(ringing.replace("{minutes: 2}", "{seconds: 2}", 1))
    blueprints = folder / "blueprints/automation/moodspeaker"
    blueprints.mkdir(parents=True)
    for path in (ours / "blueprints/automation/moodspeaker").glob("*.yaml"):
        (blueprints / path.name).write_bytes(path.read_bytes())


def guard_the_broker(folder: Path) -> None:
    """Names, passwords and our example of an access list, for the device id `test`."""
    passwords = folder / "passwords"
    for number, user in enumerate((WATCHER, SPEAKER, "watcher")):
        new = ("-c",) if number == 0 else ()
        subprocess.run(["mosquitto_passwd", "-b", *new, str(passwords), user, user], check=True)
    example = (CONFIG / "mosquitto" / "acl.example").read_text()
    (folder / "acl").write_text(example.replace("living_room", "test"))
    for path in (passwords, folder / "acl"):
        path.chmod(0o600)
    conf = folder / "mosquitto.conf"
    open_to_all = conf.read_text()
    assert "allow_anonymous true" in open_to_all
    conf.write_text(
        open_to_all.replace("allow_anonymous true", "allow_anonymous false")
        + f"password_file {passwords}\nacl_file {folder / 'acl'}\n"
    )
