"""The vision thread over one camera, in the caller's thread, with time that only goes when told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakes.vision import FakeDetector, FakeEmotionModel, sure
from moodspeaker.types import Emotion, Observation, Trouble
from moodspeaker.vision.governor import Governor, Pace
from moodspeaker.vision.looker import Limits, Looker
from moodspeaker.vision.scene import SceneLimits, SceneWatch
from moodspeaker.vision.thread import VisionHooks, VisionThread
from moodspeaker.vision.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.ports import Camera

TIMEOUT_S = 5.0
AT_ONCE = 1e9
MOST_FAILURES = 50
TROUBLES = {
    "black": {Trouble.DARK, Trouble.COVERED},
    "overexposed": {Trouble.BRIGHT, Trouble.COVERED},
    "frozen": {Trouble.FROZEN},
}
"""What each fault of the picture may be called."""


def watch() -> Watch:
    """Sees no face, and what is wrong with the picture."""
    model = FakeEmotionModel(sure(Emotion.HAPPY))
    looker = Looker(FakeDetector(), model, Limits(min_score=0.5, min_face=20))
    return Watch(looker, None, SceneWatch(SceneLimits()), sensor=True)


class Clock:
    """Time that passes when it is told to, and 0.2 s with every frame."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def pass_(self, seconds: float) -> None:
        """Lets time pass."""
        self.now_s += seconds


class Tries:
    """A backoff that does not wait, and counts; `between` is called before a new try."""

    def __init__(self) -> None:
        self.failures = 0
        self.recoveries = 0
        self.between: Callable[[], None] = lambda: None

    def failed(self, *, denied: bool = False) -> float:
        """At once."""
        self.failures += 1
        assert self.failures < MOST_FAILURES, "it never recovers"
        self.between()
        return 0.0

    def succeeded(self) -> None:
        """Counts."""
        self.recoveries += 1


class Life:
    """The vision thread over one camera, run in this thread until it has seen enough."""

    def __init__(self, open_camera: Callable[[], Camera], clock: Clock) -> None:
        self.seen: list[Observation] = []
        self.health: list[str] = []
        self.tries = Tries()
        self.after_frame: Callable[[], None] = lambda: None
        self._clock = clock
        self._wanted = 0
        self._thread = VisionThread(
            watch,
            open_camera,
            Governor(Pace(AT_ONCE, AT_ONCE, TIMEOUT_S)),
            self.tries,
            VisionHooks(self._observed, self._told),
        )

    def run(self, wanted: int = 3) -> list[str]:
        """What health said of the camera until `wanted` frames were seen."""
        self._wanted = wanted
        self._thread.run()
        return self.health

    def troubles(self) -> set[Trouble]:
        """What was wrong with pictures."""
        return {seen.trouble for seen in self.seen if seen.trouble}

    def _told(self, part: str, text: str) -> None:
        if part == "camera":
            self.health.append(text)

    def _observed(self, observation: Observation) -> None:
        self._clock.pass_(0.2)
        self.seen.append(observation)
        self.after_frame()
        if len(self.seen) >= self._wanted:
            self._thread.stop()
