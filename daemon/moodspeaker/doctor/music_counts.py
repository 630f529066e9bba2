"""How many tracks lie where each mood's music is looked for: as `library report` counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.app.music_settings import mood_music
from moodspeaker.library.places import REACH
from moodspeaker.library.stored_labels import places_of
from moodspeaker.music.plane import EMOTION_POINTS, Point
from moodspeaker.music.policy import LIFT_STEPS
from moodspeaker.music.targets import custom_point, target_point
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.config.music_section import MusicSection
    from moodspeaker.doctor.music_labels import StoredLabels


@dataclass(frozen=True, slots=True)
class Counted:
    """`sources` by how many tracks each speaks of; `near` has the tracks for each mood."""

    tracks: int
    labelled: int
    sources: tuple[tuple[str, int], ...]
    near: tuple[tuple[str, int], ...]


def goals(music: MusicSection) -> dict[Emotion, Point]:
    """Where the music for each mood leads; none for a mood that changes nothing, or has a list."""
    found = {emotion: goal_of(music, emotion) for emotion in Emotion}
    return {emotion: point for emotion, point in found.items() if point is not None}


def goal_of(music: MusicSection, emotion: Emotion) -> Point | None:
    """At the end of its way, for the face that is the emotion itself."""
    wanted = mood_music(music, emotion)
    if wanted.own.places:
        return custom_point(wanted.own)
    return target_point(wanted.policy, EMOTION_POINTS[emotion], LIFT_STEPS)


def counted(labels: StoredLabels, wanted: Mapping[Emotion, Point]) -> Counted:
    """Every place as it is when a track is chosen."""
    places = [Point(place[0], place[1]) for place in places_of(labels.said).values()]
    sources = Counter(one.source for said in labels.said.values() for one in said)
    return Counted(
        tracks=len(labels.uris),
        labelled=len(labels.said),
        sources=tuple(sources.most_common()),
        near=tuple(
            (mood.value, sum(place.distance(goal) <= REACH for place in places))
            for mood, goal in wanted.items()
        ),
    )
