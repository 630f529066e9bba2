"""The pages of examples: every command in them is one that the speaker takes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from moodspeaker.home.commands import parse

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("mqtt.md", "without-home-assistant.md", "home-assistant.md")
COMMAND = re.compile(r"set/(\w+) (?:-e \S+ )?-m (\S+)")
EXAMPLES = [
    found
    for page in PAGES
    for found in COMMAND.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("entity", "payload"), EXAMPLES)
def test_a_command_in_the_docs_is_understood(entity: str, payload: str) -> None:
    parse(entity, payload.encode())


def test_there_are_examples_to_test() -> None:
    assert len(EXAMPLES) >= 15


def test_no_example_retains_a_command() -> None:
    for page in PAGES:
        for line in (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines():
            assert not ("/set/" in line and "mosquitto_pub" in line and " -r " in line), line


def test_the_flow_for_node_red_is_whole() -> None:
    text = (ROOT / "docs" / "without-home-assistant.md").read_text(encoding="utf-8")
    flow = json.loads(text[text.index("    [\n") : text.rindex("    ]") + 5])
    ids = {node["id"] for node in flow}
    assert {wire for node in flow for ends in node.get("wires", []) for wire in ends} <= ids
    assert {node["broker"] for node in flow if node["type"].startswith("mqtt ")} == {"b1"}
