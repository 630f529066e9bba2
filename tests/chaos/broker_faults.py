"""What a broker, and the way to it, can do."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from chaos.fault import CAMERA_S, RECONNECTS, fault, reconnected, until_well
from fakes.locked_broker import OWNER, SPEAKER
from fakes.metronome import Stopwatch
from fakes.service_house import TOPICS, until
from moodspeaker.demo.servers import HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from chaos.house import House

FLOOD = 20_000
RUBBISH = (b"", b"{", b"\xff\xfe\x00", b"null", b"[[[[", b"offline", bytes(3000))


@fault("broker killed", "mqtt: ", quick=True)
async def killed(house: House) -> AsyncIterator[None]:
    """It comes back empty: everything has to be said again."""
    await house.broker.kill()
    yield
    await house.broker.start()


@fault("broker frozen", "mqtt: ")
async def frozen(house: House) -> AsyncIterator[None]:
    """It takes bytes and answers none."""
    house.broker.send(signal.SIGSTOP)
    # Something to say: silence alone is noticed after twice the keepalive.
    await house.ctl("dwell_s", "6")
    yield
    house.broker.send(signal.SIGCONT)
    await house.ctl("dwell_s", "5")


@fault("broker slow: 0.4 s each way", lasts_s=3)
async def slow(house: House) -> AsyncIterator[None]:
    """Slow is not wrong."""
    house.to_broker.delay_s = 0.4
    yield
    house.to_broker.heal()


@fault("broker's connection half open", "mqtt: ")
async def half_open(house: House) -> AsyncIterator[None]:
    """Packets vanish, and no connection is ever told that it has ended."""
    house.to_broker.go_silent()
    await house.ctl("dwell_s", "6")
    yield
    house.to_broker.heal()
    await house.ctl("dwell_s", "5")


@fault("broker refuses connections", "mqtt: ")
async def refusing(house: House) -> AsyncIterator[None]:
    """Nobody listens."""
    await house.to_broker.refuse()
    yield
    await house.to_broker.accept()


@fault("our broker password wrong, then right", "refused our login", quick=True)
async def wrong_password(house: House) -> AsyncIterator[None]:
    """A refused password waits a minute; a reload cuts that short."""
    house.password.write_text("wrong\n")
    house.to_broker.cut()
    yield
    house.password.write_text("right\n")
    house.send(signal.SIGHUP)


@fault(f"broker floods: {FLOOD} commands and {FLOOD} unknown ones", answers_s=2.0)
async def flooding(house: House) -> AsyncIterator[None]:
    """As fast as it can."""
    makers = [asyncio.to_thread(flood, house, entity) for entity in ("unknown", "mood")]
    noise = asyncio.gather(*makers)
    yield
    await noise


@fault("garbage from the broker's port", "mqtt: ")
async def garbage(house: House) -> AsyncIterator[None]:
    """Another protocol altogether."""
    house.to_broker.instead = os.urandom(4096)
    house.to_broker.cut()
    yield
    house.to_broker.heal()
    house.to_broker.cut()


@fault("broker restarted, empty")
async def restarted(house: House) -> AsyncIterator[None]:
    """Everything retained comes back."""
    yield
    await house.broker.stop()
    await house.broker.start()
    retained = (TOPICS.discovery, TOPICS.state, TOPICS.track, TOPICS.tuning)
    async with house.owner("moodspeaker/#", "homeassistant/#") as owner:
        await until(owner, {TOPICS.availability: "online"} | dict.fromkeys(retained))


@fault(f"broker hangs up after CONNACK, {RECONNECTS} times", "mqtt: ")
async def hangs_up(house: House) -> AsyncIterator[None]:
    """A reload cuts every wait short."""
    house.to_broker.cut_after_first = True
    house.to_broker.cut()
    await reconnected(house, house.to_broker)
    yield
    house.to_broker.heal()
    house.to_broker.cut()
    house.send(signal.SIGHUP)


@fault("retained rubbish on our topics")
async def rubbish(house: House) -> AsyncIterator[None]:
    """Old commands are not obeyed, and what we say is said again."""
    topics = [TOPICS.state, TOPICS.tuning, TOPICS.track, TOPICS.discovery]
    topics += [TOPICS.command(name) for name in ("mood", "following", "camera", "margin")]
    async with house.owner() as owner:
        for topic in topics:
            for payload in RUBBISH:
                await owner.publish(topic, payload, qos=1, retain=True)
    yield
    house.to_broker.cut()
    await until_well(house, CAMERA_S)
    async with house.owner(TOPICS.state) as owner:
        await until(owner, {TOPICS.state: None})
    state = house.onlooker.state
    assert (state["manual_mood"], state["following"], state["camera"]) == ("auto", "ON", "ON")
    async with house.owner() as owner:
        for topic in topics[4:]:
            await owner.publish(topic, b"", qos=1, retain=True)


@fault("another client takes our id, 5 times")
async def same_id(house: House) -> AsyncIterator[None]:
    """The broker hangs up on us each time."""
    yield
    name = f"moodspeaker-{TOPICS.device_id}"
    for _ in range(5):
        argv = [*sender(house, SPEAKER), "-i", name, "-t", "chaos/nothing", "-m", "x"]
        await asyncio.to_thread(subprocess.run, argv, check=True, capture_output=True)
        await asyncio.sleep(0.3)


@fault("broker's name does not resolve", "mqtt: ")
async def no_name(house: House) -> AsyncIterator[None]:
    """Connections that stand need no name, so they are cut too."""
    house.turn(names="fails")
    house.to_broker.cut()
    yield
    house.turn(names="")


@fault("name server silent, 15 s", "mqtt: ", lasts_s=15.0)
async def no_names(house: House) -> AsyncIterator[None]:
    """Lookups hang in threads of the loop's pool, and everything else needs that pool too."""
    house.turn(names="hang")
    house.to_broker.cut()
    house.to_mpd.cut()
    began_s = time.monotonic()
    while time.monotonic() < began_s + 12.0:
        asked = Stopwatch()
        await house.ctl("margin", "0.11" if int(asked.began_s) % 2 else "0.1")
        took_s = asked.fair_s
        assert took_s < 2.0, f"a command took {took_s:.1f} s"
        await asyncio.sleep(0.5)
    yield
    house.turn(names="")


def flood(house: House, entity: str) -> None:
    """With a process of its own."""
    lines = b"noise\n" * FLOOD
    argv = [*sender(house, OWNER), "-t", TOPICS.command(entity), "-l"]
    subprocess.run(argv, input=lines, check=True, capture_output=True)


def sender(house: House, user: str) -> list[str]:
    """mosquitto_pub, logged in."""
    login = ("-h", HOST, "-p", str(house.broker.port), "-u", user, "-P", "right")
    return ["mosquitto_pub", *login]


BROKER_FAULTS = (
    killed,
    frozen,
    slow,
    half_open,
    refusing,
    wrong_password,
    flooding,
    garbage,
    restarted,
    hangs_up,
    rubbish,
    same_id,
    no_name,
    no_names,
)
