"""From the section `music` to what the DJ and the queue keeper take."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moodspeaker.app.dj import DjSettings, MoodMusic
from moodspeaker.config.music_section import CustomMusic
from moodspeaker.music.choice import ChoiceSettings
from moodspeaker.music.genres import Preset, genres_for
from moodspeaker.music.plane import Point
from moodspeaker.music.policy import Policy
from moodspeaker.music.targets import CustomWish
from moodspeaker.music.wish import Way
from moodspeaker.music.words import read_words, split_words
from moodspeaker.player.pace import Pace as QueuePace
from moodspeaker.player.volume import VolumeSettings
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moodspeaker.config.music_section import MusicSection

MINUTE_S = 60.0


def dj_settings(section: MusicSection) -> DjSettings:
    """Policies, what people want instead, and how tracks are chosen."""
    return DjSettings(
        music={emotion: mood_music(section, emotion) for emotion in Emotion},
        choice=ChoiceSettings(
            section.no_repeat_hours,
            section.artist_spacing,
            section.artists_per_hour,
            section.random_n,
        ),
        spiral_s=section.spiral_minutes * MINUTE_S,
        way=Way(section.choice),
        decades=section.decades,
    )


def mood_music(section: MusicSection, emotion: Emotion) -> MoodMusic:
    """One mood's: by the tables, or by the one policy that is chosen for all."""
    volume = min(section.volume_max, section.volumes.of(emotion))
    if section.policy != "custom":
        return MoodMusic(Policy(section.policy), volume=volume)
    own = custom_wish(section.custom.get(emotion.value, CustomMusic()))
    if not own.places and section.genre_map != "none":
        own = replace(own, genres=genres_for(Preset(section.genre_map), emotion))
    return MoodMusic(Policy(section.policies.of(emotion)), own, volume)


def custom_wish(own: CustomMusic) -> CustomWish:
    """The file's entry for one mood."""
    return CustomWish(
        playlist=own.playlist or "",
        stream=own.stream or "",
        point=Point(*own.point) if own.point else None,
        moods=own.moods,
        genres=own.genres,
        decades=own.decades,
    )


def unknown_music(section: MusicSection) -> Iterator[str]:
    """What no track can be found by, a line each: mood words without a place."""
    for mood, own in section.custom.items():
        for word in read_words(split_words(own.moods)).unknown:
            yield f"music.custom.{mood}.moods: {word!r} is no mood word that has a place"


def queue_pace(section: MusicSection) -> QueuePace:
    """The times of the queue keeper."""
    return QueuePace(hold_s=section.hold_minutes * MINUTE_S)


def volume_settings(section: MusicSection) -> VolumeSettings:
    """How loud at most, how soft while ducked, and how tracks overlap."""
    return VolumeSettings(duck_percent=section.duck_percent, crossfade_s=section.crossfade_s)
