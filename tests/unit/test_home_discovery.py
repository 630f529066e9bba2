"""What Home Assistant is told of the speaker."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fakes.broker import A_STATE
from moodspeaker.app.live_settings import LiveSettings
from moodspeaker.app.tuning_report import tuning_report
from moodspeaker.config.schema import Config
from moodspeaker.home.commands import READERS
from moodspeaker.home.discovery import DeviceInfo, discovery
from moodspeaker.home.entities import components
from moodspeaker.home.payloads import diagnostics_payload, encode, state_payload, track_payload
from moodspeaker.home.topics import Topics
from moodspeaker.types import Mood

SNAPSHOT = Path(__file__).parents[1] / "data" / "discovery.json"
TOPICS = Topics("kitchen")
DEVICE = DeviceInfo(
    "Kitchen speaker", "1.0", "https://example.org/speaker", profiles=("evening", "party")
)
TUNING = tuning_report(LiveSettings(Config(), None, Path("nowhere"), lambda: 0), None)
MESSAGE: dict[str, Any] = json.loads(encode(discovery(TOPICS, DEVICE)))
COMPONENTS: dict[str, dict[str, Any]] = MESSAGE["components"]

# Home Assistant 2025.4.4 drops every other key in silence: components/mqtt/schemas.py,
# config.py and each platform's file. Left out: what it deprecated, and entity ids.
TOP = {"device", "origin", "components", "availability_topic", "state_topic", "command_topic"}
TOP |= {"qos", "encoding", "availability", "availability_mode", "availability_template"}
TOP |= {"payload_available", "payload_not_available"}
DEVICE_KEYS = {"identifiers", "connections", "manufacturer", "model", "model_id", "name"}
DEVICE_KEYS |= {"hw_version", "serial_number", "sw_version", "via_device", "suggested_area"}
DEVICE_KEYS |= {"configuration_url"}
ORIGIN_KEYS = {"name", "sw_version", "support_url"}
COMMON = {"platform", "unique_id", "name", "icon", "entity_category", "enabled_by_default"}
COMMON |= {"entity_picture", "json_attributes_topic", "json_attributes_template", "qos"}
COMMON |= {"encoding", "device_class"}
READ = {"state_topic", "value_template"}
WRITE = {"command_topic", "command_template", "retain"}
KNOWN = {
    "sensor": COMMON
    | READ
    | {"expire_after", "force_update", "last_reset_value_template", "options", "state_class"}
    | {"suggested_display_precision", "unit_of_measurement"},
    "binary_sensor": COMMON
    | READ
    | {"expire_after", "force_update", "off_delay", "payload_on", "payload_off"},
    "switch": COMMON
    | READ
    | WRITE
    | {"optimistic", "payload_on", "payload_off", "state_on", "state_off"},
    "select": (COMMON - {"device_class"}) | READ | WRITE | {"optimistic", "options"},
    "button": COMMON | WRITE | {"payload_press"},
    "event": COMMON | READ | {"event_types"},
    "image": (COMMON - {"device_class"})
    | {"content_type", "image_encoding", "image_topic", "url_template", "url_topic"},
    "device_automation": {"platform", "automation_type", "payload", "qos", "subtype", "topic"}
    | {"type", "value_template"},
    "number": COMMON
    | READ
    | WRITE
    | {"optimistic", "min", "max", "step", "mode", "unit_of_measurement", "payload_reset"},
}
NEEDED = {
    "sensor": {"state_topic"},
    "binary_sensor": {"state_topic"},
    "switch": {"command_topic", "state_topic"},
    "select": {"command_topic", "state_topic", "options"},
    "button": {"command_topic"},
    "event": {"event_types", "state_topic"},
    "image": {"image_topic"},
    "device_automation": {"automation_type", "subtype", "topic", "type"},
    "number": {"command_topic", "min", "max", "step"},
}

ENTITIES = {k: c for k, c in COMPONENTS.items() if c["platform"] != "device_automation"}
TRIGGERS = {k: c for k, c in COMPONENTS.items() if k not in ENTITIES}

every_component = pytest.mark.parametrize("component", COMPONENTS.values(), ids=COMPONENTS)


def test_the_announcement_is_the_one_we_looked_at() -> None:
    """To renew the snapshot after a change that is meant, write MESSAGE to it."""
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == MESSAGE


def test_home_assistant_knows_every_key_of_the_device() -> None:
    assert set(MESSAGE) <= TOP
    assert set(MESSAGE["device"]) <= DEVICE_KEYS
    assert set(MESSAGE["origin"]) <= ORIGIN_KEYS


@every_component
def test_home_assistant_knows_every_key(component: dict[str, Any]) -> None:
    assert set(component) <= KNOWN[component["platform"]]
    assert set(component) >= NEEDED[component["platform"]]


def test_entities_have_a_name_and_an_id_and_triggers_have_neither() -> None:
    assert all({"unique_id", "name"} <= set(entity) for entity in ENTITIES.values())
    assert not any({"unique_id", "name"} & set(trigger) for trigger in TRIGGERS.values())


def test_unique_ids_are_unique_and_carry_the_device() -> None:
    ids = [component["unique_id"] for component in ENTITIES.values()]
    assert len(set(ids)) == len(ids)
    assert all(unique_id.startswith("moodspeaker_kitchen_") for unique_id in ids)


def test_names_are_unique_within_a_platform() -> None:
    names = [(component["platform"], component["name"]) for component in ENTITIES.values()]
    assert len(set(names)) == len(names)


@every_component
def test_no_component_blocks_the_device(component: dict[str, Any]) -> None:
    """A sensor of category config, or an enum with a unit, harms every later update."""
    category = component.get("entity_category")
    assert category in (None, "diagnostic" if "sensor" in component["platform"] else "config")
    if component.get("device_class") == "enum":
        assert not {"state_class", "unit_of_measurement"} & set(component)


@every_component
def test_no_attributes_carry_the_scores(component: dict[str, Any]) -> None:
    if "json_attributes_topic" in component:
        read = re.findall(r"value_json(?:\.(\w+))?", component["json_attributes_template"])
        assert read in (["problem"], ["camera_health"], ["model_health"])


@every_component
def test_every_template_reads_a_key_that_is_always_there(component: dict[str, Any]) -> None:
    keys = {
        TOPICS.state: set(json.loads(state_payload(A_STATE))),
        TOPICS.track: set(json.loads(track_payload(None))),
        TOPICS.diagnostics: set(json.loads(diagnostics_payload({}))),
        TOPICS.tuning: set(TUNING),
    }
    read = re.findall(r"value_json\.(\w+)", component.get("value_template", ""))
    if TOPICS.event not in (component.get("state_topic"), component.get("topic")):
        assert set(read) <= keys.get(component.get("state_topic", ""), set())
    # A key named like a method of dict would give the method.
    assert not any(hasattr(dict, key) for key in read)


@every_component
def test_every_command_topic_is_one_that_we_obey(component: dict[str, Any]) -> None:
    if "command_topic" in component:
        assert TOPICS.entity(component["command_topic"]) in READERS


def test_every_command_has_a_component() -> None:
    topics = {c["command_topic"] for c in COMPONENTS.values() if "command_topic" in c}
    assert topics == {TOPICS.command(entity) for entity in READERS}


@every_component
def test_a_number_has_limits_that_home_assistant_takes(component: dict[str, Any]) -> None:
    """It wants max above min and steps of a thousandth at least; 0.0005 would block the device."""
    if component["platform"] == "number":
        assert component["max"] > component["min"]
        assert component["step"] >= 0.001
        assert component["mode"] == "box"


@every_component
def test_a_numbers_default_is_within_its_limits(component: dict[str, Any]) -> None:
    if component["platform"] == "number" and "state_topic" in component:
        name = TOPICS.entity(component["command_topic"])
        assert component["min"] <= TUNING[str(name)] <= component["max"]


def test_the_profiles_can_be_chosen_and_the_choice_is_there_without_any() -> None:
    assert COMPONENTS["profile"]["options"] == ["auto", "default", "evening", "party"]
    assert components(TOPICS, ())["profile"]["options"] == ["auto", "default"]


def test_a_preview_that_is_not_allowed_is_not_offered() -> None:
    missing = set(components(TOPICS)) - set(components(TOPICS, pictures=False))
    assert missing == {"preview", "preview_picture"}


def test_every_mood_can_begin_an_automation() -> None:
    moods = [mood.value for mood in Mood]
    assert [trigger["subtype"] for trigger in TRIGGERS.values()] == moods
    assert [trigger["payload"] for trigger in TRIGGERS.values()] == moods


def test_what_is_gone_is_told_by_its_platform_alone_and_what_is_there_is_not() -> None:
    told = discovery(TOPICS, DEVICE, {"gone": "select", "mood": "sensor"})["components"]
    assert told == {**COMPONENTS, "gone": {"platform": "select"}}


def test_only_diagnostics_are_hidden_and_the_noisy_ones_are() -> None:
    hidden = {k for k, c in COMPONENTS.items() if c.get("enabled_by_default") is False}
    rare = {"hold_s", "absence_s", "distrust", "stay_s"}
    assert hidden == {"fps", "latency_ms", "rss_mb", "uptime_s"} | rare


def test_the_mood_sensor_knows_every_mood() -> None:
    assert COMPONENTS["mood"]["options"] == [mood.value for mood in Mood]


@every_component
def test_no_option_is_called_none(component: dict[str, Any]) -> None:
    """Home Assistant shows it as unknown."""
    assert "none" not in [option.casefold() for option in component.get("options", ())]


def test_a_device_without_a_page_has_no_url() -> None:
    origin = discovery(TOPICS, DeviceInfo("Speaker", "1.0"))["origin"]
    assert origin == {"name": "moodspeaker", "sw_version": "1.0"}


def test_another_prefix_moves_the_announcement_and_not_the_birth() -> None:
    topics = Topics("kitchen", "ha")
    assert topics.discovery == "ha/device/moodspeaker_kitchen/config"
    assert topics.birth == "homeassistant/status"


@pytest.mark.parametrize(
    ("topic", "entity"),
    [
        ("moodspeaker/kitchen/set/mood", "mood"),
        ("moodspeaker/kitchen/set/a/b", "a/b"),
        ("moodspeaker/kitchen/set", None),
        ("moodspeaker/other/set/mood", None),
    ],
)
def test_a_command_topic_names_its_entity(topic: str, entity: str | None) -> None:
    assert TOPICS.entity(topic) == entity
