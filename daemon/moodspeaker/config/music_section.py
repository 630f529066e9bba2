"""The section `music`: what is queued, how much of it, and how loud."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from moodspeaker.config.hours import Hours, hours_or_never
from moodspeaker.config.section import EmotionName, HoursText, Section, Text
from moodspeaker.types import Emotion

PolicyName = Literal["match", "lift", "calm", "keep"]
PolicyChoice = Literal["match", "lift", "calm", "custom", "keep"]
POLICIES: tuple[str, ...] = get_args(PolicyChoice)
"""One for every mood, or `custom`: each by the tables."""
Axis = Annotated[float, Field(ge=-1, le=1)]
Decade = Annotated[int, Field(ge=1900, le=2090, multiple_of=10)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Policies(Section):
    """What the music does with each mood: match, lift, calm or keep (leave it alone)."""

    angry: PolicyName = Field("calm", description="to an angry face")
    disgust: PolicyName = Field("keep", description="to a disgusted face")
    fear: PolicyName = Field("calm", description="to a frightened face")
    happy: PolicyName = Field("match", description="to a happy face")
    sad: PolicyName = Field("lift", description="to a sad face")
    surprise: PolicyName = Field("keep", description="to a surprised face")
    neutral: PolicyName = Field("keep", description="to a neutral face")

    def of(self, emotion: Emotion) -> PolicyName:
        """The policy for one emotion."""
        name: PolicyName = getattr(self, emotion.value)
        return name


class CustomMusic(Section):
    """What to play in one mood instead of its policy; the first of these that is set counts."""

    playlist: Text | None = Field(None, description="a stored playlist of MPD, by its name")
    stream: Text | None = Field(None, description="an address that MPD plays: http://..., say")
    point: Annotated[tuple[Axis, Axis], Field(strict=False)] | None = Field(
        None, description="valence and arousal to play at, -1 to 1, as [0.4, -0.2]"
    )
    moods: Annotated[tuple[Text, ...], Field(strict=False)] = Field(
        (), description="mood words to play at, as [calm, dreamy]"
    )
    genres: Annotated[tuple[Text, ...], Field(strict=False)] = Field(
        (), description="only these genres, as [jazz, soul]; with a point or moods: the nearest"
    )
    decades: Annotated[tuple[Decade, ...], Field(strict=False)] = Field(
        (), description="only these decades, as [1970, 1980]; goes with all of the above"
    )

    @model_validator(mode="after")
    def stream_is_an_address(self) -> CustomMusic:
        """A file's name there would never play."""
        if self.stream is not None and "://" not in self.stream:
            raise ValueError("stream is no address (http://..., say)")
        return self

    @property
    def empty(self) -> bool:
        """Whether the policy decides where to play."""
        return not (self.playlist or self.stream or self.point or self.moods or self.genres)


CUSTOM_MEANING = (
    "what to play in a mood instead of what its policy says: a playlist, stream, point, moods or "
    "genres; only of some decades"
)
CUSTOM_EXAMPLE = {
    "sad": {"genres": ["soul", "folk"], "decades": [1960, 1970]},
    "surprise": {"playlist": "Party"},
    "angry": {"point": [0.3, -0.4]},
}


class VolumeCaps(Section):
    """How loud music for a mood may be at most, percent; nothing is ever made louder than you
    set it.
    """

    angry: Percent = Field(100, description="while it is for an angry face")
    disgust: Percent = Field(100, description="while it is for a disgusted face")
    fear: Percent = Field(100, description="while it is for a frightened face")
    happy: Percent = Field(100, description="while it is for a happy face")
    sad: Percent = Field(100, description="while it is for a sad face")
    surprise: Percent = Field(100, description="while it is for a surprised face")
    neutral: Percent = Field(100, description="while it is for a neutral face")

    def of(self, emotion: Emotion) -> int:
        """The limit for one emotion."""
        return int(getattr(self, emotion.value))


class MusicSection(Section):
    """What is queued, how much of it, and how loud."""

    policy: PolicyChoice = Field(
        "custom", description="custom: each mood by the tables below; another: that for every mood"
    )
    policies: Policies = Policies()
    custom: dict[EmotionName, CustomMusic] = Field(
        {}, description=CUSTOM_MEANING, examples=[CUSTOM_EXAMPLE]
    )
    genre_map: Literal["none", "match", "soothe"] = Field(
        "none", description="match, soothe: ready-made genres for moods with nothing in `custom`"
    )
    choice: Literal["nearest", "random_n", "top_by_rating", "rule", "cosine"] = Field(
        "nearest",
        description="nearest to the mood; or of the nearest at random, or the best rated; or by "
        "rules over imported features; or by likeness to 15 s of your face",
    )
    random_n: int = Field(10, ge=2, le=200, description="random_n: of how many")
    decades: Annotated[tuple[Decade, ...], Field(strict=False)] = Field(
        (), description="only these decades, as [1970, 1980]; []: any"
    )
    tracks_ahead: int = Field(1, ge=1, le=3, description="tracks queued after the current one")
    no_repeat_hours: float = Field(24.0, ge=0, le=168, description="no track twice within, hours")
    artist_spacing: int = Field(3, ge=0, le=20, description="no artist twice within so many tracks")
    artists_per_hour: int = Field(
        2, ge=1, le=100, description="no artist more often than this in an hour"
    )
    hold_minutes: float = Field(
        60.0, ge=1, le=1440, description="how long what you do to the queue keeps us out, minutes"
    )
    spiral_minutes: float = Field(
        45.0, ge=5, le=1440, description="sad, angry or fear matched for so long: neutral, minutes"
    )
    idle_minutes: float = Field(
        30.0, ge=1, le=1440, description="nobody seen for so long: queue no more, minutes"
    )
    calmer_hours: HoursText | None = Field(
        None, description='when all music is calmer, as "22:00-06:00"; null: never'
    )
    volume_max: int = Field(100, ge=0, le=100, description="never louder than this, percent")
    volumes: VolumeCaps = VolumeCaps()
    duck_percent: int = Field(
        20, ge=0, le=100, description="how loud while ducked for an announcement, percent"
    )
    crossfade_s: int | None = Field(
        None, ge=0, le=30, description="how long tracks overlap, s; null: as MPD has it"
    )

    @property
    def calmer(self) -> Hours:
        """The hours in which all music is calmer, parsed."""
        return hours_or_never(self.calmer_hours)
