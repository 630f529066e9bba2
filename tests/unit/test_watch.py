"""Looking again only where something moved."""

from __future__ import annotations

import numpy as np

from fakes.camera import grey
from fakes.vision import FakeDetector, FakeEmotionModel, sure
from moodspeaker.types import Box, Emotion, Face, Observation, Trouble
from moodspeaker.vision.frames import MemoryFrame
from moodspeaker.vision.looker import Limits, Looker
from moodspeaker.vision.motion import MotionGate
from moodspeaker.vision.scene import SceneLimits, SceneWatch
from moodspeaker.vision.watch import Watch

STILL_S = 10.0
STEP_S = 0.2


class Room:
    """A watch over a made picture; counts how often the model is asked."""

    def __init__(self, *, gate: bool = True, sensor: bool = False) -> None:
        self.model = FakeEmotionModel(sure(Emotion.HAPPY))
        self.detector = FakeDetector((Face(Box(100, 80, 60, 60), 0.9),))
        self.picture = np.random.default_rng(1).integers(0, 255, (240, 320)).astype(np.uint8)
        self.now_s = 0.0
        limits = Limits(min_score=0.5, min_face=20)
        self.watch = Watch(
            Looker(self.detector, self.model, limits),
            MotionGate(8.0, STILL_S) if gate else None,
            SceneWatch(SceneLimits()),
            sensor=sensor,
        )

    def frames(self, seconds: float) -> list[Observation]:
        """So many seconds of the picture as it is."""
        found = []
        for _ in range(round(seconds / STEP_S)):
            found.append(self.watch.look(MemoryFrame(self.now_s, self.picture, 320)))
            self.now_s += STEP_S
        return found


def test_a_still_room_is_read_once_and_its_reading_repeated() -> None:
    room = Room()
    first, *others = room.frames(2.0)
    assert len(room.model.asked) == 1
    assert not first.repeated
    assert all(one.repeated and one.scores == first.scores for one in others)
    assert [one.time_s for one in others[:2]] == [STEP_S, 2 * STEP_S]


def test_a_still_face_never_becomes_absent_and_is_read_again_now_and_then() -> None:
    room = Room()
    seen = room.frames(3 * STILL_S)
    assert all(one.faces == 1 for one in seen)
    assert len(room.model.asked) == 3


def test_motion_is_looked_at_at_once() -> None:
    room = Room()
    room.frames(1.0)
    room.picture = room.picture.copy()
    room.picture[80:140, 100:160] = 255
    room.detector.faces = ()
    (seen,) = room.frames(STEP_S)
    assert (seen.faces, seen.repeated) == (0, False)


def test_without_a_gate_every_frame_is_read() -> None:
    room = Room(gate=False)
    room.frames(1.0)
    assert len(room.model.asked) == 5


def test_a_picture_that_never_changes_is_frozen_on_a_sensor_and_not_in_a_file() -> None:
    assert Room(sensor=True).frames(8.0)[-1].trouble is Trouble.FROZEN
    assert Room(sensor=False).frames(8.0)[-1].trouble is None


def test_an_even_picture_without_a_face_is_told_and_ends_when_it_ends() -> None:
    room = Room()
    room.detector.faces = ()
    good, room.picture = room.picture, grey(320, 240)
    assert room.frames(6.0)[-1].trouble is Trouble.COVERED
    room.picture = good
    assert room.frames(2.0)[-1].trouble is None
