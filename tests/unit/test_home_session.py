"""One speaker on a broker: what it says, what it obeys, how it leaves."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fakes.broker import A_STATE, LIMIT_S
from fakes.home_bench import Speaker
from moodspeaker.errors import BrokerDenied, BrokerLost, PlayerLost
from moodspeaker.home import obeying, session
from moodspeaker.home.commands import CommandRefused, Next, SetMood
from moodspeaker.home.topics import Topics
from moodspeaker.types import Emotion, Message, Mood, NowPlaying, Track

if TYPE_CHECKING:
    pass

TOPICS = Topics("kitchen")


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


async def test_no_task_outlives_the_attempt(speaker: Speaker) -> None:
    before = asyncio.all_tasks()
    speaker.hang = True
    async with speaker.connected():
        await speaker.send("next", b"PRESS", wait=False)
        await speaker.on_command.wait()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def hang(message: Message) -> None:
    """Takes for ever."""
    await asyncio.Event().wait()
