"""The section `quiet_hours`: when the music keeps back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from moodspeaker.config.hours import Hours, hours_or_never
from moodspeaker.config.section import HoursText, Section


class QuietSection(Section):
    """When the music keeps back, whatever the mood."""

    hours: HoursText | None = Field(None, description='as "22:00-06:30"; null: never')
    music: Literal["silent", "calm"] = Field(
        "silent",
        description="silent: nothing more is queued, unless a mood was chosen by hand; "
        "calm: the policy for every mood is calm",
    )

    @property
    def spans(self) -> Hours:
        """The hours, parsed."""
        return hours_or_never(self.hours)
