"""A plain speaker where parts are missing, in every combination.

What is expected of a combination is worked out from what is missing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from fakes.missing_parts import STARTING, follows, must_say, plays, problems, sees, settled
from fakes.plain_speaker import PARTS, PlainSpeaker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fakes.missing_parts import Missing
    from fakes.plain_material import Material

AT_A_TIME = 8
MUSIC_WITHIN_S = 20.0
"""Many speakers start at once here; one alone takes about a second."""
END_WITHIN_S = 5.0
COMBINATIONS: tuple[Missing, ...] = (
    *(frozenset(some) for n in range(6) for some in combinations(PARTS, n)),
    # Without MPD nobody knows of labels and library.
    *(frozenset({"mpd", *some}) for n in range(4) for some in combinations(PARTS[:3], n)),
)


@dataclass(slots=True)
class Life:
    """What was seen of one speaker from outside."""

    said: dict[str, str] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    obeyed: bool = False
    available: str = ""
    published: dict[str, Any] = field(default_factory=dict)
    played_after_s: float | None = None
    first_song: str = ""
    queue: tuple[str, ...] = ()
    ended_s: float | None = None
    log: tuple[str, ...] = ()


def marks(speaker: PlainSpeaker) -> dict[str, str]:
    """What a line of the log about a part has in it, and no other line."""
    return {
        "camera": str(speaker.wall),
        "model": str(speaker.model.parent),
        "mqtt": f":{speaker.broker.port}",
        "mpd": f":{speaker.mpd.port}",
        "library": f":{speaker.mpd.port} knows no track",
        "labels": f":{speaker.mpd.port} has a label",
    }


async def lived(speaker: PlainSpeaker, lines: list[str]) -> Life:
    """One life: until it has settled, a command by a person, and the end."""
    life, missing = Life(), speaker.missing
    async with speaker.living():
        await speaker.until(lambda: settled(speaker))
        if plays(missing):
            await speaker.until_player(lambda status, _: status["state"] == "play")
            life.played_after_s = speaker.began.fair_s
            life.first_song = (await speaker.player())[1][0]
        # Where this machine stood still, the camera has been silent for a moment.
        await speaker.until(lambda: settled(speaker))
        life.said, life.state = dict(speaker.health), speaker.state
        await speaker.command("mood", "sad")
        life.obeyed = await speaker.until(lambda: speaker.state.get("mood") == "sad")
        if plays(missing):
            await speaker.until_player(lambda _, queue: follows(queue, missing))
            life.queue = tuple((await speaker.player())[1])
        if "broker" not in missing:
            life.available = await speaker.until_retained("availability", "online".__eq__)
            state = await speaker.until_retained("state", lambda text: '"mood":"sad"' in text)
            life.published = json.loads(state)
    life.ended_s = speaker.ended_s
    life.log = tuple(line for line in lines if any(m in line for m in marks(speaker).values()))
    return life


class Lines(logging.Handler):
    """Warnings of the service, one text each."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lives(
    material: Material, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[Missing, Life | BaseException]]:
    """Every combination has lived, several at a time; one that failed is its error."""
    folder, room, lines = tmp_path_factory.mktemp("lives"), asyncio.Semaphore(AT_A_TIME), Lines()

    async def one(number: int, missing: Missing) -> Life:
        async with room:
            return await lived(PlainSpeaker(folder / f"s{number}", material, missing), lines.texts)

    logger = logging.getLogger("moodspeaker")
    logger.addHandler(lines)
    found = await asyncio.gather(
        *(one(n, missing) for n, missing in enumerate(COMBINATIONS)), return_exceptions=True
    )
    logger.removeHandler(lines)
    yield dict(zip(COMBINATIONS, found, strict=True))


@pytest.fixture(params=COMBINATIONS, ids=lambda m: "-".join(sorted(m)) or "nothing")
def missing(request: pytest.FixtureRequest) -> Missing:
    """What this speaker lacks."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def life(missing: Missing, lives: dict[Missing, Life | BaseException]) -> Life:
    """The life of a speaker that lacks that."""
    found = lives[missing]
    if isinstance(found, BaseException):
        raise found
    return found


def test_it_lives_and_ends_when_it_is_asked_to(life: Life) -> None:
    assert life.ended_s is not None
    assert life.ended_s < END_WITHIN_S


def test_it_says_what_is_missing_and_nothing_else(missing: Missing, life: Life) -> None:
    wrong = {part for part, text in life.said.items() if text not in {"ok", STARTING}}
    assert wrong == problems(life.state) == must_say(missing)
    assert (life.state["camera_health"] == "ok") is ("camera" not in missing)
    assert (life.state["model_health"] == "ok") is ("model" not in missing)


def test_it_says_each_of_it_once_in_the_log(missing: Missing, life: Life) -> None:
    assert len(life.log) == len(must_say(missing)), life.log
    assert not [line for line in life.log if "\n" in line or "(" not in line]


def test_it_plays_whatever_it_can(missing: Missing, life: Life) -> None:
    assert bool(life.first_song) is plays(missing)
    if plays(missing):
        assert life.played_after_s is not None
        assert life.played_after_s < MUSIC_WITHIN_S
        # Before it has seen a mood: neutral where it is known what that is.
        assert "labels" in missing or life.first_song.startswith("neutral/")


def test_it_sees_where_it_has_something_to_look_with(missing: Missing, life: Life) -> None:
    assert life.state["mood"] == ("absent" if sees(missing) else "unsure")


def test_a_person_is_obeyed_and_the_music_follows(missing: Missing, life: Life) -> None:
    assert life.obeyed
    assert not plays(missing) or follows(list(life.queue), missing)


def test_a_broker_that_is_there_hears_of_it(missing: Missing, life: Life) -> None:
    there = "broker" not in missing
    assert life.available == ("online" if there else "")
    assert (life.published.get("mood") == "sad") is there
    assert problems(life.published) == (must_say(missing) if there else set())
