"""Looking at a frame, decoding a detector, and the vision thread's life."""

from __future__ import annotations

import math
import threading
import time
from random import Random

import numpy as np
import pytest

from fakes.camera import FakeCamera, Step, grey
from fakes.vision import FakeDetector, FakeEmotionModel, sure
from moodspeaker.errors import CameraAbsent, CameraEnded, CameraStalled, CameraStuck, ModelError
from moodspeaker.runtime.backoff import ExponentialBackoff
from moodspeaker.types import Box, Emotion, Face, Observation
from moodspeaker.vision.anchors import anchor_centres, decode, merged, to_face
from moodspeaker.vision.emotion import label_columns, probabilities
from moodspeaker.vision.frames import MemoryFrame
from moodspeaker.vision.governor import Governor, Pace
from moodspeaker.vision.looker import Limits, Looker
from moodspeaker.vision.picamera2_camera import luma_plane
from moodspeaker.vision.thread import VisionHooks, VisionThread

LIMITS = Limits(min_score=0.5, min_face=20)
LIMIT_S = 30.0


def look(*faces: Face) -> tuple[Observation, FakeEmotionModel]:
    """One observation of those faces in a 640x480 frame seen at 320x240."""
    model = FakeEmotionModel(sure(Emotion.HAPPY))
    looker = Looker(FakeDetector(faces), model, LIMITS)
    return looker.look(MemoryFrame(1.5, grey(), 320)), model


def face(size: float, score: float = 0.9, x: float = 10) -> Face:
    """A square face."""
    return Face(Box(x, 10, size, size), score)


def test_no_face_is_an_observation_without_scores() -> None:
    observation, _ = look()
    assert (observation.time_s, observation.faces, observation.scores) == (1.5, 0, None)


def test_the_largest_face_is_the_chosen_one_and_every_face_is_read() -> None:
    observation, model = look(face(30, 0.99), face(60, 0.7))
    assert observation.faces == 2
    assert observation.readings[0].face.box.width == 60
    assert len(model.asked) == 2


def test_a_face_is_read_from_the_full_picture() -> None:
    _, model = look(face(40, x=20))
    assert model.asked[0].box == Box(40, 20, 80, 80)


@pytest.mark.parametrize(
    ("size", "score", "counts"),
    [(19.9, 0.9, 0), (20, 0.9, 1), (20.1, 0.9, 1), (40, 0.49, 0), (40, 0.5, 1), (40, 0.51, 1)],
)
def test_small_and_doubtful_faces_do_not_count(size: float, score: float, counts: int) -> None:
    assert look(face(size, score))[0].faces == counts


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_boxes_that_are_not_finite_are_dropped(wrong: float) -> None:
    assert look(Face(Box(wrong, 0, 50, 50), 0.9))[0].faces == 0


@pytest.mark.parametrize(("side", "count"), [(128, 896), (256, 896), (192, 2304)])
def test_anchors_are_as_many_as_the_models_have_outputs(side: int, count: int) -> None:
    centres = anchor_centres(side)
    assert centres.shape == (count, 2)
    assert centres.min() > 0
    assert centres.max() < 1


def test_decoding_places_a_box_round_its_anchor() -> None:
    anchors = anchor_centres(128)
    raw = np.zeros((896, 16), dtype=np.float32)
    logits = np.full(896, -50.0, dtype=np.float32)
    raw[5, :8] = (12.8, 0, 25.6, 25.6, -6.4, -6.4, 6.4, -6.4)
    logits[5] = 3.0
    (row,) = decode(raw, logits, anchors, 128, 0.5)
    assert row[0] == pytest.approx(1 / (1 + math.exp(-3)))
    assert row[1:3] == pytest.approx(anchors[5] + (0.0, -0.1))
    assert row[3:5] == pytest.approx((0.2, 0.2))
    shifted = to_face(row, 100.0, 0.0, 10.0)
    assert shifted.box.y == pytest.approx(100 * (anchors[5][1] - 0.1) - 10)


