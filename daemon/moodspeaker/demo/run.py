"""`moodspeaker demo`: the real service between a private MPD and a private broker."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.app.parts import speaker_id
from moodspeaker.app.service import Service
from moodspeaker.config.load import load_config
from moodspeaker.config.schema import DEMO_MOOD, Config
from moodspeaker.demo.library import stock
from moodspeaker.demo.music import TRACK_S, demo_music
from moodspeaker.demo.servers import HOST, Server, answers, private_mosquitto, private_mpd
from moodspeaker.demo.source import camera_section
from moodspeaker.demo.story import Story
from moodspeaker.errors import MoodspeakerError
from moodspeaker.runtime.logs import set_up_logs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moodspeaker.config.schema import CameraSection
    from moodspeaker.demo.options import DemoOptions

RESTART_AFTER_S = 2.0
WATCH_EVERY_S = 0.25


def run_demo(options: DemoOptions) -> int:
    """0 once it has run its time or was asked to stop. Raises MoodspeakerError, ConfigError."""
    base = load_config(options.config) if options.config else Config()
    set_up_logs("error")
    story = Story(as_json=options.as_json)
    if options.profile == "demo":
        changed = ", ".join(f"{key} {value:g}" for key, value in DEMO_MOOD.items())
        story.say(f"profile demo: {changed}; tracks of {TRACK_S:g} s")
    camera = camera_section(base.camera, options, story.say)
    music = demo_music(story.say)
    with tempfile.TemporaryDirectory(prefix="moodspeaker-") as folder:
        work = Path(folder)
        mpd, broker = private_mpd(work / "mpd", music), private_mosquitto(work / "mosquitto")
        config = demo_config(base, options, camera, music, mpd.port, broker.port)
        asyncio.run(perform(config, work / "state", story, (mpd, broker), options.seconds))
    return 0


def demo_config(
    base: Config,
    options: DemoOptions,
    camera: CameraSection,
    music: Path,
    mpd_port: int,
    mqtt_port: int,
) -> Config:
    """The user's config (or the defaults) with the demo's own servers, library and profile."""
    mood = DEMO_MOOD if options.profile == "demo" else {}
    changes: dict[str, dict[str, object]] = {
        "mood": dict(mood),
        "library": {"music_dir": str(music)},
        "mpd": {"host": HOST, "port": mpd_port, "password_file": None},
        "mqtt": {"enabled": True, "host": HOST, "port": mqtt_port, "username": None,
                 "password_file": None, "tls": False},
    }  # fmt: skip
    sections = {key: getattr(base, key).model_copy(update=new) for key, new in changes.items()}
    return base.model_copy(update={"camera": camera, **sections})


async def perform(
    config: Config, state_dir: Path, story: Story, servers: Sequence[Server], seconds: float | None
) -> None:
    """Starts the servers, runs the service, and leaves nothing running."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        for server in servers:
            await server.start()
        await stock(config.mpd.port)
        tell_started(story, config, state_dir)
        if seconds:
            loop.call_later(seconds, stop.set)
        async with asyncio.TaskGroup() as group:
            guards = [group.create_task(guard(server, story)) for server in servers]
            await Service(config, state_dir, observer=story).run(stop)
            for task in guards:
                task.cancel()
    except* MoodspeakerError as errors:
        raise errors.exceptions[0] from None
    finally:
        for server in reversed(servers):
            await server.stop()
    story.tell("ended", "everything is stopped")


def tell_started(story: Story, config: Config, state_dir: Path) -> None:
    """Where everything is, for whoever wants to look at it from outside."""
    story.tell(
        "started",
        f"MPD on {HOST}:{config.mpd.port}, MQTT on {HOST}:{config.mqtt.port}, "
        f"camera {config.camera.kind} {config.camera.source}",
        mpd_port=config.mpd.port,
        mqtt_port=config.mqtt.port,
        device_id=speaker_id(config),
        music_dir=config.library.music_dir,
        state_dir=str(state_dir),
    )


async def guard(server: Server, story: Story) -> None:
    """Starts a server again that died, unless somebody else already serves its port."""
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        if server.running:
            continue
        story.tell(
            "server", f"{server.name} is gone; back in {RESTART_AFTER_S:g} s", name=server.name
        )
        await asyncio.sleep(RESTART_AFTER_S)
        if await answers(server.port):
            story.tell("server", f"{server.name}: somebody else serves its port", name=server.name)
            return
        await server.start()
        story.tell("server", f"{server.name} is back", name=server.name)
