"""Pictures for a person: small, seldom, for a while, and only when asked for."""

from __future__ import annotations

from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
import pytest

from fakes.camera import FakeCamera, Step, grey, moving
from fakes.vision import sure
from moodspeaker.app.factories import mood_settings
from moodspeaker.app.parts import device_info
from moodspeaker.app.preview import Preview, PreviewRefused
from moodspeaker.app.speaker import Speaker
from moodspeaker.config.mood_section import MoodSection
from moodspeaker.config.privacy_section import PrivacySection
from moodspeaker.config.schema import Config
from moodspeaker.runtime.backoff import ExponentialBackoff
from moodspeaker.runtime.switches import Switches
from moodspeaker.types import Box, Emotion, Face, FaceReading, Observation
from moodspeaker.vision.frames import MemoryFrame
from moodspeaker.vision.governor import Governor, Pace
from moodspeaker.vision.preview import preview_jpeg
from moodspeaker.vision.thread import VisionHooks, VisionThread

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

READING = FaceReading(Face(Box(100, 60, 80, 80), 0.9), sure(Emotion.HAPPY), 0.8)
MINUTES = 5


def seen(*readings: FaceReading, width: int = 320, height: int = 240) -> Observation:
    """What was found in a picture of that size."""
    return Observation(1.0, len(readings), None, readings=readings, size=(width, height))


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    """The picture, BGR."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture.astype(np.uint8)


@pytest.mark.parametrize(
    ("width", "detect", "shown"),
    [(640, 640, 320), (640, 320, 320), (321, 640, 320), (160, 320, 160)],
)
def test_a_picture_is_at_most_320_wide_and_keeps_its_proportions(
    width: int, detect: int, shown: int
) -> None:
    frame = MemoryFrame(1.0, grey(width, width * 3 // 4), detect)
    height, found = decoded(preview_jpeg(frame, seen(), 1)).shape[:2]
    assert found == shown
    assert height == pytest.approx(shown * 3 / 4, abs=1)


@pytest.mark.parametrize("detect", [320, 640])
def test_a_face_is_drawn_where_it_was_seen(detect: int) -> None:
    factor = detect / 320
    frame = MemoryFrame(1.0, moving(3), detect)
    face = Face(READING.face.box.scaled(factor), 0.9)
    found = seen(FaceReading(face, READING.scores, 0.8), width=detect, height=detect * 3 // 4)
    picture = decoded(preview_jpeg(frame, found, 1)).astype(int)
    # The colour of a happy face is yellow; all else is grey.
    rows, columns = np.nonzero(picture[:, :, 2] - picture[:, :, 0] > 90)
    assert (columns.min(), rows.min()) == pytest.approx((100, 60), abs=4)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (2000, 1), (8, 8)])
def test_any_picture_can_be_shown(shape: tuple[int, int]) -> None:
    frame = MemoryFrame(1.0, np.zeros(shape, np.uint8), detect_width=2000)
    assert decoded(preview_jpeg(frame, seen(READING), 1)).size


def test_the_frame_itself_is_left_as_it_was() -> None:
    image = moving(1)
    before = image.copy()
    preview_jpeg(MemoryFrame(1.0, image, 640), seen(READING), 1)
    assert np.array_equal(image, before)


class Loop:
    """Keeps what the vision thread hands over until it is told to go on."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.closed = False

    def call_soon_threadsafe(self, call: Callable[..., None], *given: object) -> None:
        """As asyncio's. Raises RuntimeError once it is closed."""
        if self.closed:
            raise RuntimeError("Event loop is closed")
        self.waiting.append(lambda: call(*given))

    def turn(self) -> None:
        """Does all of it."""
        waiting, self.waiting = self.waiting, []
        for call in waiting:
            call()


class Window:
    """A preview, what it shows, and the frames it is offered."""

    def __init__(self, **settings: Any) -> None:
        self.speaker = Speaker(mood_settings(MoodSection()), Switches(), 60.0)
        self.loop = Loop()
        self.shown: list[bytes | None] = []
        self.now_s = 0.0
        self.preview = Preview(
            self.speaker,
            PrivacySection(**settings),
            cast("asyncio.AbstractEventLoop", self.loop),
            self.shown.append,
            lambda: self.now_s,
        )

    def look(self, now_s: float) -> None:
        """A frame at that time, and the loop's turn."""
        self.now_s = now_s
        self.preview.looked(MemoryFrame(now_s, moving(1), 320), seen(READING))
        self.loop.turn()


