"""From a face and a policy to where the next tracks should lie, or what they should be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from moodspeaker.music.genres import read_genres
from moodspeaker.music.plane import CALM, UPLIFTED, Point
from moodspeaker.music.policy import LIFT_STEPS, Policy
from moodspeaker.music.words import read_words

NIGHT_STEP = -0.3
NIGHT_CEILING = 0.2


@dataclass(frozen=True, slots=True)
class CustomWish:
    """What a user wants for one emotion instead of its policy; all empty: nothing.

    The first of playlist, stream, point, moods, genres says where to play. `genres` and `decades`
    also limit which tracks may play. `playlist` is a stored one of the player, by its name.
    """

    playlist: str = ""
    stream: str = ""
    point: Point | None = None
    moods: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    decades: tuple[int, ...] = ()

    @property
    def places(self) -> bool:
        """Whether it says where to play, so that the policy does not."""
        return bool(self.playlist or self.stream or self.point or self.moods or self.genres)


NO_WISH = CustomWish()


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


def custom_point(wish: CustomWish) -> Point | None:
    """Where the track should lie by a wish that `places`; None: any of those it is limited to.

    None too where no word or genre of the wish is known: `read_words` and `read_genres` tell.
    """
    if wish.playlist or wish.stream:
        return None
    if wish.point:
        return wish.point
    return read_words(wish.moods).point if wish.moods else read_genres(wish.genres).point


def calmer(target: Point) -> Point:
    """The target at night: arousal 0.3 lower and at most 0.2."""
    arousal = min(NIGHT_CEILING, target.arousal + NIGHT_STEP)
    return replace(target, arousal=max(-1.0, arousal))


def part_way(start: Point, goal: Point, step: int) -> Point:
    """The place after `step` of `LIFT_STEPS` even steps; the goal from then on."""
    return start.towards(goal, min(1.0, max(0, step) / LIFT_STEPS))
