"""Settings changed while the service runs: over a real broker, by the clock, by a reload."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fakes.camera import FakeCamera, Step
from fakes.demo_process import output_of
from fakes.speaker_bench import LIVELY, QUICK_MOOD, Bench
from moodspeaker.app import factories
from moodspeaker.app.speaker import NothingToReject
from moodspeaker.app.tuner import TuningRefused
from moodspeaker.home.commands import (
    ChooseProfile,
    RejectMood,
    ResetTuning,
    SetMood,
    SetNumber,
)
from moodspeaker.runtime.tuning_file import Tuning, TuningFile
from moodspeaker.types import Emotion, Mood

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fakes.vision import FakeDetector
    from moodspeaker.app.service import Service
    from moodspeaker.demo.servers import Server

NIGHT, DAY = 23 * 60, 12 * 60
EVENING = 'profiles: {evening: {hours: "22:00-24:00", mood: {margin: 0.3}}}\n'
QUIET = 'quiet_hours: {hours: "22:00-06:00"}\n'


@pytest.fixture
def make(
    tmp_path: Path, happy_looker: FakeDetector, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Bench]:
    """Makes services with one state folder, one after the other."""

    def made(text: str = "", broker: int | None = None, minute: int = DAY) -> Bench:
        camera = FakeCamera([Step(LIVELY)], live=True)
        monkeypatch.setattr(factories, "open_camera", lambda _: camera)
        bench = Bench(tmp_path, camera, f"{text}{QUICK_MOOD}\n", broker)
        at(bench.service, minute)
        return bench

    return made


def at(service: Service, minute: int) -> None:
    """What the clock shows from now on."""
    service._live._minute = lambda: minute


def options(announcement: Any) -> list[str]:
    """What the select of the profile offers."""
    return list(announcement["components"]["profile"]["options"])


async def send(broker: Server, entity: str, payload: str) -> None:
    """A command, as a person's own tool sends it."""
    topic = f"moodspeaker/test/set/{entity}"
    port = str(broker.port)
    await output_of("mosquitto_pub", "-h", "127.0.0.1", "-p", port, "-t", topic, "-m", payload)


async def test_a_number_set_over_mqtt_is_in_force_and_found_again_after_a_restart(
    make: Callable[..., Bench], mosquitto: Server
) -> None:
    bench = make(broker=mosquitto.port)
    heard = bench.witness
    async with bench.running() as service:
        await heard.hears(lambda: heard.last("tuning").get("tuned") == [])
        await send(mosquitto, "dwell_s", "77.5")
        await heard.hears(lambda: heard.last("tuning")["dwell_s"] == 77.5)
        await heard.hears(lambda: heard.last("result").get("ok") is True)
        assert heard.last("tuning")["tuned"] == ["dwell_s"]
        assert service._speaker.engine.settings.dwell_s == 77.5
    again = make(broker=mosquitto.port)
    async with again.running() as service:
        await again.witness.hears(lambda: again.witness.last("tuning"))
        assert again.witness.last("tuning")["dwell_s"] == 77.5
        assert service._speaker.engine.settings.dwell_s == 77.5


async def test_a_number_that_crosses_another_is_refused_with_its_reason(
    make: Callable[..., Bench], mosquitto: Server
) -> None:
    bench = make(broker=mosquitto.port)
    heard = bench.witness
    async with bench.running() as service:
        await heard.hears(lambda: heard.last("tuning"))
        before = service._speaker.engine.settings
        await send(mosquitto, "leave_threshold", "0.95")
        await heard.hears(lambda: heard.last("result"))
        assert heard.last("result")["ok"] is False
        assert "leave_threshold must be below enter_threshold" in heard.last("result")["error"]
        assert service._speaker.engine.settings == before
        assert heard.last("tuning")["tuned"] == []


async def test_a_mood_called_wrong_ends_is_counted_and_the_count_lasts(
    make: Callable[..., Bench], mosquitto: Server
) -> None:
    bench = make(broker=mosquitto.port)
    heard = bench.witness
    async with bench.running() as service:
        await heard.until("mood", "happy")
        await heard.hears(lambda: heard.last("tuning"))
        await service.handle(RejectMood())
        told = {"event_type": "wrong_mood", "mood": "happy", "count": 1}
        await heard.hears(lambda: told in heard.all("event"))
        await heard.hears(lambda: heard.last("tuning")["wrong_moods"]["happy"] == 1)
        assert service._speaker.mood is not Mood.HAPPY
    assert TuningFile(bench.state_dir).load() == Tuning(wrong={"happy": 1})


async def test_a_mood_chosen_by_hand_is_not_counted_as_wrong(make: Callable[..., Bench]) -> None:
    bench = make()
    async with bench.running() as service:
        await service.handle(SetMood(Emotion.SAD))
        with pytest.raises(NothingToReject):
            await service.handle(RejectMood())
    assert TuningFile(bench.state_dir).load() == Tuning()


