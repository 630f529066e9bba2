"""The parts of the MQTT link: what waits, what is dropped, which version, which rights."""

from __future__ import annotations

import asyncio
import logging
import socket

import pytest
from aiomqtt import ProtocolVersion

from moodspeaker.home.drop_log import DropLog
from moodspeaker.home.echo import Echo
from moodspeaker.home.inbox import Inbox
from moodspeaker.home.limits import OUTRUN, TOO_LARGE, UNKNOWN, InboxLimits
from moodspeaker.home.protocols import REMEMBERED_S, Protocols
from moodspeaker.home.rights import Rights
from moodspeaker.home.sieve import Sieve
from moodspeaker.home.sieved_socket import SievedSocket
from moodspeaker.types import Message

LIMITS = InboxLimits(kept=3, strangers=2, strangers_per_s=1.0, small=10, largest=100)


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Room:
    """An inbox that knows topics with `set/`, and what it has dropped."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.dropped: list[str] = []
        known = lambda topic: topic.startswith("set/")  # noqa: E731 - said where it is used
        self.inbox = Inbox(known, self.drop, self.clock, LIMITS)

    def drop(self, number: int, reason: str) -> None:
        self.dropped += [reason] * number

    def put(self, topic: str, *payloads: bytes) -> None:
        for payload in payloads:
            self.inbox.put(Message(topic, payload))

    async def drained(self) -> list[bytes]:
        return [(await self.next()).payload for _ in range(len(self.inbox))]

    async def next(self) -> Message:
        message = await self.inbox.get()
        assert message is not None
        return message


@pytest.fixture
async def room() -> Room:
    """Inside a running loop."""
    return Room()


async def test_messages_of_several_topics_keep_their_order(room: Room) -> None:
    for number, topic in enumerate(("set/a", "set/b", "set/a", "other", "set/b")):
        room.put(topic, b"%d" % number)
    assert await room.drained() == [b"0", b"1", b"2", b"3", b"4"]


@pytest.mark.parametrize(("sent", "kept"), [(2, [0, 1]), (3, [0, 1, 2]), (4, [1, 2, 3])])
async def test_of_one_topic_the_newest_few_are_kept(room: Room, sent: int, kept: list[int]) -> None:
    room.put("set/a", *(b"%d" % number for number in range(sent)))
    assert await room.drained() == [b"%d" % number for number in kept]
    assert room.dropped == [OUTRUN] * (sent - len(kept))


async def test_a_flood_on_one_topic_costs_no_other_topic_a_message(room: Room) -> None:
    room.put("set/b", b"first")
    room.put("set/a", *[b"noise"] * 1000)
    room.put("unknown", *[b"noise"] * 1000)
    room.put("set/b", b"last")
    left = await room.drained()
    assert (left[0], left[-1], len(left)) == (b"first", b"last", 1 + 3 + 2 + 1)


async def test_what_was_read_makes_room_for_more(room: Room) -> None:
    for _ in range(5):
        room.put("set/a", b"1", b"2", b"3")
        assert await room.drained() == [b"1", b"2", b"3"]
    assert room.dropped == []


@pytest.mark.parametrize(("waited_s", "taken"), [(0.9, 0), (1.0, 1), (1.9, 1), (2.0, 2), (9.0, 2)])
async def test_strangers_come_in_slowly(room: Room, waited_s: float, taken: int) -> None:
    room.put("unknown", b"1", b"2")
    await room.drained()
    room.clock.now_s += waited_s
    room.put("unknown", b"3", b"4", b"5")
    assert len(await room.drained()) == taken
    assert room.dropped == [UNKNOWN] * (3 - taken)


@pytest.mark.parametrize(("size", "reason"), [(100, []), (101, [TOO_LARGE])])
async def test_what_is_too_large_is_dropped(room: Room, size: int, reason: list[str]) -> None:
    room.put("set/a", bytes(size))
    assert room.dropped == reason


async def test_a_large_message_of_a_known_topic_is_a_stranger(room: Room) -> None:
    room.put("set/a", bytes(10), bytes(11), bytes(11), bytes(11))
    assert [len(payload) for payload in await room.drained()] == [10, 11, 11]
    assert room.dropped == [UNKNOWN]


async def test_a_closed_inbox_gives_what_waits_and_then_ends(room: Room) -> None:
    room.put("set/a", b"1")
    room.inbox.close()
    assert (await room.next()).payload == b"1"
    assert await room.inbox.get() is None


async def test_a_reader_waits_for_the_next_message(room: Room) -> None:
    reading = asyncio.create_task(room.inbox.get())
    await asyncio.sleep(0)
    assert not reading.done()
    room.put("set/a", b"1")
    assert await reading == Message("set/a", b"1")


async def test_drops_are_told_together(caplog: pytest.LogCaptureFixture) -> None:
    drops = DropLog(asyncio.get_running_loop())
    with caplog.at_level(logging.WARNING):
        for reason in ("too large", "unknown", "too large"):
            drops.count(1, reason)
        assert caplog.messages == []
        drops.tell()
        drops.tell()
    assert caplog.messages == ["dropped 3 MQTT messages: 2 too large, 1 unknown"]


def test_version_5_is_tried_first_and_3_1_1_where_it_is_refused() -> None:
    protocols = Protocols("auto", Clock())
    assert (protocols.best, protocols.other) == (ProtocolVersion.V5, ProtocolVersion.V311)


@pytest.mark.parametrize(
    ("later_s", "version"),
    [(0.0, "V311"), (REMEMBERED_S - 1, "V311"), (REMEMBERED_S, "V5"), (REMEMBERED_S + 1, "V5")],
)
def test_a_fall_back_is_remembered_for_an_hour(later_s: float, version: str) -> None:
    clock = Clock()
    protocols = Protocols("auto", clock)
    protocols.fell_back()
    clock.now_s += later_s
    assert protocols.best.name == version


def test_a_fall_back_is_forgotten_when_told() -> None:
    protocols = Protocols("auto", Clock())
    protocols.fell_back()
    protocols.forget()
    assert protocols.best == ProtocolVersion.V5


@pytest.mark.parametrize("choice", ["5", "3.1.1"])
def test_a_chosen_version_has_no_fall_back(choice: str) -> None:
    protocols = Protocols("5" if choice == "5" else "3.1.1", Clock())
    assert protocols.other is None
    assert (protocols.best is ProtocolVersion.V5) is (choice == "5")


def test_a_refused_topic_is_told_once_and_taken_back_when_it_is_taken() -> None:
    told: list[str | None] = []
    rights = Rights(told.append)
    for refusal in ("Not authorized", "Not authorized", None, None):
        rights.publication("b/state", refusal)
    assert len(told) == 2
    assert told[0] is not None
    assert "b/state: Not authorized" in told[0]
    assert "ACL" in told[0]
    assert told[1] is None


def test_several_refused_topics_are_one_problem() -> None:
    rights = Rights()
    for topic in "abcde":
        rights.publication(topic, "no")
    rights.publication("b", None)
    assert rights.problem is not None
    assert "refuses us a, c, d, …: no" in rights.problem


async def test_what_does_not_come_back_is_a_problem_until_it_does() -> None:
    told: list[str | None] = []
    echo = Echo("b/availability", Rights(told.append), 0.0, fast_loop())
    echo.begin()
    echo.published()
    await asyncio.sleep(0.01)
    assert len(told) == 1
    assert "b/availability" in str(told[0])
    echo.arrived(retain=False)
    assert told[1:] == [None]


@pytest.mark.parametrize(("retain", "problems"), [(True, 1), (False, 0)])
async def test_only_a_fresh_message_proves_the_way(retain: bool, problems: int) -> None:
    told: list[str | None] = []
    echo = Echo("t", Rights(told.append), 0.0, fast_loop())
    echo.begin()
    echo.published()
    echo.arrived(retain=retain)
    await asyncio.sleep(0.01)
    assert len(told) == problems


async def test_nothing_is_waited_for_without_a_subscription() -> None:
    told: list[str | None] = []
    echo = Echo("t", Rights(told.append), 0.0, fast_loop())
    echo.published()
    await asyncio.sleep(0.01)
    assert told == []


def fast_loop() -> asyncio.AbstractEventLoop:
    """The running loop, in whose `call_later` time is over at once."""
    return FastLoop(asyncio.get_running_loop())  # type: ignore[return-value]


class FastLoop:
    """Only what `Echo` asks of a loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def call_later(self, delay_s: float, callback: object, *args: object) -> asyncio.Handle:
        assert delay_s >= 2.0
        return self._loop.call_later(0.001, callback, *args)  # type: ignore[arg-type]


def test_a_small_read_takes_what_was_gulped() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        sieved = SievedSocket(ours, Sieve(lambda _: True, 100, lambda *_: None, lambda _: None))
        with pytest.raises(BlockingIOError):
            sieved.recv(1)
        theirs.send(b"\xd0")
        with pytest.raises(BlockingIOError):
            sieved.recv(1)
        theirs.send(b"\x00\xd0\x00")
        assert [sieved.recv(1), sieved.recv(9), sieved.pending()] == [b"\xd0", b"\x00\xd0\x00", 0]
        theirs.close()
        assert sieved.recv(1) == b""
