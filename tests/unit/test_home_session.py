"""One speaker on a broker: what it says, what it obeys, how it leaves."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from fakes.broker import A_STATE, LIMIT_S, FakeBroker
from moodspeaker.errors import BrokerDenied, BrokerLost, PlayerLost
from moodspeaker.home import obeying, session
from moodspeaker.home.commands import CommandRefused, Next, SetCamera, SetMood
from moodspeaker.home.discovery import DeviceInfo
from moodspeaker.home.session import Home
from moodspeaker.home.topics import Topics
from moodspeaker.types import Emotion, Message, Mood, NowPlaying, Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from moodspeaker.home.commands import Command

TOPICS = Topics("kitchen")


class Prompt(Random):
    """Always the shortest delay, or none."""

    def uniform(self, a: float, b: float) -> float:
        """No delay."""
        return 0.0


class Clock:
    """A monotonic clock that stands still unless it is told, or that runs at each look."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.step_s = 0.0

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


class Speaker:
    """A Home on a fake broker, and what it made of its commands."""

    def __init__(self) -> None:
        self.broker = FakeBroker()
        self.clock = Clock()
        self.commands: list[Command] = []
        self.told: list[Message] = []
        self.refusal: Exception | None = None
        self.on_command = asyncio.Event()
        self.hang = False
        self.home = Home(
            self.broker,
            TOPICS,
            DeviceInfo("Kitchen", "1.0"),
            self.handle,
            clock=self.clock,
            rng=Prompt(),
            published=self.told.append,
        )

    async def handle(self, command: Command) -> None:
        """Obeys, refuses or hangs, as told."""
        self.commands.append(command)
        self.on_command.set()
        if self.hang:
            await asyncio.Event().wait()
        if self.refusal is not None:
            raise self.refusal
        if isinstance(command, SetCamera):
            self.home.update(replace(A_STATE, camera=command.on))

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncio.Task[None]]:
        """A connection that is up; cancelled at the end if it still lives."""
        up = asyncio.Event()
        attempt = asyncio.create_task(self.home.attempt(up.set))
        waiting = asyncio.create_task(up.wait())
        async with asyncio.timeout(LIMIT_S):
            await asyncio.wait((attempt, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        try:
            yield attempt
        finally:
            attempt.cancel()
            with suppress(asyncio.CancelledError, BrokerLost, ExceptionGroup):
                await attempt

    async def send(self, entity: str, payload: bytes, *, wait: bool = True) -> Any:
        """Publishes a command; the answer to it."""
        after = len(self.broker.published)
        await self.broker.deliver(Message(TOPICS.command(entity), payload))
        if not wait:
            return None
        answer = await self.broker.wait_for_topic(TOPICS.result, after=after)
        return json.loads(answer.payload)

    def topics_said(self, after: int = 0) -> list[str]:
        """The topics of what was published."""
        return [message.topic for message in self.broker.published[after:]]


@pytest.fixture
def speaker() -> Speaker:
    """A speaker that knows its state and is not connected."""
    speaker = Speaker()
    speaker.home.update(A_STATE)
    return speaker


async def test_it_tells_everything_before_it_is_online(speaker: Speaker) -> None:
    speaker.home.tuning({"margin": 0.1})
    speaker.home.diagnostics({"fps": 5.0})
    async with speaker.connected():
        assert speaker.topics_said() == [
            TOPICS.discovery,
            TOPICS.state,
            TOPICS.track,
            TOPICS.tuning,
            TOPICS.diagnostics,
            TOPICS.availability,
            TOPICS.preview,
        ]
        assert speaker.broker.retained[TOPICS.availability] == b"online"


async def test_it_is_up_only_once_all_is_told(speaker: Speaker) -> None:
    said: list[int] = []

    def up() -> None:
        said.append(len(speaker.broker.published))

    attempt = asyncio.create_task(speaker.home.attempt(up))
    await speaker.broker.wait_for_topic(TOPICS.availability)
    attempt.cancel()
    with suppress(asyncio.CancelledError):
        await attempt
    assert said == [5]


async def test_it_says_offline_when_it_is_told_to_stop(speaker: Speaker) -> None:
    async with speaker.connected() as attempt:
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
    assert speaker.broker.published[-1] == Message(TOPICS.availability, b"offline", retain=True)


async def test_it_leaves_a_frozen_broker_when_it_is_told_to_stop(speaker: Speaker) -> None:
    async with speaker.connected() as attempt:
        speaker.broker.frozen = True
        attempt.cancel()
        async with asyncio.timeout(LIMIT_S):
            with pytest.raises(asyncio.CancelledError):
                await attempt


async def test_it_does_not_wait_for_ever_to_say_offline(
    speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "FAREWELL_LIMIT_S", 0.01)
    async with speaker.connected() as attempt:
        monkeypatch.setattr(speaker.broker, "deliver", hang)
        attempt.cancel()
        async with asyncio.timeout(LIMIT_S):
            with pytest.raises(asyncio.CancelledError):
                await attempt


async def test_a_change_of_mood_goes_out_at_once(speaker: Speaker) -> None:
    async with speaker.connected():
        speaker.home.update(replace(A_STATE, mood=Mood.SAD))
        await speaker.broker.wait_for(lambda m: b'"mood":"sad"' in m.payload)


async def test_a_number_goes_out_when_its_time_has_come(speaker: Speaker) -> None:
    async with speaker.connected():
        speaker.home.update(replace(A_STATE, confidence=0.9))
        speaker.home.playing(NowPlaying(Track("a.ogg")))
        await speaker.broker.wait_for(lambda m: b"a.ogg" in m.payload)
        assert len(speaker.broker.on(TOPICS.state)) == 1
        speaker.clock.now_s += 9.999
        speaker.clock.step_s = 0.0005
        speaker.home.playing(None)
        await speaker.broker.wait_for(lambda m: b'"confidence":0.9' in m.payload)


async def test_events_go_out_in_order_and_are_not_retained(speaker: Speaker) -> None:
    async with speaker.connected():
        speaker.home.event("mood_changed", {"n": 1})
        speaker.home.event("held", {"n": 2})
        await speaker.broker.wait_for(lambda m: b"held" in m.payload)
    events = [json.loads(message.payload) for message in speaker.broker.on(TOPICS.event)]
    assert [event["n"] for event in events] == [1, 2]
    assert TOPICS.event not in speaker.broker.retained


async def test_events_between_two_connections_are_not_lost(speaker: Speaker) -> None:
    async with speaker.connected():
        pass
    speaker.home.event("held", {})
    assert speaker.broker.on(TOPICS.event) == []
    async with speaker.connected():
        await speaker.broker.wait_for_topic(TOPICS.event)


async def test_a_command_is_done_and_answered(speaker: Speaker) -> None:
    async with speaker.connected():
        answer = await speaker.send("mood", b"sad")
    assert speaker.commands == [SetMood(Emotion.SAD)]
    assert answer == {"entity": "mood", "ok": True, "error": None}


async def test_a_command_shows_its_new_state_at_once(speaker: Speaker) -> None:
    async with speaker.connected():
        after = len(speaker.broker.published)
        await speaker.send("camera", b"OFF")
        state = await speaker.broker.wait_for_topic(TOPICS.state, after=after)
    assert json.loads(state.payload)["camera"] == "OFF"


async def test_a_command_that_changes_nothing_is_answered_with_the_state(speaker: Speaker) -> None:
    async with speaker.connected():
        after = len(speaker.broker.published)
        await speaker.send("next", b"PRESS")
        await speaker.broker.wait_for_topic(TOPICS.state, after=after)
    assert speaker.commands == [Next()]


async def test_a_command_we_do_not_know_is_refused_with_the_state(speaker: Speaker) -> None:
    async with speaker.connected():
        after = len(speaker.broker.published)
        answer = await speaker.send("nxt", b"PRESS")
        await speaker.broker.wait_for_topic(TOPICS.state, after=after)
    assert speaker.commands == []
    assert answer["ok"] is False
    assert answer["error"] == "there is no entity 'nxt' (did you mean next?)"


@pytest.mark.parametrize("refusal", [CommandRefused("not now"), PlayerLost("no MPD", "start it")])
async def test_a_refusal_of_the_speaker_is_the_answer(
    speaker: Speaker, refusal: CommandRefused | PlayerLost
) -> None:
    speaker.refusal = refusal
    async with speaker.connected():
        answer = await speaker.send("next", b"PRESS")
        speaker.refusal = None
        assert (await speaker.send("next", b"PRESS"))["ok"] is True
    assert answer == {"entity": "next", "ok": False, "error": str(refusal)}


async def test_a_command_that_hangs_is_given_up(
    speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(obeying, "COMMAND_LIMIT_S", 0.01)
    speaker.hang = True
    async with speaker.connected():
        answer = await speaker.send("next", b"PRESS")
    assert answer["error"] == "next was not done within 0.01 s"


async def test_a_retained_command_is_ignored(speaker: Speaker) -> None:
    speaker.broker.retained[TOPICS.command("camera")] = b"OFF"
    async with speaker.connected():
        await speaker.send("next", b"PRESS")
    assert speaker.commands == [Next()]


async def test_the_start_of_home_assistant_makes_it_tell_all_again(speaker: Speaker) -> None:
    async with speaker.connected():
        after = len(speaker.broker.published)
        await speaker.broker.deliver(Message(TOPICS.birth, b"online"))
        await speaker.broker.wait_for_topic(TOPICS.availability, after=after)
    told = [TOPICS.birth, TOPICS.discovery, TOPICS.state, TOPICS.track, TOPICS.availability]
    assert speaker.topics_said(after)[:5] == told


@pytest.mark.parametrize("payload", [b"offline", b""])
async def test_the_end_of_home_assistant_is_nothing_to_us(speaker: Speaker, payload: bytes) -> None:
    async with speaker.connected():
        after = len(speaker.broker.published)
        await speaker.broker.deliver(Message(TOPICS.birth, payload))
        await speaker.send("next", b"PRESS")
    assert TOPICS.discovery not in speaker.topics_said(after)


async def test_an_old_birth_does_not_make_it_tell_all_twice(speaker: Speaker) -> None:
    speaker.broker.retained[TOPICS.birth] = b"online"
    async with speaker.connected():
        await speaker.send("next", b"PRESS")
    assert len(speaker.broker.on(TOPICS.discovery)) == 1


async def test_a_lost_broker_ends_the_attempt(speaker: Speaker) -> None:
    async with speaker.connected() as attempt:
        await speaker.broker.lose_connections()
        async with asyncio.timeout(LIMIT_S):
            with pytest.raises(BrokerLost):
                await attempt
    assert speaker.broker.retained[TOPICS.availability] == b"offline"


async def test_everything_is_told_again_on_the_next_connection(speaker: Speaker) -> None:
    async with speaker.connected():
        await speaker.broker.kill()
    speaker.broker.down = False
    speaker.home.update(replace(A_STATE, mood=Mood.SAD))
    async with speaker.connected():
        retained = speaker.broker.retained
        assert set(retained) == {
            TOPICS.discovery,
            TOPICS.state,
            TOPICS.track,
            TOPICS.availability,
        }
        assert json.loads(retained[TOPICS.state])["mood"] == "sad"


async def test_a_refused_connection_is_raised_and_not_up(speaker: Speaker) -> None:
    speaker.broker.denied = True
    with pytest.raises(BrokerDenied):
        await speaker.home.attempt(pytest.fail)


async def test_a_bug_in_a_command_is_seen_and_the_speaker_goes_offline(speaker: Speaker) -> None:
    speaker.refusal = ZeroDivisionError("a bug")
    async with speaker.connected() as attempt:
        await speaker.send("next", b"PRESS", wait=False)
        async with asyncio.timeout(LIMIT_S):
            with pytest.raises(ExceptionGroup) as seen:
                await attempt
    assert seen.group_contains(ZeroDivisionError)
    assert speaker.broker.retained[TOPICS.availability] == b"offline"


async def test_the_observer_hears_of_everything_that_went_out(speaker: Speaker) -> None:
    async with speaker.connected():
        await speaker.send("next", b"PRESS")
    unheard = (TOPICS.command("next"), TOPICS.preview)
    assert speaker.told == [m for m in speaker.broker.published if m.topic not in unheard]


async def test_nobody_but_the_broker_hears_of_a_picture(speaker: Speaker) -> None:
    async with speaker.connected():
        speaker.home.picture(b"jpeg")
        await speaker.broker.wait_for(lambda m: m.payload == b"jpeg")
    assert TOPICS.preview not in [message.topic for message in speaker.told]


async def test_pictures_end_before_it_says_offline(speaker: Speaker) -> None:
    async with speaker.connected():
        speaker.home.picture(b"jpeg")
        await speaker.broker.wait_for(lambda m: m.payload == b"jpeg")
    assert speaker.broker.published[-2:] == [
        Message(TOPICS.preview, b""),
        Message(TOPICS.availability, b"offline", retain=True),
    ]


async def test_what_a_former_run_announced_is_removed_by_its_platform_alone(
    speaker: Speaker,
) -> None:
    speaker.home.withdraw({"gone": "sensor", "mood": "sensor"})
    assert speaker.home.announced is None
    async with speaker.connected():
        told = components_in(speaker)
    assert told["gone"] == {"platform": "sensor"}
    assert told["mood"]["name"] == "Mood"
    assert speaker.home.announced is not None
    assert speaker.home.announced == {
        key: made["platform"] for key, made in told.items() if key != "gone"
    }


async def test_what_goes_away_while_it_runs_is_removed(speaker: Speaker) -> None:
    async with speaker.connected():
        after = len(speaker.broker.published)
        speaker.home.announce(DeviceInfo("Kitchen", "1.0", pictures=False))
        await speaker.broker.wait_for_topic(TOPICS.discovery, after=after)
        await speaker.send("next", b"PRESS")
        told = components_in(speaker)
    assert told["preview"] == {"platform": "switch"}
    assert told["preview_picture"] == {"platform": "image"}
    assert speaker.home.announced is not None
    assert not {"preview", "preview_picture"} & set(speaker.home.announced)


async def test_what_changes_while_it_is_told_counts_only_once_it_is_told_too() -> None:
    known: list[dict[str, str] | None] = []

    def published(message: Message) -> None:
        if message.topic == TOPICS.discovery:
            known.append(home.announced)
            home.announce(DeviceInfo("Kitchen", "1.0", pictures=False))

    home = Home(
        FakeBroker(),
        TOPICS,
        DeviceInfo("Kitchen", "1.0"),
        Speaker().handle,
        clock=Clock(),
        rng=Prompt(),
        published=published,
    )
    up = asyncio.Event()
    attempt = asyncio.create_task(home.attempt(up.set))
    async with asyncio.timeout(LIMIT_S):
        await up.wait()
    attempt.cancel()
    with suppress(asyncio.CancelledError):
        await attempt
    assert known == [None, None]
    assert home.announced is not None
    assert "preview" not in home.announced


async def test_the_same_device_is_not_announced_twice(speaker: Speaker) -> None:
    speaker.home.withdraw({"gone": "sensor"})
    async with speaker.connected():
        speaker.home.announce(DeviceInfo("Kitchen", "1.0"))
        await speaker.send("next", b"PRESS")
    assert len(speaker.broker.on(TOPICS.discovery)) == 1


async def test_no_task_outlives_the_attempt(speaker: Speaker) -> None:
    before = asyncio.all_tasks()
    speaker.hang = True
    async with speaker.connected():
        await speaker.send("next", b"PRESS", wait=False)
        await speaker.on_command.wait()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


def components_in(speaker: Speaker) -> dict[str, Any]:
    """The components that the broker retains."""
    message = json.loads(speaker.broker.retained[TOPICS.discovery])
    return dict(message["components"])


async def hang(message: Message) -> None:
    """Takes for ever."""
    await asyncio.Event().wait()
