"""The section `music`: what is queued, and how much of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from moodspeaker.config.section import Section
from moodspeaker.types import Emotion

PolicyName = Literal["match", "lift", "calm", "keep"]


class Policies(Section):
    """What the music does with each mood: match, lift, calm or keep (leave it alone)."""

    angry: PolicyName = Field("calm", description="to an angry face")
    disgust: PolicyName = Field("keep", description="to a disgusted face")
    fear: PolicyName = Field("calm", description="to a frightened face")
    happy: PolicyName = Field("match", description="to a happy face")
    sad: PolicyName = Field("lift", description="to a sad face")
    surprise: PolicyName = Field("keep", description="to a surprised face")
    neutral: PolicyName = Field("keep", description="to a neutral face")

    def of(self, emotion: Emotion) -> str:
        """The policy for one emotion."""
        return str(getattr(self, emotion.value))


class MusicSection(Section):
    """What is queued, and how much of it."""

    policies: Policies = Policies()
    tracks_ahead: int = Field(1, ge=1, le=3, description="tracks queued after the current one")
    no_repeat_hours: float = Field(24.0, ge=0, le=168, description="no track twice within, hours")
    artist_spacing: int = Field(3, ge=0, le=20, description="no artist twice within so many tracks")
    hold_minutes: float = Field(
        60.0, ge=1, le=1440, description="how long a stop by hand keeps us out, minutes"
    )
    spiral_minutes: float = Field(
        45.0, ge=5, le=1440, description="sad, angry or fear matched for so long: neutral, minutes"
    )
    idle_minutes: float = Field(
        30.0, ge=1, le=1440, description="nobody seen for so long: queue no more, minutes"
    )
