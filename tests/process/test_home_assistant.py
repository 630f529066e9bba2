"""What we announce and offer, against Home Assistant itself: 2025.4.4, without a screen.

The tests share one household and leave it as they found it, but for the last one.
"""

from __future__ import annotations

import json
import re
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from fakes.demo_process import output_of
from fakes.home_view import (
    Heard,
    all_available,
    differences,
    missing,
    next_one,
    playing,
    unavailable,
    until,
    use,
)
from fakes.household import DISCOVERY, FEWER_PROFILES, PROFILES

if TYPE_CHECKING:
    from fakes.household import Household

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
# They start work of seconds to minutes.
LONG = ("relabel", "calibrate")
Fields = dict[str, Any]


async def test_every_component_has_its_entity(house: Household) -> None:
    assert await missing(house) == []


async def test_every_device_trigger_is_offered(house: Household) -> None:
    devices = await house.home.ask("config/device_registry/list")
    ours = next(d for d in devices if ["mqtt", "moodspeaker_test"] in d["identifiers"])
    offered = await house.home.ask("device_automation/trigger/list", device_id=ours["id"])
    names = {(o["type"], o.get("subtype")) for o in offered if o["domain"] == "mqtt"}
    wanted = {
        (part["type"], part["subtype"])
        for part in (await house.components()).values()
        if part["platform"] == "device_automation"
    }
    assert wanted <= names


async def test_every_state_is_what_the_speaker_says(house: Household) -> None:
    assert await differences(house) == []


async def test_with_a_face_before_the_camera_every_state_is_right_too(house: Household) -> None:
    before = await house.said("state")
    seen = {"presence": True, "faces": 2, "confidence": 0.734, "intensity": 0.5, "valence": -0.25}
    well = {"mood": "fear", "problem": None, "reason": "fear leads", "camera_health": "stalled"}
    await house.keep("state", json.dumps({**json.loads(before), **seen, **well}))
    assert await differences(house) == []
    assert await house.home.state("binary_sensor.moodspeaker_presence") == "on"
    assert await house.home.state("sensor.moodspeaker_confidence") == "73"
    await house.keep("state", before)
    assert await differences(house) == []


async def test_a_switch_there_is_a_switch_here(house: Household) -> None:
    for state in ("off", "on"):
        await house.home.call(f"switch.turn_{state}", "switch.moodspeaker_follow_the_mood")
        await house.comes_to_say("state", "following", state.upper())
        await house.home.comes_to("switch.moodspeaker_follow_the_mood", state)


async def test_a_mood_chosen_there_is_held_and_auto_lets_go(house: Household) -> None:
    choice = "select.moodspeaker_mood_choice"
    await house.home.call("select.select_option", choice, option="happy")
    await house.home.comes_to("sensor.moodspeaker_mood", "happy")
    assert (await house.says("state"))["source"] == "manual"
    happened = (await house.home.states())["event.moodspeaker_mood_changed"]
    assert happened["attributes"]["event_type"] == "happy"
    await house.home.call("select.select_option", choice, option="auto")
    await house.comes_to_say("state", "manual_mood", "auto")
    await house.home.comes_to(choice, "auto")


async def test_the_preview_is_a_picture_there_while_it_is_on(house: Household) -> None:
    await house.home.call("switch.turn_on", "switch.moodspeaker_preview")

    async def seen() -> bool:
        return await house.home.state("image.moodspeaker_preview") not in (None, "unknown")

    await until(seen)
    await house.home.call("switch.turn_off", "switch.moodspeaker_preview")
    await house.comes_to_say("state", "preview", "OFF")


async def test_a_number_set_there_is_in_force(house: Household) -> None:
    number = "number.moodspeaker_least_time_between_moods"
    await house.home.call("number.set_value", number, value=33)
    await house.comes_to_say("tuning", "dwell_s", 33.0)
    await house.home.call("button.press", "button.moodspeaker_reset_tuning")
    await house.comes_to_say("tuning", "tuned", [])


