"""What a service goes through in an evening, and all that left its memory meanwhile."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakes.memory import in_memory
from fakes.metronome import Stopwatch
from fakes.service_house import TOPICS
from moodspeaker.demo.music import demo_music
from moodspeaker.demo.servers import private_mosquitto, private_mpd
from privacy.calls import streams
from privacy.mqtt_stream import publications
from privacy.watched import Servers, Watched, watched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from privacy.calls import Call
    from privacy.places import Places

PREVIEW = f"moodspeaker/{TOPICS.device_id}/preview"
IN_FLIGHT_S = 0.5
"""A picture that was on its way when the preview went off may still arrive."""


@dataclass(frozen=True, slots=True)
class Evening:
    """`calls` are all of it; `asked_s` and `ended_s` are when the preview went on and off.

    `files` is the folder of state, before the preview and at the end, by name.
    """

    status: int
    calls: tuple[Call, ...]
    places: Places
    broker: int
    asked_s: float
    ended_s: float
    files: dict[str, bytes]
    log: tuple[str, ...]

    def without_preview(self) -> dict[str, bytes]:
        """What was written while there was no preview, by where it went."""
        return streams(
            call
            for call in self.calls
            if not self.asked_s <= call.time_s <= self.ended_s + IN_FLIGHT_S
        )

    def previews(self) -> list[bytes]:
        """The payloads on `B/preview`, as they went to the broker."""
        return self._topics().pop(PREVIEW, [])

    def beside_previews(self) -> dict[str, bytes]:
        """What was written while the preview was on, but for what went to `B/preview`."""
        broker = self._broker_labels()
        meanwhile = streams(
            call
            for call in self.calls
            if call.time_s >= self.asked_s and not (call.label in broker and call.data)
        )
        others = {f"MQTT {t}": b"".join(p) for t, p in self._topics().items() if t != PREVIEW}
        return meanwhile | others

    def _broker_labels(self) -> set[str]:
        """strace shows a socket by both of its ends, or by what it was before it connected."""
        port, end = f"htons({self.broker})", f":{self.broker}]"
        connecting = {c.label for c in self.calls if c.name == "connect" and port in c.arguments}
        return connecting | {call.label for call in self.calls if call.label.endswith(end)}

    def _topics(self) -> dict[str, list[bytes]]:
        topics: dict[str, list[bytes]] = {}
        broker = self._broker_labels()
        # One connection after the other, should there be several.
        for label, sent in streams(self.calls).items():
            if label not in broker:
                continue
            told, rest = publications(sent)
            for topic, payloads in (*told.items(), ("no topic", [rest])):
                topics.setdefault(topic, []).extend(payloads)
        return topics


@asynccontextmanager
async def servers(folder: Path) -> AsyncIterator[Servers]:
    """A broker, and an MPD that plays the demo's music."""
    music = demo_music(print)
    mpd = private_mpd(in_memory(folder / "mpd"), music)
    broker = private_mosquitto(folder / "mosquitto")
    try:
        await mpd.start()
        await broker.start()
        yield Servers(mpd.port, broker.port, music)
    finally:
        await broker.stop()
        await mpd.stop()


async def evening(folder: Path, pictures: Path) -> Evening:
    """A face is seen, music plays, a person does this and that, looks on, and it ends."""
    async with servers(folder) as ports, watched(folder, ports, pictures) as service:
        onlooker = asyncio.create_task(look_on(service))
        await ordinary_evening(service)
        files = files_of(service)
        asked_s = time.time()
        await preview(service)
        ended_s, watch = time.time(), Stopwatch()
        await asyncio.sleep(IN_FLIGHT_S)
        ended_s += watch.lost_s
        await camera_trouble(service, pictures)
        service.signal(signal.SIGTERM)
        status = await service.ends()
        await onlooker
        later = {f"{name} at the end": data for name, data in files_of(service).items()}
        log = tuple(service.log)
    places, calls = service.places, service.calls()
    return Evening(status, calls, places, ports.broker, asked_s, ended_s, files | later, log)


async def look_on(service: Watched) -> None:
    """As `moodspeaker watch` does, until the service ends."""
    await service.says("control socket")
    reader, writer = await asyncio.open_unix_connection(service.places.control)
    writer.write(b'{"watch": true}\n')
    while await reader.readline():
        pass
    writer.close()
    await writer.wait_closed()


async def ordinary_evening(service: Watched) -> None:
    """Mood, music, calibration, a dump of the threads, reload, commands, analysis of music."""
    await service.tells("state", lambda state: state["faces"] == 1)
    await service.tells("track", bool)
    await service.does("calibrate", "PRESS")
    service.signal(signal.SIGUSR1)
    await service.says("most recent call first")
    service.signal(signal.SIGHUP)
    await service.says("config reloaded")
    await service.does("mood", "sad")
    await service.tells("state", lambda state: state["mood"] == "sad")
    await service.says("queued sad/")
    for entity, payload in (("next", "PRESS"), ("like", "PRESS"), ("mood", "auto")):
        await service.does(entity, payload)
    await service.tells("event", lambda event: event["event_type"].startswith("calibrat"))
    await service.does("relabel", "PRESS")
    # It goes on beside what follows; without the libraries for sound it ends at once.
    await service.until(lambda: any("tracks in" in line for line in service.log))
    await service.says("mood happy")


async def preview(service: Watched) -> None:
    """On, for two pictures, and off."""
    await service.does("preview", "ON")
    await service.tells("preview", bool, count=2)
    await service.does("preview", "OFF")
    await service.until(lambda: not service.told("preview")[-1])


async def camera_trouble(service: Watched, pictures: Path) -> None:
    """The switch, and a camera that is gone."""
    await service.does("camera", "OFF")
    gone = pictures.rename(pictures.with_name("gone"))
    await service.does("camera", "ON")
    await service.says("no such file")
    gone.rename(pictures)


def files_of(service: Watched) -> dict[str, bytes]:
    """What lies in the folder of state now."""
    found = {}
    for path in service.places.state.rglob("*"):
        # What is half written gets another name, or goes away, at any moment.
        with suppress(FileNotFoundError):
            if path.is_file():
                found[str(path)] = path.read_bytes()
    return found
