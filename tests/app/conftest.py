"""A service whose eyes are scripted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from fakes.camera import FakeCamera, Step
from fakes.plain_material import Material
from fakes.speaker_bench import LIVELY, Bench
from fakes.vision import FakeDetector, FakeEmotionModel, sure
from moodspeaker.app import factories
from moodspeaker.types import Box, Emotion, Face
from moodspeaker.vision.looker import Limits, Looker
from moodspeaker.vision.scene import SceneLimits, SceneWatch
from moodspeaker.vision.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def happy_model() -> FakeEmotionModel:
    """Sure of what it reads."""
    return FakeEmotionModel(sure(Emotion.HAPPY))


@pytest.fixture
def happy_looker(monkeypatch: pytest.MonkeyPatch, happy_model: FakeEmotionModel) -> FakeDetector:
    """Replaces detector and model; the detector sees one face."""
    detector = FakeDetector((Face(Box(50, 50, 90, 90), 0.9),))
    looker = Looker(detector, happy_model, Limits(0.5, 20))
    watch = Watch(looker, None, SceneWatch(SceneLimits()), sensor=False)
    monkeypatch.setattr(factories, "open_watch", lambda _: watch)
    return detector


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, happy_looker: FakeDetector) -> Bench:
    """A service that looks at a lively wall through a live fake camera."""
    made = Bench(tmp_path, FakeCamera([Step(LIVELY)], live=True))
    monkeypatch.setattr(factories, "open_camera", lambda _: made.camera)
    return made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """What plain speakers are made of."""
    return await Material.made(tmp_path_factory.mktemp("material"))