async def test_next_and_like_reach_the_music(house: Household) -> None:
    await house.home.call("select.select_option", "select.moodspeaker_mood_choice", option="happy")
    before = await playing(house, "happy")
    async with Heard(house, "event") as events:
        await house.home.call("button.press", "button.moodspeaker_like_this_track")
        event = await events.until("event_type", "feedback")
        assert (event["mood"], event["kind"]) == ("happy", "like")
    await house.home.call("button.press", "button.moodspeaker_next_track")
    await until(lambda: next_one(house, before))
    await house.home.call("select.select_option", "select.moodspeaker_mood_choice", option="auto")


async def test_every_control_reaches_the_speaker(house: Household) -> None:
    deaf = []
    known, states = await house.home.registry(), await house.home.states()
    async with Heard(house, "result") as results:
        for key, part in (await house.components()).items():
            if "command_topic" not in part or key in LONG:
                continue
            entity = part["command_topic"].rsplit("/", 1)[1]
            await use(house, states[known[part["unique_id"]]["entity_id"]])
            try:
                answer = await results.until("entity", entity)
            except TimeoutError:
                answer = {"error": "no answer"}
            # Refused is fine, with nothing that plays for example.
            if str(answer["error"]).startswith(("no answer", "there is no entity")):
                deaf.append(f"{key}: {answer['error']}")
    assert deaf == []
    for switch in ("camera", "follow_the_mood"):
        await house.home.call("switch.turn_on", f"switch.moodspeaker_{switch}")


async def test_a_profile_that_is_no_more_is_no_choice_any_more(house: Household) -> None:
    profile = "select.moodspeaker_profile"
    for profiles, wanted in ((FEWER_PROFILES, False), (PROFILES, True)):
        house.configure(profiles)
        assert house.speaker
        house.speaker.send_signal(signal.SIGHUP)

        async def offered(expected: bool = wanted) -> bool:
            options = (await house.home.states())[profile]["attributes"]["options"]
            return ("party" in options) is expected

        await until(offered)


async def test_home_assistant_complains_of_nothing_of_ours(house: Household) -> None:
    ours = re.compile(r" (WARNING|ERROR|CRITICAL) .*(mqtt|template|automation|blueprint|lovelace)")
    assert [line for line in house.home.output.splitlines() if ours.search(line)] == []


async def test_home_assistant_comes_back_to_the_same_states(house: Household) -> None:
    await house.home.stop()
    await house.home.start()
    assert await missing(house) == []
    assert await differences(house) == []


async def test_a_speaker_that_dies_is_unavailable_and_one_that_lives_is_not(
    house: Household,
) -> None:
    await house.kill_speaker()
    took_s = await house.home.comes_to("sensor.moodspeaker_mood", "unavailable")
    assert set((await unavailable(house)).values()) == {True}
    await house.start_speaker()
    await until(lambda: all_available(house))
    assert await differences(house) == []
    print(f"unavailable {took_s:.2f} s after a kill -9")


async def test_a_broker_that_comes_back_empty_is_told_everything_again(house: Household) -> None:
    await house.broker.stop()
    await house.home.comes_to("sensor.moodspeaker_mood", "unavailable")
    await house.broker.start()
    began_s = time.monotonic()
    assert await house.said("availability", 10) == "online"
    ours_s = time.monotonic() - began_s
    # Home Assistant itself looks for a lost broker every ten seconds.
    await until(lambda: all_available(house), limit_s=25)
    both_s = time.monotonic() - began_s
    print(f"after the broker came back: told again {ours_s:.1f} s, all shown {both_s:.1f} s")
    assert await differences(house) == []


async def test_an_announcement_that_is_deleted_takes_the_device_with_it(house: Household) -> None:
    await house.kill_speaker()
    delete = ("-t", DISCOVERY, "-r", "-n")
    await output_of("mosquitto_pub", *house.login("homeassistant"), *delete)

    async def gone() -> bool:
        return not await house.home.registry()

    await until(gone)
