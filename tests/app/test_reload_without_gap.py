"""Settings that change while a song plays: in force at once, and nobody hears it."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from fakes.memory import in_memory
from fakes.metronome import Stopwatch
from fakes.plain_speaker import PlainSpeaker
from moodspeaker.demo.servers import free_port, private_mpd

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from fakes.plain_material import Material

IN_FORCE_S = 5.0
"""About a tenth of a second on a machine that has nothing else to do."""
EVERY_S = 0.1
LATE_S = 1.0
"""How far a song may lag behind the clock: MPD tells whole chunks of sound."""
PROFILE = "profiles: {evening: {mood: {margin: 0.31}}}"


class Song:
    """The song that plays, looked at again and again; `gaps` are what nobody should hear."""

    def __init__(self, speaker: PlainSpeaker) -> None:
        self._speaker = speaker
        self.looks: list[tuple[float, str, str, float]] = []
        self._since = Stopwatch()

    async def watch(self) -> None:
        """For ever."""
        while True:
            status, _ = await self._speaker.player()
            song = (status["state"], status.get("songid", ""), float(status.get("elapsed", 0)))
            self.looks.append((time.monotonic(), *song))
            await asyncio.sleep(EVERY_S)

    def gaps(self) -> list[str]:
        """Stops, other songs, steps back, and time that was lost."""
        found = []
        for before, after in zip(self.looks, self.looks[1:], strict=False):
            if after[1] != "play" or after[2] != before[2] or after[3] < before[3]:
                found.append(f"{before} -> {after}")
        first, last = self.looks[0], self.looks[-1]
        lost_s = (last[0] - first[0]) - (last[3] - first[3])
        # While this machine stands still nobody plays.
        late_s = LATE_S + self._since.lost_s
        return [*found, *([f"{lost_s:.2f} s lost"] if abs(lost_s) > late_s else [])]


class Room:
    """A speaker as a process, and its config to be changed."""

    def __init__(self, speaker: PlainSpeaker, process: Process) -> None:
        self.speaker = speaker
        self._process = process
        self._lines = speaker.config.read_text().splitlines()

    def reload(self, *sections: str) -> None:
        """As a person who edits these sections and says `systemctl reload`."""
        names = tuple(section.split(":")[0] + ":" for section in sections)
        kept = [line for line in self._lines if not line.startswith(names)]
        self._lines = [*kept, *sections]
        self.speaker.config.write_text("\n".join(self._lines) + "\n")
        self._process.send_signal(signal.SIGHUP)

    async def sees(self, wanted: Callable[[PlainSpeaker], object]) -> bool:
        """Whether it is so soon."""
        return await self.speaker.until(lambda: wanted(self.speaker), IN_FORCE_S)

    async def is_told(self, available: str) -> bool:
        """Whether the broker comes to hold that of the speaker soon."""
        watch = Stopwatch()
        while (held := await self.speaker.retained("availability")) != available:
            if watch.fair_s > IN_FORCE_S:
                break
        return held == available

    async def queued(self, wanted: Callable[[list[str]], object]) -> bool:
        """The same of MPD's queue."""
        return await self.speaker.until_player(lambda _, queue: wanted(queue))


