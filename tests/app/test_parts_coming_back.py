"""Parts that come back while a plain speaker runs, and libraries that do not import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes.missing_parts import STARTING, problems, settled
from fakes.plain_speaker import PARTS, PlainSpeaker
from moodspeaker.app.parts import CAMERA_LONGEST_S

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.plain_material import Material

BACK_WITHIN_S = 15.0
RUNTIMES = ("ai_edge_litert", "tflite_runtime")


@pytest.mark.parametrize("part", [*PARTS, "mpd"])
async def test_a_part_that_comes_back_is_taken_up_within_seconds(
    material: Material, tmp_path: Path, part: str
) -> None:
    async with PlainSpeaker(tmp_path / "s", material, frozenset({part})).living() as speaker:
        assert await speaker.until(lambda: settled(speaker))
        within_s = BACK_WITHIN_S + wait_s(speaker)
        await bring(speaker, part)
        assert await speaker.until(lambda: whole(speaker), within_s), trouble(speaker)
        assert await speaker.until_player(lambda status, _: status["state"] == "play")


async def test_a_speaker_that_had_nothing_becomes_whole_while_it_runs(
    material: Material, tmp_path: Path
) -> None:
    nothing = frozenset({*PARTS, "mpd"})
    async with PlainSpeaker(tmp_path / "s", material, nothing).living() as speaker:
        assert await speaker.until(lambda: settled(speaker))
        for part in ("library", "labels", "mpd", "broker", "camera", "model"):
            await bring(speaker, part)
        within_s = 2 * BACK_WITHIN_S + wait_s(speaker)
        assert await speaker.until(lambda: whole(speaker), within_s), trouble(speaker)
        assert await speaker.until_player(neutral_is_next)


def neutral_is_next(status: dict[str, str], queue: list[str]) -> bool:
    """Whether what comes after the song that plays is neutral.

    That one may have been begun before the labels were known; it is not cut for them.
    """
    ahead = queue[int(status.get("song", 0)) + 1 :]
    neutral = [uri for uri in ahead if uri.startswith("neutral/")]
    return status["state"] == "play" and bool(ahead) and neutral == ahead


def wait_s(speaker: PlainSpeaker) -> float:
    """A camera is tried again after about as long as it has been away, a minute at most."""
    return min(CAMERA_LONGEST_S, speaker.began.passed_s)


async def bring(speaker: PlainSpeaker, part: str) -> None:
    """As a person would do it."""
    match part:
        case "broker":
            await speaker.broker.start()
        case "mpd":
            await speaker.mpd.start()
        case "labels" if speaker.mpd.running:
            await speaker.scan()
        case "library" if speaker.mpd.running:
            speaker.put(part)
            await speaker.update()
        case _:
            speaker.put(part)


def trouble(speaker: PlainSpeaker) -> str:
    """What keeps it from being whole, for who reads a failure."""
    state = speaker.state
    return f"{state.get('mood')}, {state.get('reason')}; {state.get('problem')}; {speaker.health}"


def whole(speaker: PlainSpeaker) -> bool:
    """Whether nothing is missing any more."""
    seen = speaker.state.get("mood") == "absent"
    return seen and not problems(speaker.state) and STARTING not in speaker.health.values()


@pytest.mark.parametrize(
    ("broken", "camera"), [(("cv2",), "cannot be imported"), (RUNTIMES, "ok")], ids=str
)
async def test_a_library_that_does_not_import_is_a_problem_and_no_end(
    material: Material, tmp_path: Path, broken: tuple[str, ...], camera: str
) -> None:
    for name in broken:
        (tmp_path / f"{name}.py").write_text("raise ImportError('wrong ELF class\\nand a page')\n")
    speaker = PlainSpeaker(tmp_path / "s", material, frozenset({"mpd", "broker"}))
    for part in ("camera", "model"):
        speaker.put(part)
    async with speaker.process(PYTHONPATH=str(tmp_path)) as process:
        assert await speaker.until(lambda: {"camera", "model"} & problems(speaker.state))
        assert await speaker.until(lambda: speaker.state["camera_health"] != STARTING)
        assert camera in speaker.state["camera_health"]
        assert "import" in speaker.state["model_health"]
        assert "a page" not in speaker.state["problem"]
        process.terminate()
        assert await process.wait() == 0
