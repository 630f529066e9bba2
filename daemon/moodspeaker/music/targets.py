"""From a face and a policy to where the next tracks should lie, or what they should be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moodspeaker.music.genres import genres_for, read_genres
from moodspeaker.music.plane import CALM, UPLIFTED, Point
from moodspeaker.music.policy import LIFT_STEPS, Policy
from moodspeaker.music.words import read_words
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from moodspeaker.music.genres import Preset

NIGHT_FROM_H = 22
NIGHT_UNTIL_H = 6
NIGHT_STEP = -0.3
NIGHT_CEILING = 0.2


@dataclass(frozen=True, slots=True)
class CustomWish:
    """What a user wants for one emotion: one of these, or with none of them no wish at all.

    `genres` and `moods` both limit which tracks may play and say where they lie. `playlist` is
    a stored playlist or a stream of the player. Where several are given, the first of playlist,
    policy, point, moods, genres counts.
    """

    policy: Policy | None = None
    point: Point | None = None
    moods: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    playlist: str = ""


NO_WISH = CustomWish()


@dataclass(frozen=True, slots=True)
class CustomTable:
    """The wishes of a user, by emotion; an emotion that is left out has none."""

    wishes: tuple[tuple[Emotion, CustomWish], ...] = ()

    def wish(self, emotion: Emotion) -> CustomWish:
        """The wish for this emotion, `NO_WISH` where there is none."""
        return next((wish for one, wish in self.wishes if one is emotion), NO_WISH)


def target_point(policy: Policy, start: Point, step: int) -> Point | None:
    """Where track number `step` (from 0) since this wish began should lie; None for no wish.

    `start` is the face when the wish began, not the face now: the caller keeps both, so that a
    face which turns neutral for a while neither restarts the way nor lets it fall. match stays
    at the start. lift and calm go from there to their goal in three even steps, and stay; lift
    only from a valence below 0, else it is match.
    """
    if policy is Policy.KEEP:
        return None
    if policy is Policy.LIFT and start.valence < 0:
        return part_way(start, UPLIFTED, step)
    if policy is Policy.CALM:
        return part_way(start, CALM, step)
    return start


def custom_point(wish: CustomWish, start: Point, step: int) -> Point | None:
    """Where the track should lie by a custom wish; None for a playlist, and for no wish.

    None too where no word or genre of the wish is known: `read_words` and `read_genres` tell.
    """
    if wish.playlist:
        return None
    if wish.policy:
        return target_point(wish.policy, start, step)
    if wish.point:
        return wish.point
    return read_words(wish.moods).point if wish.moods else read_genres(wish.genres).point


def preset_table(preset: Preset) -> CustomTable:
    """The preset as a table of genres for every emotion that it has a wish for."""
    pairs = [(emotion, genres_for(preset, emotion)) for emotion in Emotion]
    return CustomTable(tuple((one, CustomWish(genres=names)) for one, names in pairs if names))


def at_hour(target: Point, hour: int, *, quiet_nights: bool = True) -> Point:
    """The target by the hour of the day (0..23, local): calmer from 22 to 6, unless switched off.

    A night's arousal is 0.3 lower and at most 0.2.
    """
    if not quiet_nights or NIGHT_UNTIL_H <= hour < NIGHT_FROM_H:
        return target
    calmer = min(NIGHT_CEILING, target.arousal + NIGHT_STEP)
    return replace(target, arousal=max(-1.0, calmer))


def part_way(start: Point, goal: Point, step: int) -> Point:
    """The place after `step` of `LIFT_STEPS` even steps; the goal from then on."""
    return start.towards(goal, min(1.0, max(0, step) / LIFT_STEPS))
