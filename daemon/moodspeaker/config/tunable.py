"""The numbers that a person may set while the speaker runs."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from moodspeaker.config.mood_section import MoodSection
from moodspeaker.config.music_section import MusicSection

if TYPE_CHECKING:
    from moodspeaker.config.section import Section

OF_MOOD = (
    "enter_threshold",
    "leave_threshold",
    "margin",
    "dwell_s",
    "smoothing_s",
    "changes_per_hour",
    "override_minutes",
    "hold_s",
    "absence_s",
    "distrust",
    "stay_s",
)
OF_MUSIC = ("volume_max",)


@dataclass(frozen=True, slots=True)
class Tunable:
    """A key of a section, and its range, both ends included.

    `whole` for one that has nothing after the point.
    """

    name: str
    section: str
    low: float
    high: float
    whole: bool

    def refusal(self, value: float) -> str | None:
        """Why `value` cannot be taken, by its range alone; None where it can."""
        # Not a number fails the comparison.
        if not self.low <= value <= self.high:
            return f"{self.name} {value:g} is outside {self.low:g} to {self.high:g}"
        if self.whole and not float(value).is_integer():
            return f"{self.name} {value:g} is no whole number"
        return None


def tunable(name: str, title: str, section: type[Section]) -> Tunable:
    """By the schema's own limits; `title` is the section's key in the file."""
    field = section.model_fields[name]
    limits = {type(bound).__name__: bound for bound in field.metadata}
    return Tunable(name, title, limits["Ge"].ge, limits["Le"].le, field.annotation is int)


TUNABLES = MappingProxyType(
    {name: tunable(name, "mood", MoodSection) for name in OF_MOOD}
    | {name: tunable(name, "music", MusicSection) for name in OF_MUSIC}
)
