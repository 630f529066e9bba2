"""The main job, end to end: real MPD, real broker, real pictures, the shipped model."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pytest

from fakes.demo_process import Event, demo, pids_listening, queue_of, retained
from fakes.metronome import Stopwatch, running
from moodspeaker.demo.clip import make_clip
from moodspeaker.vision.clips import open_clip

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(
    not all(shutil.which(name) for name in ("mpd", "mpc", "mosquitto_sub", "ffmpeg")),
    reason="mpd, mpc, mosquitto-clients or ffmpeg is not installed: no demo",
)
BACK_IN_SYNC_S = 5.0


def mood(name: str) -> Callable[[Event], bool]:
    """An event that says the mood has become `name`."""
    return lambda event: event["event"] == "mood" and event["after"] == name


def queued(name: str) -> Callable[[Event], bool]:
    """An event that says a track of that folder was queued."""
    return lambda event: event["event"] == "queued" and event["uri"].startswith(f"{name}/")


def published(suffix: str, part: str = "") -> Callable[[Event], bool]:
    """An event that says a message with `part` in it went to a topic with that ending."""
    return lambda event: (
        event["event"] == "published"
        and event["topic"].endswith(suffix)
        and part in event["payload"]
    )


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody for 2 s, a smile for 12 s, nobody again."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    make_clip(path, absent_s=2, present_s=12, gone_s=2)
    return path


@pytest.fixture(scope="session")
def smile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A smile that stays: the last frame of the clip is held."""
    path = tmp_path_factory.mktemp("smile") / "smile.mp4"
    make_clip(path, absent_s=1, present_s=8, gone_s=0)
    return path


async def test_a_smile_brings_happy_music_and_everybody_is_told(
    tmp_path: Path, smile: Path
) -> None:
    async with demo(tmp_path, "--source", str(smile)) as run:
        started = await run.until(lambda e: e["event"] == "started")
        assert set(started) >= {"mpd_port", "mqtt_port", "device_id", "music_dir", "state_dir"}
        await run.until(mood("happy"))
        await run.until(queued("happy"))
        base = f"moodspeaker/{started['device_id']}"
        await run.until(published("/track", "happy/"))
        queue = await queue_of(started["mpd_port"])
        held = await retained(started["mqtt_port"], f"{base}/#", 5)
        announced = await retained(started["mqtt_port"], "homeassistant/#", 1)
        watch = Stopwatch()
        run.process.send_signal(signal.SIGTERM)
        assert await run.finish() == 0
        assert watch.fair_s < 5
    assert any(uri.startswith("happy/") for uri in queue)
    assert held[f"{base}/availability"] == "online"
    assert json.loads(held[f"{base}/state"])["mood"] == "happy"
    assert json.loads(held[f"{base}/track"])["uri"].startswith("happy/")
    assert "components" in json.loads(
        announced[f"homeassistant/device/moodspeaker_{started['device_id']}/config"]
    )
    assert published("/availability", "offline")(run.of("published")[-1])


async def test_the_mood_ends_when_nobody_is_there_any_more(tmp_path: Path, clip: Path) -> None:
    async with demo(tmp_path, "--source", str(clip), "--pace", "fast") as run:
        await run.until(mood("happy"))
        await run.until(mood("absent"))


async def test_a_demo_ends_by_itself_and_leaves_nothing_running(
    tmp_path: Path, smile: Path
) -> None:
    async with demo(tmp_path, "--source", str(smile), "--seconds", "3") as run:
        started = await run.until(lambda e: e["event"] == "started")
        assert await run.finish() == 0
    assert run.events[-1]["event"] == "ended"
    for port in (started["mpd_port"], started["mqtt_port"]):
        assert pids_listening(port) == []
        # Whoever listened there would have been found.
        with socket.create_server(("127.0.0.1", port)):
            assert pids_listening(port) == [os.getpid()]
    assert not Path(started["state_dir"]).exists()


@pytest.mark.parametrize("server", ["mpd_port", "mqtt_port"])
async def test_a_killed_server_comes_back_and_the_service_is_in_sync_soon(
    tmp_path: Path, smile: Path, server: str
) -> None:
    async with demo(tmp_path, "--source", str(smile)) as run:
        started = await run.until(lambda e: e["event"] == "started")
        await run.until(queued("happy"))
        machine = running()
        for pid in pids_listening(started[server]):
            os.kill(pid, signal.SIGKILL)
        await run.until(lambda e: e["event"] == "server")
        in_sync = await run.until(
            published("/availability", "online")
            if server == "mqtt_port"
            else lambda e: e["event"] == "playing" and e["uri"] is not None
        )
        # The service may be there before the demo has said that the server is.
        if len(run.of("server")) < 2:
            await run.until(lambda e: e["event"] == "server")
        back = run.of("server")[1]
        assert in_sync["at"] - back["at"] - machine.lost_s(back["at"]) < BACK_IN_SYNC_S
        if server == "mpd_port":
            assert await queue_of(started[server])
            return
        base = f"moodspeaker/{started['device_id']}"
        held = await retained(started[server], f"{base}/#", 5)
        assert json.loads(held[f"{base}/state"])["mood"] == "happy"


async def test_the_defaults_walk_the_same_path_over_twenty_minutes(tmp_path: Path) -> None:
    timeline = tmp_path / "timeline.mp4"
    await asyncio.to_thread(make_clip, timeline, 300, 600, 300, 1)
    async with demo(
        tmp_path, "--source", str(timeline), "--pace", "fast", "--profile", "default"
    ) as run:
        await run.until(mood("happy"), limit_s=600)
        await run.until(queued("happy"))
        await run.until(mood("absent"), limit_s=600)
    happy = [e for e in run.of("mood") if e["after"] == "happy"]
    assert len(happy) == 1


async def test_the_real_clip_goes_from_neutral_or_unsure_to_happy(
    tmp_path: Path, data_folder: Path
) -> None:
    source = data_folder / "media" / "pyfeat_single_face.mp4"
    async with demo(tmp_path, "--source", str(source), "--seconds", "40") as run:
        started = await run.until(lambda e: e["event"] == "started")
        change = await run.until(mood("happy"))
        await run.until(queued("happy"))
        queue = await queue_of(started["mpd_port"])
        assert await run.finish() == 0
    assert change["before"] in {"neutral", "unsure"}
    assert any(uri.startswith("happy/") for uri in queue)


async def test_the_defaults_follow_the_real_clip_stretched_to_twenty_minutes(
    tmp_path: Path, data_folder: Path
) -> None:
    timeline = tmp_path / "timeline.mp4"
    await asyncio.to_thread(
        stretch, data_folder / "media" / "pyfeat_single_face.mp4", timeline, 20 * 60
    )
    options = ("--source", str(timeline), "--pace", "fast", "--profile", "default")
    async with demo(tmp_path, *options) as run:
        started = await run.until(lambda e: e["event"] == "started")
        change = await run.until(mood("happy"), limit_s=600)
        await run.until(queued("happy"))
        queue = await queue_of(started["mpd_port"])
    assert change["before"] in {"neutral", "unsure"}
    assert any(uri.startswith("happy/") for uri in queue)


def stretch(source: Path, target: Path, seconds: int) -> None:
    """The same clip, a frame a second, each frame shown long enough to fill the time."""
    images = [image for _, image in open_clip(source).frames()]
    height, width = images[0].shape
    writer = cv2.VideoWriter(
        str(target), cv2.VideoWriter.fourcc(*"mp4v"), 1, (width, height), isColor=False
    )
    for second in range(seconds):
        writer.write(images[second * len(images) // seconds])
    writer.release()