async def test_the_time_of_day_brings_a_profile_and_takes_it_away(
    make: Callable[..., Bench], mosquitto: Server
) -> None:
    bench = make(EVENING, mosquitto.port)
    heard = bench.witness
    async with bench.running() as service:
        await heard.hears(lambda: heard.last("tuning"))
        assert heard.last("tuning")["profile_active"] is None
        at(service, NIGHT)
        await heard.hears(lambda: heard.last("tuning")["profile_active"] == "evening")
        assert (heard.last("tuning")["profile"], heard.last("tuning")["margin"]) == ("auto", 0.3)
        assert service._speaker.engine.settings.margin == 0.3
        at(service, DAY)
        await heard.hears(lambda: heard.last("tuning")["profile_active"] is None)
        assert service._speaker.engine.settings.margin == 0.1


async def test_the_select_in_home_assistant_lists_the_profiles(
    make: Callable[..., Bench], mosquitto: Server
) -> None:
    bench = make(EVENING, mosquitto.port)
    heard = bench.witness
    async with bench.running():
        await heard.hears(lambda: heard.last("config"))
        assert options(heard.last("config")) == ["auto", "default", "evening"]


async def test_a_reload_brings_its_profiles_to_home_assistant(
    make: Callable[..., Bench], mosquitto: Server
) -> None:
    bench = make("", mosquitto.port)
    heard = bench.witness
    async with bench.running() as service:
        await heard.hears(lambda: heard.last("config"))
        assert options(heard.last("config")) == ["auto", "default"]
        bench.config_path.write_text(EVENING + bench.config_path.read_text())
        service.reload()
        await heard.hears(lambda: "evening" in options(heard.last("config")))


async def test_a_chosen_profile_is_in_force_at_any_time_until_the_reset(
    make: Callable[..., Bench],
) -> None:
    bench = make(EVENING)
    async with bench.running() as service:
        await service.handle(ChooseProfile("evening"))
        assert service._speaker.engine.settings.margin == 0.3
        with pytest.raises(TuningRefused, match="did you mean evening"):
            await service.handle(ChooseProfile("evenin"))
        await service.handle(ResetTuning())
        assert service._speaker.engine.settings.margin == 0.1
    assert TuningFile(bench.state_dir).load() == Tuning()


@pytest.mark.parametrize(
    ("text", "minute", "wanted"),
    [("silent", DAY, Mood.HAPPY), ("silent", NIGHT, None), ("calm", NIGHT, Mood.HAPPY)],
)
async def test_quiet_hours_ask_for_no_music_or_for_calm_music(
    make: Callable[..., Bench],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    minute: int,
    wanted: Mood | None,
) -> None:
    bench = make(QUIET.replace('"}', f'", music: {text}}}'), minute=minute)
    asked: list[Mood | None] = []
    monkeypatch.setattr(bench.service._music.keeper, "want", asked.append)
    async with bench.running() as service:
        await bench.witness.until("mood", "happy")
        assert asked[-1] is wanted
        policies = {music.policy for music in service._music.dj.settings.music.values()}
        assert (policies == {"calm"}) is (text == "calm")


async def test_a_mood_chosen_by_hand_plays_in_quiet_hours(
    make: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make(QUIET, minute=NIGHT)
    asked: list[Mood | None] = []
    monkeypatch.setattr(bench.service._music.keeper, "want", asked.append)
    async with bench.running() as service:
        await service.handle(SetMood(Emotion.SAD))
        assert asked[-1] is Mood.SAD
        await service.handle(SetMood(None))
        assert asked[-1] is None


async def test_a_reload_keeps_what_was_set_and_drops_what_no_longer_passes(
    make: Callable[..., Bench], caplog: pytest.LogCaptureFixture
) -> None:
    bench = make(EVENING)
    async with bench.running() as service:
        await service.handle(SetNumber("margin", 0.2))
        await service.handle(SetNumber("leave_threshold", 0.6))
        await service.handle(ChooseProfile("evening"))
        fresh = bench.config_path.read_text().replace(EVENING, "")
        bench.config_path.write_text(fresh.replace("mood: {", "mood: {enter_threshold: 0.5, "))
        service.reload()
        settings = service._speaker.engine.settings
        assert (settings.enter_threshold, settings.margin) == (0.5, 0.2)
        assert settings.leave_threshold < 0.5
        await bench.witness.hears(lambda: stored(bench)["values"] == {"margin": 0.2})
    assert "no profile evening any more" in caplog.text
    assert "leave_threshold 0.6, set by hand, is dropped: leave_threshold must be" in caplog.text


async def test_scores_are_written_only_where_they_are_asked_for(make: Callable[..., Bench]) -> None:
    for text, files in (("", 0), ("privacy: {score_log: true}\n", 1)):
        bench = make(text)
        async with bench.running():
            await bench.witness.until("observed", "happy")
        assert len(list(bench.state_dir.glob("scores/*"))) == files


def stored(bench: Bench) -> dict[str, object]:
    """The file of what was tuned."""
    return json.loads((bench.state_dir / "tuning.json").read_text())