def test_raw_numbers_that_are_not_finite_give_no_face() -> None:
    raw = np.full((896, 16), np.nan, dtype=np.float32)
    assert not len(decode(raw, np.full(896, 9.0, np.float32), anchor_centres(128), 128, 0.5))


def test_overlapping_boxes_become_one_and_distant_ones_stay_two() -> None:
    rows = np.zeros((3, 9), dtype=np.float32)
    rows[:, :5] = [(0.9, 0.1, 0.1, 0.2, 0.2), (0.6, 0.11, 0.1, 0.2, 0.2), (0.8, 0.6, 0.6, 0.2, 0.2)]
    kept = merged(rows)
    assert kept[:, 0] == pytest.approx([0.9, 0.8])
    assert kept[0, 1] == pytest.approx((0.9 * 0.1 + 0.6 * 0.11) / 1.5)


def test_nothing_merged_is_nothing() -> None:
    assert merged(np.zeros((0, 9), dtype=np.float32)).shape == (0, 9)


def test_contempt_goes_to_neutral_and_unknown_labels_are_refused() -> None:
    assert label_columns(("happy", "contempt")) == [3, 6]
    assert label_columns(("happy", "contempt"), Emotion.ANGRY) == [3, 0]
    with pytest.raises(ModelError, match="smug"):
        label_columns(("smug",))


def test_temperature_softens_and_one_leaves_as_it_is() -> None:
    output = np.array([0.8, 0.1, 0.1], dtype=np.float32)
    assert probabilities(output, softmax=True, temperature=1.0) == pytest.approx([0.8, 0.1, 0.1])
    soft = probabilities(output, softmax=True, temperature=2.0)
    assert soft.sum() == pytest.approx(1)
    assert 1 / 3 < soft[0] < 0.8


def test_an_output_that_is_not_finite_says_nothing() -> None:
    assert probabilities(np.array([np.nan, 1], np.float32), True, 1.0) == pytest.approx([0.5, 0.5])


def test_a_zero_of_int8_counts_as_half_a_step():
    output = np.array([0.5, 0.5, 0.0], np.float32)
    step = 1 / 256
    found = probabilities(output, softmax=True, temperature=1.0, step=step)
    assert found[2] == pytest.approx((step / 2) / (1 + step / 2))
    assert probabilities(output, softmax=True, temperature=1.0)[2] < 1e-6


def test_luma_is_taken_out_of_padded_rows_and_copied() -> None:
    buffer = np.arange(8 * 4 * 2, dtype=np.uint8)
    plane = luma_plane(buffer, width=6, height=4, stride=8)
    assert plane.shape == (4, 6)
    assert plane[1].tolist() == [8, 9, 10, 11, 12, 13]
    assert not np.shares_memory(plane, buffer)


class Life:
    """A vision thread with scripted cameras, run until an event or the limit."""

    def __init__(
        self, cameras: list[FakeCamera], backoff: ExponentialBackoff | None = None
    ) -> None:
        self.cameras = cameras
        self.opened: list[FakeCamera] = []
        self.seen: list[Observation] = []
        self.health: list[tuple[str, str]] = []
        self.enough = threading.Event()
        self.wanted = 1
        self.broken_model: ModelError | None = None
        self.thread = VisionThread(
            open_watch=self._looker,
            open_camera=self._camera,
            governor=Governor(Pace(fps_idle=1000, fps_active=1000, timeout_s=1.0)),
            backoff=backoff or Quick(),
            hooks=VisionHooks(self._observed, lambda part, text: self.health.append((part, text))),
        )

    def run(self, wanted: int) -> None:
        """Lets the thread live until it has made `wanted` observations."""
        self.wanted = wanted
        worker = threading.Thread(target=self.thread.run, daemon=True)
        worker.start()
        assert self.enough.wait(LIMIT_S)
        self.thread.stop()
        worker.join(LIMIT_S)
        assert not worker.is_alive()

    def _camera(self) -> FakeCamera:
        self.opened.append(self.cameras[min(len(self.opened), len(self.cameras) - 1)])
        return self.opened[-1]

    def _looker(self) -> Looker:
        error, self.broken_model = self.broken_model, None
        if error:
            raise error
        return Looker(FakeDetector(), FakeEmotionModel(sure(Emotion.HAPPY)), LIMITS)

    def _observed(self, observation: Observation) -> None:
        self.seen.append(observation)
        if len(self.seen) >= self.wanted:
            self.enough.set()


