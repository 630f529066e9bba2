"""The service in one process, its network parts down, its eyes scripted."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fakes.camera import FakeCamera, Step
from fakes.speaker_bench import LIMIT_S, LIVELY, QUICK_ABSENCE, QUICK_MOOD, Bench
from fakes.vision import sure
from moodspeaker.app import calibrator, factories
from moodspeaker.errors import CameraAbsent, CameraStuck, ModelError, PlayerLost
from moodspeaker.home.commands import (
    Calibrate,
    Next,
    SetCamera,
    SetFollowing,
    SetMood,
)
from moodspeaker.mood.neutral import LEAST_FRAMES, NotResting, PersonalNeutral
from moodspeaker.runtime.neutral_file import NeutralFile
from moodspeaker.runtime.switches import Switches, SwitchFile
from moodspeaker.types import Emotion, Mood

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.vision import FakeDetector, FakeEmotionModel
    from moodspeaker.vision.watch import Watch


@pytest.fixture
def empty(tmp_path: Path, bench: Bench, happy_looker: FakeDetector) -> Bench:
    """A service that sees nobody, and soon says so."""
    happy_looker.faces = ()
    return Bench(tmp_path, bench.camera, QUICK_ABSENCE)


async def test_a_face_becomes_a_mood_with_the_player_down(bench: Bench) -> None:
    async with bench.running():
        await bench.witness.until("mood", "happy")
        await bench.witness.until("health", "mpd")
        assert bench.service._music.keeper._player is None


async def test_after_the_end_no_thread_is_left(bench: Bench) -> None:
    async with bench.running():
        await bench.witness.until("mood", "happy")
    assert not [t.name for t in threading.enumerate() if t.name in {"vision", "library"}]
    assert bench.camera.closed == bench.camera.opened


async def test_the_persons_mood_wins_and_auto_gives_it_back(bench: Bench) -> None:
    async with bench.running() as service:
        await bench.witness.until("mood", "happy")
        await service.handle(SetMood(Emotion.SAD))
        assert bench.witness.told[-1] == ("mood", "sad")
        before = len(bench.witness.told)
        await service.handle(SetMood(None))
        await bench.witness.hears(lambda: ("mood", "happy") in bench.witness.told[before:])


async def test_the_camera_switch_closes_it_and_is_kept(bench: Bench) -> None:
    async with bench.running() as service:
        await bench.witness.until("mood", "happy")
        await service.handle(SetCamera(on=False))
        await bench.witness.until("mood", "off")
        await service.handle(SetFollowing(on=False))
    assert SwitchFile(bench.state_dir / "switches.json").load() == Switches(False, False)
    assert bench.camera.closed == 1


async def test_a_camera_that_was_off_stays_closed_after_a_restart(bench: Bench) -> None:
    SwitchFile(bench.state_dir / "switches.json").save(Switches(camera=False))
    async with bench.running():
        await bench.witness.until("mood", "off")
    assert bench.camera.opened == 0


async def test_next_without_a_player_is_refused(bench: Bench) -> None:
    async with bench.running() as service:
        with pytest.raises(PlayerLost):
            await service.handle(Next())


async def test_a_missing_camera_and_model_are_problems_not_ends(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_model(_: object) -> Watch:
        raise ModelError("hash differs")

    monkeypatch.setattr(factories, "open_watch", no_model)
    async with bench.running():
        await bench.witness.until("health", "model", "hash differs")


async def test_an_absent_camera_is_a_problem(bench: Bench) -> None:
    bench.camera = FakeCamera([], open_error=CameraAbsent("no camera"))
    async with bench.running():
        await bench.witness.until("health", "camera", "no camera")


@pytest.mark.parametrize("error", [CameraStuck("stuck"), ZeroDivisionError("a mistake")])
async def test_a_vision_thread_that_dies_ends_the_service(bench: Bench, error: Exception) -> None:
    bench.camera = FakeCamera([Step(error=error)])  # type: ignore[arg-type]
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.timeout(LIMIT_S):
            await bench.service.run(asyncio.Event())
    assert caught.value.exceptions == (error,)


async def test_a_bad_reload_is_a_problem_until_a_good_one(bench: Bench) -> None:
    async with bench.running() as service:
        good = bench.config_path.read_text()
        bench.config_path.write_text(good + "\nmood_typo: 1\n")
        service.reload()
        assert bench.witness.told[-1][:2] == ("health", "config")
        more = "\nmusic: {tracks_ahead: 3, hold_minutes: 2}\n"
        bench.config_path.write_text(good.replace("dwell_s: 0", "dwell_s: 9") + more)
        service.reload()
        assert ("health", "config", "ok") in bench.witness.told
        assert service._speaker.engine.settings.dwell_s == 9
        assert (service._music.keeper._tracks_ahead, service._music.keeper._pace.hold_s) == (3, 120)


async def test_nobody_for_long_enough_asks_for_no_more_music(
    empty: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[Mood | None] = []
    monkeypatch.setattr(empty.service._music.keeper, "want", wanted.append)
    async with empty.running() as service:
        await empty.witness.until("mood", "absent")
        assert wanted[-1] is Mood.NEUTRAL
        monkeypatch.setattr(service._speaker, "idle_s", lambda _: 1800.0)
        service._teller.state()
        assert wanted[-1] is None


async def test_a_resting_face_is_calibrated_and_taken_off(
    bench: Bench, happy_model: FakeEmotionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrator, "CALIBRATION_S", LIMIT_S)
    resting = sure(Emotion.HAPPY, 0.75)
    happy_model.scores = resting
    async with bench.running() as service:
        await bench.witness.until("mood", "happy")
        await service.handle(Calibrate())
        collected, seen = service._calibrator._collector, bench.witness
        await seen.hears(lambda: collected._frames >= LEAST_FRAMES)
        # Enough, however long it took on this machine.
        service._calibrator._until_s = 0.0
        await seen.until("mood", "neutral")
    stored = NeutralFile(bench.state_dir).load()
    assert stored is not None
    assert stored.resting.values == pytest.approx(resting.values)


async def test_without_a_face_there_is_nothing_to_calibrate(empty: Bench) -> None:
    async with empty.running() as service:
        await empty.witness.until("mood", "absent")
        with pytest.raises(NotResting, match="not exactly one face"):
            await service.handle(Calibrate())


async def test_a_reload_forgets_a_neutral_that_was_removed(bench: Bench) -> None:
    file = NeutralFile(bench.state_dir)
    file.save(PersonalNeutral(sure(Emotion.HAPPY, 0.75), 0.0, 10))
    async with bench.running() as service:
        assert service._speaker.resting is not None
        file.remove()
        service.reload()
        assert service._speaker.resting is None


async def test_outside_its_hours_the_camera_is_not_opened(
    tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now().astimezone()
    begin, end = ((now + timedelta(hours=h)).strftime("%H:00") for h in (2, 4))
    text = f'{QUICK_MOOD}\ncamera: {{hours: "{begin}-{end}"}}'
    asleep = Bench(tmp_path, FakeCamera([Step(LIVELY)], live=True), text)
    monkeypatch.setattr(factories, "open_camera", lambda _: asleep.camera)
    async with asleep.running() as service:
        await asleep.witness.until("mood", "off")
        assert service._speaker.state(0.0).reason.startswith("outside the camera's hours")
    assert asleep.camera.opened == 0
