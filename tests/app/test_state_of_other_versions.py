"""A state folder that an older or a newer moodspeaker wrote, opened by this one."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fakes.plain_speaker import PlainSpeaker
from moodspeaker.library import schema
from moodspeaker.library.store import LabelStore
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.plain_material import Material

RESTING = dict.fromkeys(Emotion, 0.1) | {"sad": 0.4}
FIRST_FILES: dict[str, object] = {
    "switches.json": {"following": True, "camera": False},
    "tuning.json": {"profile": "auto", "values": {"dwell_s": 44.0}, "wrong": {"sad": 3}},
    "calibration.json": {"scores": RESTING, "taken_at": 1.7e9, "frames": 30},
    "announced.json": {"feeling": "sensor"},
    "published.json": {"lists": ["mood-happy"]},
    "volume.json": {"volume": 60},
}
"""As the first versions of each wrote them."""
RELEASED = ("3362dc41fca0", "10896b36385e")
"""Hashes of the migrations that speakers have gone through."""


@pytest.fixture
def speaker(material: Material, tmp_path: Path) -> PlainSpeaker:
    """One with music and no labels yet."""
    return PlainSpeaker(tmp_path / "s", material, frozenset({"labels"}))


async def test_the_state_of_the_first_versions_is_in_force(speaker: PlainSpeaker) -> None:
    write(speaker, FIRST_FILES)
    first_store(speaker.labels)
    async with speaker.living():
        assert await at_work(speaker)
        assert speaker.state["camera"] == "OFF"
        tuning = speaker.told["tuning"]
        assert (tuning["dwell_s"], tuning["tuned"]) == (44.0, ["dwell_s"])
        assert tuning["wrong_moods"]["sad"] == 3
        assert speaker.service._speaker.resting is not None
        assert await speaker.until(lambda: speaker.health.get("labels") == "ok")
    store = LabelStore.open(speaker.labels)
    assert [(said.uri, said.detail) for said in store.estimates("happy/0.wav")] == [
        ("happy/0.wav", "happy")
    ]
    assert store.analyses() == {}
    store.close()


async def test_a_newer_versions_state_is_taken_as_far_as_it_is_known(
    speaker: PlainSpeaker, caplog: pytest.LogCaptureFixture
) -> None:
    newer = {
        name: {**stored, "of_a_newer_version": {"a": [1]}} if isinstance(stored, dict) else stored
        for name, stored in FIRST_FILES.items()
        if name != "announced.json"
    }
    write(speaker, newer | {"tuning.json": {"values": {"dwell_s": 44.0, "new_s": 1}, "new": 2}})
    write(speaker, {"announced.json": {"feeling": "sensor", "new": "a_platform_of_2030"}})
    newer_store(speaker.labels)
    before = speaker.labels.read_bytes()
    async with speaker.living():
        assert await at_work(speaker)
        assert speaker.state["camera"] == "OFF"
        assert speaker.told["tuning"]["dwell_s"] == 44.0
        await speaker.command("dwell_s", "45")
        await speaker.command("camera", "ON")
        assert await speaker.until(lambda: speaker.state.get("camera") == "ON")
    assert "a newer moodspeaker made it (schema 99" in caplog.text
    assert speaker.labels.read_bytes() == before
    assert not [*speaker.labels.parent.glob("*.damaged-*")]


def test_migrations_that_were_released_stay_as_they_are() -> None:
    hashes = [hashlib.sha256(repr(one).encode()).hexdigest()[:12] for one in schema.MIGRATIONS]
    assert tuple(hashes[: len(RELEASED)]) == RELEASED


async def at_work(speaker: PlainSpeaker) -> bool:
    """Whether it comes to play, to tell of itself and to hear commands."""
    plays = await speaker.until_player(lambda status, _: status["state"] == "play")
    tells = await speaker.until(lambda: {"state", "tuning"} <= speaker.told.keys())
    return plays and tells and await speaker.until(lambda: speaker.health.get("mqtt") == "ok")


def write(speaker: PlainSpeaker, files: dict[str, object]) -> None:
    """Puts them into the state folder."""
    for name, content in files.items():
        (speaker.labels.parent / name).write_text(json.dumps(content))


def first_store(path: Path) -> None:
    """As the first version made it, with a label."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in schema.FIRST:
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO estimates VALUES"
            " ('happy/0.wav', 'user', 0.8, 0.5, 0.1, 0.1, 'happy', 'words 1')"
        )
        connection.commit()


def newer_store(path: Path) -> None:
    """One of a version that is to come."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE feelings (uri TEXT)")
        connection.execute("PRAGMA user_version = 99")
        connection.commit()
