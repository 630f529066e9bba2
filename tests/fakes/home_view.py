"""What Home Assistant shows of the speaker, held against what the speaker says."""

from __future__ import annotations

import asyncio
import json
import re
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from fakes.household import BASE

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Awaitable, Callable

    from fakes.household import Household

Fields = dict[str, Any]
PLAIN = re.compile(r"\{\{ value_json\.(\w+) \}\}")
# What needs a press, a picture or an event before there is a state, or never has one.
STATELESS = ("button", "device_automation", "event", "image")
BY_HAND: dict[str, Callable[[Fields], object]] = {
    "confidence": lambda s: None if s["confidence"] is None else round(100 * s["confidence"]),
    "now_playing": lambda t: (
        " - ".join(x for x in (t["artist"], t["title"] or t["uri"]) if x) or None
    ),
    "presence": lambda s: "ON" if s["presence"] else "OFF",
    "problem": lambda s: "OFF" if s["problem"] is None else "ON",
}


async def differences(house: Household, limit_s: float = 10.0) -> list[str]:
    """Every entity whose state is wrong, as text; numbers on the way get `limit_s` to arrive."""
    began_s = time.monotonic()
    while found := await _differences(house):
        if time.monotonic() - began_s > limit_s:
            return found
        await asyncio.sleep(0.3)
    return []


async def missing(house: Household, limit_s: float = 15.0) -> list[str]:
    """Every component without an entity, once there was time for all of them to come."""
    began_s = time.monotonic()
    while found := await _missing(house):
        if time.monotonic() - began_s > limit_s:
            return found
        await asyncio.sleep(0.2)
    return []


async def unavailable(house: Household) -> dict[str, bool]:
    """Whether each entity of the speaker is unavailable, by its key."""
    known, states = await house.home.registry(), await house.home.states()
    return {
        key: _text(known.get(part["unique_id"]), states) == "unavailable"
        for key, part in (await house.components()).items()
        if part["platform"] != "device_automation"
    }


async def all_available(house: Household) -> bool:
    """Whether the speaker is announced and none of its entities is unavailable."""
    if not await house.said("state", 1) or await house.said("availability", 1) != "online":
        return False
    return not any((await unavailable(house)).values())


async def until(wanted: Callable[[], Awaitable[bool]], limit_s: float = 15.0) -> None:
    """Waits for it; fails after the limit."""
    async with asyncio.timeout(limit_s):
        while not await wanted():
            await asyncio.sleep(0.1)


async def playing(house: Household, mood: str) -> Fields:
    """The track that plays once it is one for that mood."""

    async def right() -> bool:
        return (await house.says("track"))["mood"] == mood

    await until(right)
    return await house.says("track")


async def next_one(house: Household, before: Fields) -> bool:
    """Whether another track plays than before."""
    return (await house.says("track"))["uri"] not in (before["uri"], None)


async def held(house: Household) -> bool:
    """Whether somebody holds the music."""
    return (await house.says("state"))["held_by"] is not None


async def use(house: Household, state: Fields) -> None:
    """Presses, or sets to what it is already; a number without a value goes to its least."""
    entity_id, value, about = state["entity_id"], state["state"], state["attributes"]
    kind = entity_id.split(".")[0]
    if kind == "button":
        await house.home.call("button.press", entity_id)
    elif kind == "switch":
        await house.home.call(f"switch.turn_{value}", entity_id)
    elif kind == "select":
        await house.home.call("select.select_option", entity_id, option=value)
    else:
        number = about["min"] if value == "unknown" else float(value)
        await house.home.call("number.set_value", entity_id, value=number)


class Heard:
    """The JSON messages of the topic B/`topic` from now on."""

    def __init__(self, house: Household, topic: str) -> None:
        self._argv = ("mosquitto_sub", *house.login("homeassistant"), "-t", f"{BASE}/{topic}")
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *self._argv, stdout=asyncio.subprocess.PIPE
        )
        await asyncio.sleep(0.3)  # nothing tells that it has subscribed
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process
        self._process.kill()
        await self._process.wait()

    async def until(self, key: str, wanted: object) -> Fields:
        """The next message with that value. Raises TimeoutError."""
        assert self._process
        assert self._process.stdout
        async with asyncio.timeout(5):
            while True:
                message: Fields = json.loads(await self._process.stdout.readline())
                if message.get(key) == wanted:
                    return message


async def _missing(house: Household) -> list[str]:
    known, states = await house.home.registry(), await house.home.states()
    return [
        f"{key} ({part['platform']})"
        for key, part in (await house.components()).items()
        if part["platform"] != "device_automation"
        and _shown(known.get(part["unique_id"]), states) is None
    ]


def _shown(entry: Fields | None, states: dict[str, Fields]) -> object:
    if entry is None or entry["disabled_by"]:
        return entry
    state = states.get(entry["entity_id"])
    # A restored one is remembered from before, and nobody provides it now.
    return None if state is None or state["attributes"].get("restored") else state


def _text(entry: Fields | None, states: dict[str, Fields]) -> str:
    """The state of an entity; one that is not there is as good as unavailable."""
    state = states.get(entry["entity_id"]) if entry else None
    return str(state["state"]) if state else "unavailable"


async def _differences(house: Household) -> list[str]:
    known, states = await house.home.registry(), await house.home.states()
    said: dict[str, Fields] = {}
    wrong = []
    for key, part in (await house.components()).items():
        topic = part.get("state_topic")
        if part["platform"] in STATELESS or topic is None:
            continue
        if topic not in said:
            said[topic] = await house.says(topic.removeprefix(f"{BASE}/"))
        wanted = await _wanted(house, key, part, said[topic])
        shown = _text(known.get(part["unique_id"]), states)
        if not _same(shown, wanted):
            wrong.append(f"{key}: Home Assistant shows {shown}, the speaker says {wanted}")
    return wrong


async def _wanted(house: Household, key: str, part: Fields, said: Fields) -> object:
    if key in BY_HAND:
        return BY_HAND[key](said)
    plain = PLAIN.fullmatch(part["value_template"])
    if plain:
        return said[plain.group(1)]
    return await house.home.render(part["value_template"], value_json=said)


def _same(shown: str, wanted: object) -> bool:
    text = "unknown" if wanted in (None, "None", "") else str(wanted)
    if text in ("ON", "OFF"):
        return shown in (text.lower(), text)
    try:
        return float(shown) == float(text)
    except ValueError:
        return text in (shown, _zulu(shown))


def _zulu(shown: str) -> str:
    """A time as we write it; what is none as it is."""
    try:
        return datetime.fromisoformat(shown).isoformat(timespec="seconds")
    except ValueError:
        return shown
