"""The ready-made files, in Home Assistant itself and in a real broker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from fakes.demo_process import output_of
from fakes.home_view import held, playing, until
from fakes.household import BASE, CONFIG, DISCOVERY, SPEAKER

if TYPE_CHECKING:
    from fakes.household import Household

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
ENTITY_ID = re.compile(r"\b(?:sensor|binary_sensor|select|number|switch|button|event|image)\.\w+")


async def test_the_dashboard_and_the_snippets_name_what_there_is(house: Household) -> None:
    there = await house.home.states()
    parts, known = await house.components(), await house.home.registry()
    rare = {
        known[part["unique_id"]]["entity_id"]
        for part in parts.values()
        if not part.get("enabled_by_default", True)
    }
    named = {
        name: path.name
        for path in (CONFIG / "home-assistant").glob("*.yaml")
        for name in ENTITY_ID.findall(path.read_text())
        if ".moodspeaker_" in name and not name.endswith("_")
    }
    assert {name: file for name, file in named.items() if name not in there} == {}
    assert rare & {name for name, file in named.items() if file == "dashboard.yaml"} == set()
    shown = await house.home.ask("lovelace/config", url_path="moodspeaker-speaker")
    assert shown == yaml.safe_load((CONFIG / "home-assistant/dashboard.yaml").read_text())
    assert "media_player.music_player_daemon" in there


async def test_every_automation_is_taken(house: Household) -> None:
    asked = yaml.safe_load((CONFIG / "home-assistant" / "automations.yaml").read_text())
    states = await house.home.states()
    ours = {
        state["attributes"]["id"]: state["state"]
        for name, state in states.items()
        if name.startswith("automation.")
    }
    assert ours == {automation["id"]: "on" for automation in asked}


async def test_the_lights_take_the_colour_of_the_mood(house: Household) -> None:
    await house.home.call("light.turn_on", "light.lamp", rgb_color=[1, 2, 3])
    await house.home.call("select.select_option", "select.moodspeaker_mood_choice", option="sad")

    async def blue() -> bool:
        lamp = (await house.home.states())["light.lamp"]
        return list(lamp["attributes"].get("rgb_color") or ()) == [70, 110, 255]

    await until(blue)
    await house.home.call("select.select_option", "select.moodspeaker_mood_choice", option="auto")


async def test_the_doorbell_pauses_what_plays_for_a_while(house: Household) -> None:
    player = "media_player.music_player_daemon"
    await house.home.call("select.select_option", "select.moodspeaker_mood_choice", option="happy")
    await house.home.call("button.press", "button.moodspeaker_play")
    await playing(house, "happy")
    await house.home.call("homeassistant.update_entity", player)
    await house.home.comes_to(player, "playing", limit_s=20)
    await house.home.call("input_button.press", "input_button.doorbell")
    await until(lambda: held(house))
    await house.comes_to_say("state", "held_by", None)
    await house.home.call("select.select_option", "select.moodspeaker_mood_choice", option="auto")


async def test_good_night_turns_following_and_the_camera_off(house: Household) -> None:
    await house.home.call("automation.trigger", "automation.good_night_speaker")
    await house.comes_to_say("state", "following", "OFF")
    await house.comes_to_say("state", "camera", "OFF")
    for switch in ("camera", "follow_the_mood"):
        await house.home.call("switch.turn_on", f"switch.moodspeaker_{switch}")
    await house.comes_to_say("state", "camera", "ON")


async def test_the_access_list_gives_the_speaker_its_own_topics_alone(house: Household) -> None:
    for topic, arrives in ((f"{BASE}/proof", True), ("moodspeaker/other/state", False)):
        as_speaker = ("-t", topic, "-m", "ours", "-q", "1", "-r")
        await output_of("mosquitto_pub", *house.login(SPEAKER), *as_speaker)
        assert (await house.said(topic.removeprefix(f"{BASE}/"), 1) == "ours") is arrives
    foreign = ("-t", "zigbee2mqtt/lamp", "-m", "secret", "-q", "1", "-r")
    await output_of("mosquitto_pub", *house.login("homeassistant"), *foreign)
    listen = ("-t", "#", "-v", "-W", "1")
    read = await output_of("mosquitto_sub", *house.login(SPEAKER), *listen)
    assert f"{BASE}/availability" in read
    assert "zigbee2mqtt" not in read
    assert DISCOVERY not in read