class Quick(ExponentialBackoff):
    """No waiting."""

    def __init__(self) -> None:
        super().__init__(0.0, Random(1))

    def failed(self, *, denied: bool = False) -> float:
        return 0.0


def test_the_thread_looks_and_closes_its_camera_when_told_to_stop() -> None:
    life = Life([FakeCamera([Step(grey())])])
    life.run(3)
    assert life.health == [("model", "ok"), ("camera", "ok")]
    assert life.cameras[0].closed == 1


def test_a_camera_that_is_absent_is_tried_again_and_told() -> None:
    absent = FakeCamera([], open_error=CameraAbsent("no camera", "plug it in"))
    life = Life([absent, FakeCamera([Step(grey())])])
    life.run(1)
    assert ("camera", "no camera (plug it in)") in life.health
    assert life.health[-1] == ("camera", "ok")


def test_a_stalled_camera_is_closed_and_opened_again() -> None:
    stalled = FakeCamera([Step(grey()), Step(error=CameraStalled("no frame"))])
    life = Life([stalled, FakeCamera([Step(grey())])])
    life.run(3)
    assert stalled.closed == 1
    assert [part for part, text in life.health if text == "no frame"] == ["camera"]


def test_a_broken_model_is_told_as_the_models_and_tried_again() -> None:
    life = Life([FakeCamera([Step(grey())])])
    life.broken_model = ModelError("hash differs")
    life.run(1)
    assert life.health[0] == ("model", "hash differs")
    assert ("model", "ok") in life.health


def test_a_file_that_ends_ends_the_thread_in_order() -> None:
    life = Life([FakeCamera([Step(grey()), Step(error=CameraEnded("at its end"))])])
    life.thread.run()
    assert life.health[-1] == ("camera", "at its end")


def test_a_camera_that_does_not_let_go_ends_the_thread_with_its_error() -> None:
    life = Life([FakeCamera([Step(error=CameraStuck("stuck"))])])
    with pytest.raises(CameraStuck):
        life.thread.run()


def test_a_camera_switched_off_is_closed_and_opens_when_it_is_on_again() -> None:
    camera = FakeCamera([Step(grey())])
    life = Life([camera])
    worker = threading.Thread(target=life.thread.run, daemon=True)
    worker.start()
    assert life.enough.wait(LIMIT_S)
    life.thread.enable(False)
    until_s = time.monotonic() + LIMIT_S
    while not camera.closed and time.monotonic() < until_s:
        time.sleep(0.01)
    assert camera.closed == 1
    life.enough.clear()
    life.seen.clear()
    life.thread.enable(True)
    assert life.enough.wait(LIMIT_S)
    life.thread.stop()
    worker.join(LIMIT_S)
    assert camera.opened == 2


class Patient(ExponentialBackoff):
    """Waits for longer than any test does."""

    def __init__(self) -> None:
        super().__init__(1.0, Random(1))
        self.asked = threading.Event()

    def failed(self, *, denied: bool = False) -> float:
        """A minute."""
        self.asked.set()
        return 60.0


def test_enabling_a_camera_that_is_on_does_not_cut_its_wait_short() -> None:
    backoff = Patient()
    life = Life([FakeCamera([], open_error=CameraAbsent("no camera"))], backoff)
    worker = threading.Thread(target=life.thread.run, daemon=True)
    worker.start()
    assert backoff.asked.wait(LIMIT_S)
    backoff.asked.clear()
    life.thread.enable(True)
    assert not backoff.asked.wait(0.2)
    life.thread.enable(False)
    life.thread.enable(True)
    assert backoff.asked.wait(LIMIT_S)
    life.thread.stop()
    worker.join(LIMIT_S)
    assert not worker.is_alive()
