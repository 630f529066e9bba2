"""From a command to the state that shows it: milliseconds, with vision off and at full speed.

    bench_mqtt.py [--commands N] [PART ...]      parts: off, defaults, full-speed

The service runs as a process of its own between a private MPD and a private broker. Commands go
one after the other, each once the last is answered: `mood` (the answer is in B/state) and `margin`
(in B/tuning). Beside it, in the same run, the same broker sends a message back to its sender: the
least that any speaker could need. mosquitto_pub and mosquitto_sub do so by processes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import statistics
import subprocess
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiomqtt
from bench_material import make_clips, make_music, settings
from bench_service import TOPICS, service

from moodspeaker.demo.servers import HOST, private_mosquitto, private_mpd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moodspeaker.config.schema import Config

MOODS = ("sad", "happy", "angry", "neutral")
MARGINS = ("0.1", "0.11", "0.12", "0.13")
PARTS = ("off", "defaults", "full-speed")
ECHO = "bench/echo"
AIM_MS = 50.0
WARM_UP = 20
PROCESSES = 50
LIMIT_S = 30.0
AT_ONCE = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
"""Else our own next command would wait for the broker's acknowledgement of the last answer."""


def tell(name: str, times_ms: list[float], aim_ms: float | None = None) -> None:
    """One line of the table."""
    cuts = statistics.quantiles(times_ms, n=100)
    aim = f"p95 under {aim_ms:g}" if aim_ms else ""
    print(f"| {name} | {len(times_ms)} | {cuts[49]:.1f} | {cuts[94]:.1f} | {max(times_ms):.1f} "
          f"| {aim} |", flush=True)  # fmt: skip


async def next_value(broker: aiomqtt.Client, topic: str, key: str, wanted: object) -> None:
    """Until a message on the topic says so."""
    async for message in broker.messages:
        acknowledge_at_once(broker)
        if str(message.topic) == topic and json.loads(bytes(message.payload))[key] == wanted:
            return


def acknowledge_at_once(broker: aiomqtt.Client) -> None:
    """Else mosquitto, without set_tcp_nodelay, holds its next small packet back for 40 ms."""
    broker._client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # noqa: SLF001


async def round_trips(
    broker: aiomqtt.Client, entity: str, values: Iterator[tuple[str, str, str, object]]
) -> list[float]:
    """Milliseconds of each: (payload, topic, key, what the key says then)."""
    times: list[float] = []
    for payload, topic, key, wanted in values:
        began_s = time.perf_counter()
        await broker.publish(TOPICS.command(entity), payload, qos=1)
        acknowledge_at_once(broker)
        async with asyncio.timeout(LIMIT_S):
            await next_value(broker, topic, key, wanted)
        times.append((time.perf_counter() - began_s) * 1e3)
    return times[WARM_UP:]


async def commands(name: str, port: int, count: int, *, looks: bool) -> None:
    """Both kinds of command on a service that is up, and has looked or has not."""
    async with aiomqtt.Client(HOST, port, socket_options=AT_ONCE) as broker:
        await broker.subscribe(TOPICS.state, qos=1)
        await broker.subscribe(TOPICS.tuning, qos=1)
        await broker.subscribe(TOPICS.diagnostics, qos=1)
        await up(broker, looks=looks)
        count += WARM_UP
        moods = ((m, TOPICS.state, "manual_mood", m) for m in islice(cycle(MOODS), count))
        tell(f"mood to B/state, {name}", await round_trips(broker, "mood", moods), AIM_MS)
        margins = ((m, TOPICS.tuning, "margin", float(m)) for m in islice(cycle(MARGINS), count))
        tell(f"margin to B/tuning, {name}", await round_trips(broker, "margin", margins), AIM_MS)


async def up(broker: aiomqtt.Client, *, looks: bool) -> None:
    """The service is online, and has found a face where it looks."""
    async with asyncio.timeout(LIMIT_S):
        async for message in broker.messages:
            # What is retained may be of the service before this one.
            if message.retain or str(message.topic) != TOPICS.state:
                continue
            state: dict[str, Any] = json.loads(bytes(message.payload))
            if not looks or (state["faces"] and state["model_health"] == "ok"):
                return


async def echoes(port: int, count: int, *, loaded: bool) -> None:
    """The same broker, the same client, and nobody else."""
    times: list[float] = []
    async with aiomqtt.Client(HOST, port) as broker:
        await broker.subscribe(ECHO, qos=1)
        for _ in range(count + WARM_UP):
            began_s = time.perf_counter()
            await broker.publish(ECHO, b"happy", qos=1)
            await anext(broker.messages)
            times.append((time.perf_counter() - began_s) * 1e3)
    tell(f"a message back from the broker{' meanwhile' * loaded}", times[WARM_UP:])


def processes(port: int) -> None:
    """mosquitto_sub waits, mosquitto_pub sends: what a shell script would do."""
    where = ("-h", HOST, "-p", str(port), "-t", ECHO)
    times: list[float] = []
    with subprocess.Popen(("mosquitto_sub", *where), stdout=subprocess.PIPE) as listener:
        if listener.stdout is None:
            return
        time.sleep(1)
        for _ in range(PROCESSES):
            began_s = time.perf_counter()
            subprocess.run(("mosquitto_pub", *where, "-m", "happy"), check=True)
            listener.stdout.readline()
            times.append((time.perf_counter() - began_s) * 1e3)
        listener.terminate()
    tell("mosquitto_pub to mosquitto_sub, processes", times)


def dark(config: Config) -> Config:
    """Outside the camera's hours, always: nothing is looked at."""
    hours = time.strftime("%H:%M", time.localtime(time.time() + 12 * 3600))
    begin = f"{hours[:2]}:00-{hours[:2]}:30"
    return config.model_copy(update={"camera": config.camera.model_copy(update={"hours": begin})})


async def measure(options: argparse.Namespace, folder: Path) -> None:
    """Every part that is wanted."""
    face, _ = make_clips(folder)
    mpd = private_mpd(folder / "mpd", make_music(folder / "music"))
    broker = private_mosquitto(folder / "mosquitto")
    await mpd.start()
    await broker.start()
    print("| what | times | p50 ms | p95 ms | worst ms | aim |\n|---|---|---|---|---|---|")
    try:
        await echoes(broker.port, options.commands, loaded=False)
        await asyncio.to_thread(processes, broker.port)
        for part in options.parts:
            pace = "fast" if part == "full-speed" else "real"
            config = settings(face, mpd.port, broker.port, pace=pace, own_fps=part == "full-speed")
            async with service(dark(config) if part == "off" else config, folder):
                await commands(f"vision {part}", broker.port, options.commands, looks=part != "off")
                await echoes(broker.port, options.commands, loaded=True)
    finally:
        await broker.stop()
        await mpd.stop()


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="PART")
    parser.add_argument("--commands", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moodspeaker-mqtt-") as folder:
        asyncio.run(measure(options, Path(folder)))


if __name__ == "__main__":
    main()