@pytest_asyncio.fixture
async def room(material: Material, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    """A whole speaker that plays its first song."""
    speaker = PlainSpeaker(tmp_path_factory.mktemp("room") / "s", material, frozenset())
    for part in ("camera", "model", "labels"):
        speaker.put(part)
    await speaker.start_servers()
    try:
        async with speaker.process() as process:
            assert await speaker.until(lambda: speaker.state.get("mood") == "absent")
            playing = lambda status, queue: status["state"] == "play" and len(queue) > 1  # noqa: E731
            assert await speaker.until_player(playing)
            assert await speaker.until_retained("availability", "online".__eq__) == "online"
            assert await speaker.until(lambda: told(speaker, "tuning") and told(speaker, "track"))
            yield Room(speaker, process)
    finally:
        await speaker.stop_servers()


@asynccontextmanager
async def without_a_gap(room: Room) -> AsyncIterator[None]:
    """The song that plays goes on through what is done here."""
    song = Song(room.speaker)
    watching = asyncio.create_task(song.watch())
    try:
        await asyncio.sleep(3 * EVERY_S)
        yield
        await asyncio.sleep(5 * EVERY_S)
    finally:
        watching.cancel()
    assert song.gaps() == []


def tuned(key: str, value: object) -> Callable[[PlainSpeaker], bool]:
    """Whether a setting is in force."""
    return lambda speaker: speaker.told["tuning"].get(key) == value


def camera(speaker: PlainSpeaker) -> str:
    """What it says of its camera."""
    return str(speaker.state["camera_health"])


async def test_mood_music_and_profiles_of_the_file_are_in_force_without_a_gap(room: Room) -> None:
    async with without_a_gap(room):
        room.reload("mood: {absence_s: 1, dwell_s: 33}", "music: {tracks_ahead: 3}", PROFILE)
        assert await room.sees(tuned("dwell_s", 33.0))
        assert await room.queued(lambda queue: len(queue) == 4)
        assert connections(room) == 1


async def test_what_a_person_tunes_over_the_broker_is_in_force_without_a_gap(room: Room) -> None:
    async with without_a_gap(room):
        room.reload(PROFILE)
        for entity, payload, key, value in (
            ("enter_threshold", "0.71", "enter_threshold", 0.71),
            ("policy", "calm", "policy", "calm"),
            ("profile", "evening", "margin", 0.31),
        ):
            await room.speaker.command(entity, payload)
            assert await room.sees(tuned(key, value)), entity
        await room.speaker.command("mood", "sad")
        assert await room.queued(lambda queue: queue[1].startswith("sad/"))


async def test_a_camera_of_the_new_file_is_opened_and_the_song_goes_on(room: Room) -> None:
    wall = room.speaker.wall
    async with without_a_gap(room):
        room.reload(f"camera: {{kind: file, source: {wall.with_name('other.png')}}}")
        assert await room.sees(lambda speaker: "other.png" in camera(speaker))
        room.reload(f"camera: {{kind: file, source: {wall}, fps_idle: 1, fps_active: 9}}")
        assert await room.sees(lambda speaker: camera(speaker) == "ok")
        room.reload(f'camera: {{kind: file, source: {wall}, hours: "{past()}"}}')
        assert await room.sees(lambda speaker: speaker.state["mood"] == "off")
        room.reload(f"camera: {{kind: file, source: {wall}}}")
        assert await room.sees(lambda speaker: speaker.state["mood"] == "absent")


async def test_pictures_end_where_they_are_allowed_no_more(room: Room) -> None:
    async with without_a_gap(room):
        await room.speaker.command("preview", "ON")
        assert await room.sees(lambda speaker: speaker.state["preview"] == "ON")
        room.reload("privacy: {allow_preview: false}")
        assert await room.sees(lambda speaker: speaker.state["preview"] == "OFF")
        await room.speaker.command("preview", "ON")
        assert not await room.speaker.until(lambda: room.speaker.state["preview"] == "ON", 1)


async def test_another_model_is_loaded_and_the_song_goes_on(room: Room) -> None:
    model = room.speaker.model
    async with without_a_gap(room):
        room.reload(f"vision: {{model: {model.with_name('other.tflite')}}}")
        assert await room.sees(lambda speaker: "other.tflite" in speaker.state["model_health"])
        room.reload(f"vision: {{model: {model}, detector: haar}}")
        assert await room.sees(lambda speaker: speaker.state["model_health"] == "ok")


async def test_the_broker_is_left_only_where_its_settings_are_others(room: Room) -> None:
    port = room.speaker.broker.port
    async with without_a_gap(room):
        room.reload("mood: {dwell_s: 34}")
        assert await room.sees(tuned("dwell_s", 34.0))
        assert connections(room) == 1
        room.reload(f"mqtt: {{port: {port}, keepalive_s: 20}}")
        assert await room.sees(lambda _: connections(room) == 2)
        assert await room.is_told("online")


async def test_another_broker_is_gone_to_and_the_old_one_hears_a_goodbye(room: Room) -> None:
    port = room.speaker.broker.port
    async with without_a_gap(room):
        room.reload(f"mqtt: {{port: {free_port()}}}")
        assert await room.sees(lambda speaker: "mqtt: no MQTT" in str(speaker.state["problem"]))
        assert await room.is_told("offline")
        room.reload(f"mqtt: {{port: {port}}}")
        assert await room.sees(lambda speaker: speaker.state["problem"] is None)
        assert await room.is_told("online")


async def test_mpd_is_talked_to_in_another_way_and_the_song_goes_on(room: Room) -> None:
    port, anew = room.speaker.mpd.port, "mpd: connecting anew"
    async with without_a_gap(room):
        room.reload(f"mpd: {{port: {port}}}", "mood: {dwell_s: 35}")
        assert await room.sees(tuned("dwell_s", 35.0))
        assert anew not in log(room.speaker)
        room.reload(f"mpd: {{port: {port}, timeout_s: 7}}")
        assert await room.sees(lambda speaker: anew in log(speaker))
        await room.speaker.command("mood", "sad")
        assert await room.queued(lambda queue: queue[1].startswith("sad/"))
        assert await room.sees(lambda speaker: speaker.state["problem"] is None)


async def test_another_mpd_plays_and_the_old_one_is_left_as_it_was(
    room: Room, tmp_path: Path
) -> None:
    old = room.speaker.mpd
    other = private_mpd(in_memory(tmp_path / "mpd"), room.speaker.music)
    loud = (await room.speaker.player())[0]["volume"]
    room.reload("music: {volume_max: 60}")
    assert await room.speaker.until_player(lambda status, _: status["volume"] == "60")
    await other.start()
    try:
        room.reload(f"mpd: {{port: {other.port}}}")
        assert await room.speaker.until_player(lambda status, _: status["volume"] == loud)
        room.speaker.mpd = other
        await room.speaker.update()
        assert await room.speaker.until_player(
            lambda status, queue: status["state"] == "play" and status["volume"] == "60" and queue
        )
        assert await room.sees(lambda speaker: speaker.state["problem"] is None)
    finally:
        room.speaker.mpd = old
        await other.stop()


async def test_an_mpd_that_is_not_there_is_told_and_nothing_is_said_to_play(room: Room) -> None:
    port = room.speaker.mpd.port
    async with without_a_gap(room):
        room.reload(f"mpd: {{port: {free_port()}}}")
        assert await room.sees(lambda speaker: "mpd: no connection" in problem(speaker))
        assert await room.sees(lambda speaker: not speaker.told["track"]["uri"])
        room.reload(f"mpd: {{port: {port}}}")
        assert await room.sees(lambda speaker: speaker.state["problem"] is None)
        assert await room.sees(lambda speaker: speaker.told["track"]["uri"])


async def test_what_wants_a_restart_is_said_in_one_line(room: Room) -> None:
    async with without_a_gap(room):
        room.reload(
            f"mqtt: {{port: {room.speaker.broker.port}, discovery_prefix: ha, timeout_s: 6}}",
            "privacy: {score_log: true}",
        )
        wanted = "in force only after a restart: privacy.score_log, mqtt.discovery_prefix"
        assert await room.sees(lambda speaker: wanted in log(speaker))
    assert log(room.speaker).count("after a restart") == 1


async def test_a_file_with_a_mistake_changes_nothing_and_says_so(room: Room) -> None:
    async with without_a_gap(room):
        room.reload("mood: {dwell: 3}", "camera: {kind: nothing}")
        assert await room.sees(lambda speaker: "config: " in str(speaker.state["problem"]))
        assert camera(room.speaker) == "ok"
        assert connections(room) == 1


def connections(room: Room) -> int:
    """How often the speaker has connected to its broker, by the broker's own log."""
    return room.speaker.broker_log().count(f"as moodspeaker-{room.speaker.name} ")


def told(speaker: PlainSpeaker, what: str) -> bool:
    """Whether it has said of that what there is to say."""
    return any(speaker.told.get(what, {}).values())


def problem(speaker: PlainSpeaker) -> str:
    """What it says is wrong."""
    return str(speaker.state["problem"])


def log(speaker: PlainSpeaker) -> str:
    """What the process wrote."""
    return speaker.log.read_text()


def past() -> str:
    """Hours that do not include this one."""
    hour = time.localtime().tm_hour
    return f"{(hour + 2) % 24:02}:00-{(hour + 3) % 24 or 24:02}:00"
