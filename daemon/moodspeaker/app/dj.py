"""Which mood the music is for, and which track comes next."""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from moodspeaker.music.choice import Choice, choose
from moodspeaker.music.history import History
from moodspeaker.music.plane import EMOTION_POINTS
from moodspeaker.music.policy import LIFT_STEPS, Policy
from moodspeaker.music.shelf import EMPTY
from moodspeaker.music.spiral import SpiralGuard
from moodspeaker.music.targets import NO_WISH, calmer, custom_point, target_point
from moodspeaker.music.taste import Taste
from moodspeaker.music.wish import Way, Wish
from moodspeaker.types import Emotion, Mood, Pick, Track

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from moodspeaker.music.choice import ChoiceSettings
    from moodspeaker.music.plane import Point
    from moodspeaker.music.shelf import Shelf
    from moodspeaker.music.targets import CustomWish
    from moodspeaker.types import Scores

FAILED_S = 600.0
"""So long a track that did not play is left out."""
NO_PLAYLISTS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class MoodMusic:
    """What is played in one mood: by its policy, or `own` where that says where to play.

    `volume` is the most for it, percent.
    """

    policy: Policy
    own: CustomWish = NO_WISH
    volume: int = 100

    @property
    def keeps(self) -> bool:
        """Whether the mood leaves the music as it is."""
        return self.policy is Policy.KEEP and not self.own.places


