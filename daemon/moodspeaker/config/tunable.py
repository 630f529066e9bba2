"""The numbers of the section `mood` that a person may set while the speaker runs."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from moodspeaker.config.mood_section import MoodSection

NAMES = (
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


@dataclass(frozen=True, slots=True)
class Tunable:
    """Its range, both ends included; `whole` for one that has nothing after the point."""

    name: str
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


def tunable(name: str) -> Tunable:
    """By the schema's own limits."""
    field = MoodSection.model_fields[name]
    limits = {type(bound).__name__: bound for bound in field.metadata}
    return Tunable(name, limits["Ge"].ge, limits["Le"].le, field.annotation is int)


TUNABLES = MappingProxyType({name: tunable(name) for name in NAMES})
