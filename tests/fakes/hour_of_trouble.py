"""The worst hour of the service's log, by a clock that never waits.

    python -m fakes.hour_of_trouble FOLDER

MPD, broker and camera die every other second and come again; a hostile client sends a command,
good, bad or retained, every second. Prints how many lines were logged, and how many were shown.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fakes import many_days
from moodspeaker.runtime.log_bound import LogBound
from moodspeaker.types import Message

if TYPE_CHECKING:
    from fakes.many_days_house import House

HOURS = 1
COMMAND_EVERY_S, FLAP_S, CAMERA_S = 1.0, 2.5, 2.0
HOSTILE = (
    *[("mood", mood) for mood in ("happy", "sad", "auto", "no mood", "")],
    *[(button, "PRESS") for button in ("next", "like", "dislike", "pause", "play", "reload",
                                       "undo_feedback", "wrong_mood", "reset_tuning", "relabel")],
    ("camera", "OFF"), ("camera", "ON"), ("following", "OFF"), ("following", "ON"),
    ("dwell_s", "1e9"), ("nonsense", "x" * 500), ("profile", "no such"), ("preview", "ON"),
)  # fmt: skip


async def commanding(house: House, rng: random.Random) -> None:
    """For ever; every tenth is retained, and comes again with each connection."""
    while True:
        await asyncio.sleep(COMMAND_EVERY_S)
        entity, payload = rng.choice(HOSTILE)
        topic, text = f"moodspeaker/month/set/{entity}", payload.encode()
        await house.broker.deliver(Message(topic, text, retain=rng.random() < 0.1))


async def flapping(house: House) -> None:
    """MPD and broker."""
    while True:
        await asyncio.sleep(FLAP_S)
        house.mpd.cut()
        await house.broker.lose_connections()


async def dying(house: House) -> None:
    """The camera."""
    while True:
        await asyncio.sleep(CAMERA_S)
        house.people.down = not house.people.down


async def live(folder: Path, rng: random.Random) -> None:
    """An hour, and its figures."""
    from fakes.many_days_house import House

    asyncio.get_running_loop().set_default_executor(many_days.AtOnce())
    logged, shown = many_days.LogCount(), many_days.LogCount()
    shown.addFilter(LogBound(lambda: many_days.CLOCK.passed_s))
    # In this order: the bound may put a word at the end of a line.
    logging.basicConfig(level=logging.INFO, handlers=[logged, shown], force=True)
    house = House(folder, rng, 2.0, per_mood=5, played_before=0)
    async with house.lived():
        acts = [commanding(house, rng), flapping(house), dying(house)]
        tasks = [asyncio.create_task(act) for act in acts]
        await asyncio.sleep(HOURS * many_days.HOUR_S)
        for task in tasks:
            task.cancel()
    print(json.dumps({"logged": logged.worst_hour, "shown": shown.worst_hour,
                      "kinds": logged.kinds.most_common(15)}))  # fmt: skip


def main(folder: str) -> None:
    """Lives it."""
    many_days.run(live(Path(folder), random.Random(1)))


if __name__ == "__main__":
    main(*sys.argv[1:])
