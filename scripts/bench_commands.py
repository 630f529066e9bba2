"""A fuzzer over the commands: what is refused raises CommandRefused alone, and changes nothing.

    bench_commands.py [--payloads N] [--obeyed N] [--seed S]

Payloads are random bytes, good ones with a few bytes changed, JSON, numbers of all scripts and
huge ones. `--obeyed` of them are done as the service does them; whatever is refused there must
leave mood, switches, settings and everything that is told as they were.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.app.live_settings import LiveSettings
from moodspeaker.app.observer import Observer
from moodspeaker.app.service import Service
from moodspeaker.config.schema import Config
from moodspeaker.errors import MoodspeakerError
from moodspeaker.home.commands import READERS, CommandRefused, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENTITIES = (*READERS, "unknown", "", "mood/x", "MOOD", "m" * 60_000)
GOOD = (b"ON", b"OFF", b"auto", b"happy", b"PRESS", b"0.5", b"1e2", b"match", b"default", b"30")
OTHER_SCRIPTS = (0x663, 0x9EA, 0x96B, 0xFF11, 0x2167, 0xBD, 0x5341, 0x1D7D8)
"""Arabic, Bengali, Devanagari and full width digits, a Roman and a Chinese number, and others."""
DIGITS = (*map(chr, OTHER_SCRIPTS), "1_0", "0x1F", "+1", "-1", "1e400", "-0", ".5")
WIDE_ON = chr(0xFF2F) + chr(0xFF2E)
WORDS = ("nan", "NaN", "inf", "-Infinity", "true", "null", "unsure", "absent", "off", WIDE_ON)
HUGE = 65_536


def payloads(rng: random.Random) -> Iterator[bytes]:
    """Without end."""
    makers = (noise, mutated, json_like, number_like, good, spaced, deep)
    while True:
        yield rng.choice(makers)(rng) if rng.random() > 1e-4 else rng.randbytes(HUGE)


def noise(rng: random.Random) -> bytes:
    """Any bytes, mostly no UTF-8."""
    return rng.randbytes(rng.randrange(40))


def good(rng: random.Random) -> bytes:
    """One that some entity takes."""
    return rng.choice(GOOD)


def mutated(rng: random.Random) -> bytes:
    """One of those with a byte changed, put in or left out."""
    payload = bytearray(good(rng))
    place = rng.randrange(len(payload))
    payload[place : place + rng.randrange(2)] = rng.randbytes(rng.randrange(2))
    return bytes(payload)


def json_like(rng: random.Random) -> bytes:
    """JSON around a word."""
    word = good(rng).decode()
    return rng.choice(('{"state": "%s"}', '["%s"]', '"%s"', "{%s}", '{"a":{"b":"%s"}}')).replace(
        "%s", word
    ).encode()  # fmt: skip


def number_like(rng: random.Random) -> bytes:
    """Numbers in all scripts and spellings, and words that are read as some."""
    parts = [rng.choice((*DIGITS, *WORDS, str(rng.uniform(-1e3, 1e3)))) for _ in range(2)]
    return rng.choice((parts[0], "".join(parts), ".".join(parts))).encode()


def spaced(rng: random.Random) -> bytes:
    """White space and control characters around a word."""
    around = [rng.choice((" ", "\n", "\0", "\u2003", "\ufeff", "\x85", "\u202e")) for _ in range(2)]
    return f"{around[0]}{good(rng).decode()}{around[1]}".encode()


def deep(rng: random.Random) -> bytes:
    """Deeply nested, and long digits."""
    return rng.choice((b"[", b'{"a":', b"9", b"0.", b"-")) * rng.randrange(1, 1000)


def parsed(count: int, rng: random.Random) -> Counter[str]:
    """Gives every entity its share of the payloads; any exception but a refusal ends it."""
    outcomes: Counter[str] = Counter()
    for number, payload in zip(range(count), payloads(rng), strict=False):
        try:
            parse(ENTITIES[number % len(ENTITIES)], payload)
        except CommandRefused as refused:
            if "\n" in str(refused):
                raise AssertionError(f"more than one line: {refused!r}") from None
            outcomes["refused"] += 1
        else:
            outcomes["taken"] += 1
    return outcomes


async def obeyed(service: Service, seen: Callable[[], object], count: int, rng: random.Random
) -> Counter[str]:  # fmt: skip
    """Does payloads as the service does; what is refused must leave all that is `seen`."""
    outcomes: Counter[str] = Counter()
    for number, payload in zip(range(count), payloads(rng), strict=False):
        entity = ENTITIES[number % len(ENTITIES)]
        before = seen()
        try:
            await service.handle(parse(entity, payload))
        except MoodspeakerError:
            outcomes["refused"] += 1
            if seen() != before:
                raise AssertionError(
                    f"{entity} {payload!r} was refused and changed something"
                ) from None
        else:
            outcomes["done"] += 1
    return outcomes


async def through_the_service(folder: Path, count: int, rng: random.Random) -> Counter[str]:
    """A service without MQTT and without a player, its camera and ticks left out of it."""
    config = Config.model_validate(
        {
            "camera": {"kind": "file", "source": str(folder / "none")},
            "mqtt": {"enabled": False},
            "mpd": {"port": 1},
            "library": {"music_dir": str(folder)},
        }
    )
    service = Service(config, folder / "state", observer=Observer())
    service._begin()  # noqa: SLF001 - all parts, and none of them running
    live: LiveSettings = service._live  # noqa: SLF001 - likewise
    speaker = service._speaker  # noqa: SLF001 - likewise

    def seen() -> object:
        state = speaker.state(0.0)
        kept = (live.config, live.tuning, live.profile, speaker.switches)
        return kept, state.mood, state.manual_mood, state.following, state.camera, state.preview

    try:
        return await obeyed(service, seen, count, rng)
    finally:
        with suppress(MoodspeakerError):
            await service._relabeller.stop()  # noqa: SLF001 - likewise
        await service._music.close()  # noqa: SLF001 - likewise


def main() -> None:
    """Prints what became of the payloads, and how long the parser took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--payloads", type=int, default=1_000_000)
    parser.add_argument("--obeyed", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable()
    rng = random.Random(options.seed)
    began_s = time.process_time()
    outcomes = parsed(options.payloads, rng)
    took_s = time.process_time() - began_s
    print(f"{options.payloads} payloads, {len(ENTITIES)} entities, seed {options.seed}: "
          f"{dict(outcomes)} in {took_s:.1f} s of processor, {took_s / options.payloads * 1e6:.1f}"
          " us each; no exception but CommandRefused", flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="moodspeaker-fuzz-") as folder:
        done = asyncio.run(through_the_service(Path(folder), options.obeyed, rng))
    print(f"{options.obeyed} of them done as the service does: {dict(done)}; "
          "what was refused changed nothing")  # fmt: skip


if __name__ == "__main__":
    main()