class Untouchable:
    """A frame that nobody may look at."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"somebody asked for {name}")


def test_nothing_is_shown_and_no_frame_looked_at_unless_somebody_asks() -> None:
    window = Window()
    window.preview.looked(cast("Any", Untouchable()), seen(READING))
    window.loop.turn()
    assert window.shown == []
    assert not window.speaker.state(0.0).preview


def test_a_person_who_asks_sees_a_jpeg_at_once() -> None:
    window = Window()
    window.preview.switch(True, 0.0)
    window.look(0.1)
    (picture,) = window.shown
    assert picture is not None
    assert decoded(picture).shape == (240, 320, 3)
    assert window.speaker.state(0.0).preview


@pytest.mark.parametrize(("later_s", "pictures"), [(0.99, 1), (1.0, 2), (1.01, 2)])
def test_there_is_at_most_one_picture_a_second(later_s: float, pictures: int) -> None:
    window = Window()
    window.preview.switch(True, 0.0)
    window.look(5.0)
    window.look(5.0 + later_s)
    assert len(window.shown) == pictures


def test_switched_off_it_ends_with_an_empty_word_said_once() -> None:
    window = Window()
    window.preview.switch(True, 0.0)
    window.preview.switch(False, 1.0)
    window.preview.switch(False, 2.0)
    window.look(3.0)
    assert window.shown == [None]


def test_switched_off_before_it_was_on_it_says_nothing() -> None:
    window = Window()
    window.preview.switch(False, 0.0)
    window.preview.tick(1e6)
    assert window.shown == []


@pytest.mark.parametrize(
    ("now_s", "on"),
    [(MINUTES * 60 - 0.1, True), (MINUTES * 60, False), (MINUTES * 60 + 0.1, False)],
)
def test_it_switches_itself_off(now_s: float, on: bool) -> None:
    window = Window(preview_minutes=MINUTES)
    window.preview.switch(True, 0.0)
    window.preview.tick(now_s)
    assert (window.speaker.preview, window.shown) == (on, [] if on else [None])


def test_asking_again_begins_its_minutes_anew() -> None:
    window = Window(preview_minutes=1)
    window.preview.switch(True, 0.0)
    window.preview.switch(True, 30.0)
    window.preview.tick(89.0)
    assert window.speaker.preview
    window.preview.tick(90.0)
    assert not window.speaker.preview


def test_it_ends_with_the_camera_and_stays_off_when_that_is_on_again() -> None:
    window = Window()
    window.preview.switch(True, 0.0)
    window.speaker.switch(1.0, camera=False)
    window.preview.tick(1.0)
    window.speaker.switch(2.0, camera=True)
    window.preview.tick(2.0)
    assert (window.speaker.preview, window.shown) == (False, [None])


def test_a_picture_on_its_way_does_not_undo_the_end() -> None:
    window = Window()
    window.preview.switch(True, 0.0)
    window.preview.looked(MemoryFrame(0.1, moving(1), 320), seen(READING))
    window.preview.switch(False, 0.2)
    window.loop.turn()
    assert window.shown == [None]


def test_a_loop_that_is_closed_is_the_end_of_the_service_and_no_error() -> None:
    window = Window()
    window.preview.switch(True, 0.0)
    window.loop.closed = True
    window.look(0.1)
    assert window.shown == []


def test_it_is_refused_while_the_camera_is_off_or_outside_its_hours() -> None:
    window = Window()
    window.speaker.rest("outside the camera's hours", 0.0)
    with pytest.raises(PreviewRefused, match="closed: outside the camera's hours"):
        window.preview.switch(True, 0.0)
    window.speaker.switch(0.0, camera=False)
    with pytest.raises(PreviewRefused, match="switched off"):
        window.preview.switch(True, 0.0)
    assert not window.speaker.preview


def test_it_is_refused_where_the_config_never_allows_it() -> None:
    window = Window(allow_preview=False)
    with pytest.raises(PreviewRefused, match=r"privacy\.allow_preview"):
        window.preview.switch(True, 0.0)
    window.preview.switch(False, 0.0)
    window.look(1.0)
    assert window.shown == []


@pytest.mark.parametrize(("minutes", "good"), [(0, False), (1, True), (60, True), (61, False)])
def test_its_minutes_have_limits(minutes: int, good: bool) -> None:
    if good:
        assert PrivacySection(preview_minutes=minutes)
        return
    with pytest.raises(ValueError, match="preview_minutes"):
        PrivacySection(preview_minutes=minutes)


@pytest.mark.parametrize("allowed", [True, False])
def test_home_assistant_is_told_of_pictures_where_they_are_allowed(allowed: bool) -> None:
    config = Config(privacy=PrivacySection(allow_preview=allowed))
    assert device_info(config).pictures is allowed


class Held:
    """A frame that says whether it was still valid when somebody got it."""

    def __init__(self, frame: MemoryFrame) -> None:
        self.frame = frame
        self.valid = True


class Once(FakeCamera):
    """A camera whose frames end with their `with`."""

    @contextmanager
    def capture(self, timeout_s: float) -> Iterator[Any]:
        """One frame."""
        with super().capture(timeout_s) as frame:
            held = Held(frame)  # type: ignore[arg-type]
            yield held
            held.valid = False


class Eyes:
    """Stands in for a `Watch`."""

    def look(self, frame: Held) -> Observation:
        """Always the same."""
        assert frame.valid
        return seen(READING)


def test_the_vision_thread_hands_over_each_frame_while_it_is_valid() -> None:
    got: list[tuple[bool, Observation]] = []

    def looked(frame: Any, found: Observation) -> None:
        got.append((frame.valid, found))
        if len(got) == 3:
            thread.stop()

    thread = VisionThread(
        open_watch=lambda: cast("Any", Eyes()),
        open_camera=lambda: Once([Step(grey())]),
        governor=Governor(Pace(fps_idle=1000, fps_active=1000, timeout_s=1.0)),
        backoff=ExponentialBackoff(0.0, Random(1)),
        hooks=VisionHooks(lambda _: None, lambda *_: None, looked),
    )
    thread.run()
    assert got == [(True, seen(READING))] * 3