@dataclass(frozen=True, slots=True)
class DjSettings:
    """The music for each emotion, how tracks are chosen, and how long low moods are matched.

    `decades` limit every mood that has none of its own.
    """

    music: Mapping[Emotion, MoodMusic]
    choice: ChoiceSettings
    spiral_s: float
    way: Way = Way.NEAREST
    decades: tuple[int, ...] = ()

    @property
    def playlists(self) -> frozenset[str]:
        """The stored playlists that some mood wants."""
        return frozenset(one.own.playlist for one in self.music.values() if one.own.playlist)


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
        self.history = History()
        self.taste = Taste()
        self.calmer = False
        """Whether it is an hour for calmer music."""
        self._rng = rng
        self._clock = clock
        self._shelf = EMPTY
        self._failed: dict[str, float] = {}
        self._playlists = NO_PLAYLISTS
        self._wish = Emotion.NEUTRAL
        self._step = 0
        self._reached: float | None = None
        """The valence that a lift under way has come to."""
        self._spiral = SpiralGuard(monotonic)

    @property
    def wants_sectors(self) -> bool:
        """Whether tracks are chosen by what a shelf has only when asked for."""
        return self.settings.way is Way.COSINE

    def stock(self, shelf: Shelf, playlists: Mapping[str, tuple[str, ...]] = NO_PLAYLISTS) -> None:
        """The library as it is now, and those of the wanted playlists that there are."""
        if shelf.tracks.rows is not self._shelf.tracks.rows:
            # The library itself was read anew: what did not play may have been mended.
            self._failed.clear()
        self._shelf = shelf
        self._playlists = playlists

    def failed(self, uri: str) -> None:
        """It did not play: not again for a while, as long as there is anything else."""
        self._failed[uri] = self._clock()

    def wish_for(self, mood: Mood, *, by_hand: bool = False) -> Mood:
        """The mood that music is wanted for while `mood` is in force.

        Sadness, anger or fear that has been matched for `spiral_s` becomes neutral, unless a
        person chose it.
        """
        emotion = mood.emotion
        keeps = emotion is None or self.settings.music[emotion].keeps
        if emotion is not None and not keeps and emotion is not self._wish:
            self._wish, self._step, self._reached = emotion, 0, None
        music = self.settings.music[self._wish]
        policy = Policy.KEEP if music.own.places else music.policy
        turns = self._spiral.turns(self._wish, policy, self.settings.spiral_s)
        return Mood.NEUTRAL if turns and not by_hand else Mood(self._wish.value)

    def volume_for(self, mood: Mood) -> int:
        """The most for music of this wish, percent."""
        return self.settings.music[mood.emotion or Emotion.NEUTRAL].volume

    def pick(self, mood: Mood, face: Scores | None = None) -> Pick | None:
        """The next track for a wish; None only from an empty library.

        `face` holds the last seconds' shares of emotions, for the choice by cosine.
        """
        emotion = mood.emotion or Emotion.NEUTRAL
        music = self.settings.music[emotion]
        now_s = self._clock()
        if address := self._stream(music.own):
            return stream_pick(address, mood)
        wish = self._wish_at(mood, music, face)
        chosen = choose(
            self._shelf, wish, self.history, self.taste, self.settings.choice, now_s, self._rng
        )
        if chosen is None:
            return None
        self.history.add(chosen.track, now_s)
        self._step += 1
        self._reached = chosen.valence if self._lifting(music) else None
        return pick_of(chosen, mood)

    def _stream(self, own: CustomWish) -> str:
        """The address to play, for a stream and for a playlist of nothing but streams."""
        addresses = [uri for uri in self._playlists.get(own.playlist, ()) if "://" in uri]
        if addresses and len(addresses) == len(self._playlists[own.playlist]):
            return self._rng.choice(addresses)
        return "" if own.playlist else own.stream

    def _wish_at(self, mood: Mood, music: MoodMusic, face: Scores | None) -> Wish:
        own = music.own
        goal = self._goal(mood.emotion or Emotion.NEUTRAL, music)
        only = self._playlists.get(own.playlist) or None
        return Wish(
            mood=mood,
            goal=calmer(goal) if goal and self.calmer else goal,
            aim=self._aim(mood, music),
            way=self.settings.way,
            decades=own.decades or self.settings.decades,
            genres=own.genres,
            only=None if only is None else frozenset(only),
            face=face,
            above=self._reached,
            without=self._out_of_order(),
        )

    def _out_of_order(self) -> frozenset[str]:
        now_s = self._clock()
        return frozenset(uri for uri, at_s in self._failed.items() if abs(now_s - at_s) < FAILED_S)

    def _lifting(self, music: MoodMusic) -> bool:
        """Whether the next track belongs to the way up."""
        return music.policy is Policy.LIFT and not music.own.places and self._step <= LIFT_STEPS

    def _goal(self, emotion: Emotion, music: MoodMusic) -> Point | None:
        if music.own.places and not self._lost(music.own):
            return custom_point(music.own)
        # Only the list at boot, before any mood, is picked for an emotion that keeps.
        policy = Policy.MATCH if music.policy is Policy.KEEP else music.policy
        return target_point(policy, EMOTION_POINTS[emotion], self._step)

    def _lost(self, own: CustomWish) -> bool:
        """Whether a playlist is wanted that the player does not have, or has empty."""
        return bool(own.playlist) and not self._playlists.get(own.playlist)

    def _aim(self, mood: Mood, music: MoodMusic) -> str:
        if self._lost(music.own):
            return f"{mood}: there is no playlist {music.own.playlist}"
        if music.own.places:
            return f"{mood} by your table"
        if music.policy is Policy.KEEP:
            return f"{mood} music, until a mood asks for another"
        steps = f", step {self._step}" if music.policy in (Policy.LIFT, Policy.CALM) else ""
        return f"{music.policy} {mood}{steps}{', calmer hours' if self.calmer else ''}"


def stream_pick(address: str, mood: Mood) -> Pick:
    """A stream has no place on the plane: the mood's own stands for it."""
    point = EMOTION_POINTS[mood.emotion or Emotion.NEUTRAL]
    return Pick(
        Track(address), mood, point.valence, point.arousal, f"{mood} by your table: a stream"
    )


def pick_of(chosen: Choice, mood: Mood) -> Pick:
    """The track with what is told of it."""
    return Pick(chosen.track, mood, round(chosen.valence, 3), round(chosen.arousal, 3), chosen.why)
