"""What the speaker knows, and what follows from it. No I/O, no waiting: time is an argument."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from moodspeaker import __version__
from moodspeaker.errors import MoodspeakerError
from moodspeaker.mood.affect import intensity_of, point_of
from moodspeaker.mood.engine import MoodEngine
from moodspeaker.mood.faces import FaceChooser, FacePolicy
from moodspeaker.mood.neutral import relative
from moodspeaker.mood.override import Override
from moodspeaker.types import Decision, Emotion, Mood, Source, SpeakerState, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.mood.settings import MoodSettings
    from moodspeaker.runtime.switches import Switches
    from moodspeaker.types import Observation, Scores

OK = "ok"
STARTING = "starting"
MINUTE_S = 60.0
# The picture is no picture of the room: whoever was there may be gone, or not.
BLINDING = (Trouble.COVERED, Trouble.FROZEN, Trouble.BROKEN)


class NothingToReject(MoodspeakerError):
    """There is no reading of the camera that could be wrong."""


class Speaker:
    """The mood in force and everything that `B/state` says. Owned by the event loop.

    `now_s` is always the monotonic clock; frames have their own.
    """

    def __init__(
        self,
        settings: MoodSettings,
        switches: Switches,
        override_s: float,
        faces: FacePolicy = FacePolicy.LARGEST,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.engine = MoodEngine(settings)
        self._chooser = FaceChooser(faces)
        self.switches = switches
        self.override_s = override_s
        self.health: dict[str, str] = {"camera": STARTING, "model": STARTING}
        self.held_by: str | None = None
        self.preview = False
        """Whether pictures of what the camera sees are shown."""
        self.resting: Scores | None = None
        """A resting face's scores, taken off what is seen; None for nobody's."""
        self.closed: str | None = None
        """Why the camera is closed though it is switched on; None while it may look."""
        self.seen: Observation | None = None
        """What the engine was last given: whoever counts, as they differ from their rest."""
        self._wall = wall
        self._override: Override | None = None
        self._decision = Decision(Mood.UNSURE, 0.0, None, "nothing seen yet")
        self._faces = 0
        self._points = settings.points
        """Until a model has told its own."""
        self._frame_s: float | None = None
        self._somebody = False
        self._alone_since_s: float | None = None
        self._mood = Mood.UNSURE
        self._since = wall()

    @property
    def mood(self) -> Mood:
        """The mood in force."""
        return self._mood

    @property
    def looking(self) -> bool:
        """Whether the camera may look: it is switched on, and it is its hour."""
        return self.switches.camera and self.closed is None

    def count_faces(self, policy: FacePolicy) -> None:
        """Whose face counts from now on."""
        self._chooser = FaceChooser(policy)

    def observe(self, observation: Observation, now_s: float) -> Decision:
        """One more frame; what the engine makes of it.

        One that was on its way when the camera was switched off is not looked at any more.
        """
        if not self.looking:
            return self._decision
        self.health["picture"] = observation.trouble or OK
        if observation.trouble in BLINDING:
            self._go_blind(str(observation.trouble))
            self._settle(now_s)
            return self._decision
        self._frame_s = now_s
        self._faces = observation.faces
        self._points = observation.points or self._points
        self.seen = self._personal(self._chooser.choose(observation))
        self._decision = self.engine.observe(self.seen)
        if observation.faces:
            self._somebody, self._alone_since_s = True, now_s
        elif self._alone_since_s is None:
            self._alone_since_s = now_s
        if self._decision.mood is Mood.ABSENT:
            self._somebody = False
        self._settle(now_s)
        return self._decision

    def tick(self, now_s: float) -> None:
        """Time has passed: an override may have expired, the camera may have gone silent."""
        silent_s = 0.0 if self._frame_s is None else now_s - self._frame_s
        if silent_s > self.engine.settings.absence_s:
            self._go_blind(f"no picture from the camera for {silent_s:.0f} s")
        self._settle(now_s)

    def choose_mood(self, emotion: Emotion | None, now_s: float) -> None:
        """A person chose a mood, or None: the camera decides again."""
        until_s = now_s + self.override_s
        self._override = Override(emotion, until_s) if emotion is not None else None
        self._settle(now_s)

    def reject(self, now_s: float) -> Emotion:
        """A person says that the mood in force is wrong: that mood.

        Raises NothingToReject where none is named, or a person chose it.
        """
        if self._override:
            raise NothingToReject(f"{self._override.emotion} was chosen by hand", "send auto")
        wrong = self.engine.reject() if self.looking else None
        if wrong is None:
            raise NothingToReject(f"no mood is named now, it is {self._mood}")
        away_min = self.engine.settings.wrong_s / MINUTE_S
        self._decision = Decision(
            Mood.UNSURE, 0.0, None, f"{wrong} was called wrong: not again for {away_min:g} minutes"
        )
        self._settle(now_s)
        return wrong

    def switch(
        self, now_s: float, *, following: bool | None = None, camera: bool | None = None
    ) -> None:
        """A person switched something; None leaves it as it is."""
        if following is not None:
            self.switches = replace(self.switches, following=following)
        if camera is not None:
            self.switches = replace(self.switches, camera=camera)
            self._go_blind("the camera was just switched on")
        self._settle(now_s)

    def rest(self, reason: str | None, now_s: float) -> None:
        """Outside its hours the camera is closed, for this reason; None opens it again."""
        turned, self.closed = (reason is None) is not (self.closed is None), reason
        if turned:
            self._go_blind("the camera has just begun to look")
        self._settle(now_s)

    def idle_s(self, now_s: float) -> float:
        """How long the camera has seen nobody; 0 while it cannot tell."""
        return 0.0 if self._alone_since_s is None else now_s - self._alone_since_s

    def state(self, now_s: float) -> SpeakerState:
        """All that is published, as of now."""
        scores = self._decision.scores
        point = point_of(scores, self._points) if scores else None
        over = self._override
        return SpeakerState(
            mood=self._mood,
            confidence=1.0 if over else self._decision.confidence,
            scores=scores,
            valence=point and point[0],
            arousal=point and point[1],
            intensity=point and intensity_of(point),
            faces=self._faces,
            presence=self._somebody,
            source=self._source(),
            manual_mood=over.emotion if over else None,
            override_until=self._wall() + over.until_s - now_s if over else None,
            following=self.switches.following,
            camera=self.switches.camera,
            camera_health=self.health["camera"] if self.looking else "off",
            model_health=self.health["model"],
            preview=self.preview,
            held_by=self.held_by,
            reason=self._reason(now_s),
            since=self._since,
            problem=self._problem(),
            version=__version__,
        )

    def _settle(self, now_s: float) -> None:
        """Works out the mood in force."""
        if self._override and self._override.expired(now_s):
            self._override = None
        mood = self._mood_now()
        if mood is not self._mood:
            self._mood, self._since = mood, self._wall()

    def _mood_now(self) -> Mood:
        if self._override:
            return Mood(self._override.emotion.value)
        return self._decision.mood if self.looking else Mood.OFF

    def _personal(self, observation: Observation) -> Observation:
        if observation.scores is None or self.resting is None:
            return observation
        return replace(observation, scores=relative(observation.scores, self.resting))

    def _go_blind(self, reason: str) -> None:
        """The camera shows nothing any more: whoever was there may be gone."""
        self._frame_s = self._alone_since_s = self.seen = None
        if not self.looking:
            self.health.pop("picture", None)
        self._faces, self._somebody = 0, False
        self._decision = self.engine.lose(reason)

    def _source(self) -> Source:
        if self._override:
            return Source.MANUAL
        return Source.CAMERA if self._somebody else Source.NOBODY

    def _reason(self, now_s: float) -> str:
        if self._override:
            left_min = (self._override.until_s - now_s) / MINUTE_S
            return f"{self._override.emotion} chosen by hand, for another {left_min:.0f} minutes"
        if not self.switches.camera:
            return "the camera is switched off"
        return self.closed or self._decision.reason

    def _problem(self) -> str | None:
        """What is wrong, all of it; None when all is well."""
        wrong = [
            f"{part}: {text}" for part, text in self.health.items() if text not in (OK, STARTING)
        ]
        return "; ".join(wrong) or None
