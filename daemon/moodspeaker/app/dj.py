"""Which mood the music is for, and which track comes next."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.music.choice import ChoiceSettings, History, choose, track_point
from moodspeaker.music.plane import EMOTION_POINTS
from moodspeaker.music.policy import Policy
from moodspeaker.music.spiral import SpiralGuard
from moodspeaker.music.targets import target_point
from moodspeaker.types import Emotion, Mood, Pick

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from moodspeaker.types import Track


@dataclass(frozen=True, slots=True)
class DjSettings:
    """The policy for each emotion, the limits of choice, and how long low moods are matched."""

    policies: dict[Emotion, Policy]
    choice: ChoiceSettings
    spiral_s: float


class Dj:
    """Remembers the wish in force; a mood whose policy is keep does not change it."""

    def __init__(
        self,
        settings: DjSettings,
        rng: Random,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._rng = rng
        self._clock = clock
        self._tracks: tuple[Track, ...] = ()
        self._history = History()
        self._wish = Emotion.NEUTRAL
        self._step = 0
        self._spiral = SpiralGuard(monotonic)

    def stock(self, tracks: tuple[Track, ...]) -> None:
        """The library as it is now."""
        self._tracks = tracks

    def wish_for(self, mood: Mood, *, by_hand: bool = False) -> Mood:
        """The mood that music is wanted for while `mood` is in force.

        Sadness, anger or fear that has been matched for `spiral_s` becomes neutral, unless a
        person chose it.
        """
        emotion = mood.emotion
        keeps = emotion is None or self.settings.policies[emotion] is Policy.KEEP
        if emotion is not None and not keeps and emotion is not self._wish:
            self._wish, self._step = emotion, 0
        policy = self.settings.policies[self._wish]
        turns = self._spiral.turns(self._wish, policy, self.settings.spiral_s)
        return Mood.NEUTRAL if turns and not by_hand else Mood(self._wish.value)

    def pick(self, mood: Mood) -> Pick | None:
        """The next track for a wish; None only from an empty library."""
        emotion = mood.emotion or Emotion.NEUTRAL
        policy = self.settings.policies[emotion]
        # Only the list at boot, before any mood, is picked for an emotion that keeps.
        asked = Policy.MATCH if policy is Policy.KEEP else policy
        goal = target_point(asked, EMOTION_POINTS[emotion], self._step)
        if goal is None:
            return None
        now_s = self._clock()
        track = choose(self._tracks, goal, self._history, self.settings.choice, now_s, self._rng)
        if track is None:
            return None
        self._history.add(track, now_s)
        self._step += 1
        place = track_point(track)
        why = f"{place.distance(goal):.2f} from the goal of {policy} {mood}"
        if policy is Policy.KEEP:
            why = f"{mood} music, until a mood asks for another"
        return Pick(track, mood, round(place.valence, 3), round(place.arousal, 3), why)
