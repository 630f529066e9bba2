"""The section `profiles`: named sets of settings, and when each is in force by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, StringConstraints

from moodspeaker.config.hours import Hours, hours_or_never
from moodspeaker.config.mood_section import MoodSection
from moodspeaker.config.music_section import MusicSection
from moodspeaker.config.patches import Patch, patch_of
from moodspeaker.config.section import HoursText

AUTO = "auto"
DEFAULT = "default"
NAME = re.compile(r"[a-z0-9_-]{1,32}")
MEANING = (
    "named sets of settings, any of mood and music, that lie over those above; in force in their "
    "hours (the first one that has them), or when chosen"
)
EXAMPLE = {
    "evening": {"hours": "19:00-23:00", "mood": {"dwell_s": 180}, "music": {"tracks_ahead": 2}}
}

if TYPE_CHECKING:
    # A type checker knows no class that is made at run time.
    MoodPatch = Patch
    MusicPatch = Patch
else:
    MoodPatch = patch_of(MoodSection)
    MusicPatch = patch_of(MusicSection)


class Profile(Patch):
    """Settings that lie over those of the sections `mood` and `music`."""

    hours: HoursText | None = Field(None, description="when it is in force by itself")
    mood: MoodPatch = MoodPatch()
    music: MusicPatch = MusicPatch()

    @property
    def spans(self) -> Hours:
        """The hours in which it is in force by itself; none for one that is only chosen."""
        return hours_or_never(self.hours)


def free_name(name: str) -> str:
    """Raises ValueError for a word that the choice of a profile needs for itself."""
    if name in (AUTO, DEFAULT):
        raise ValueError(f"no profile can be called {name}: it is a choice of its own")
    return name


ProfileName = Annotated[
    str,
    StringConstraints(pattern=rf"^{NAME.pattern}$"),
    AfterValidator(free_name),
]
Profiles = dict[ProfileName, Profile]


def profile_at(profiles: Profiles, minute: int) -> str | None:
    """The first whose hours include `minute` since midnight."""
    return next((name for name, p in profiles.items() if p.spans.include(minute)), None)
