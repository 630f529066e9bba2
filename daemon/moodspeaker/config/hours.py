"""Times of day, as people write them: `06:30-09:00, 17:00-23:00`."""

from __future__ import annotations

import re
from dataclasses import dataclass

SPAN = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)")
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans of minutes since midnight; one that ends before it begins goes over midnight."""

    spans: tuple[tuple[int, int], ...]

    def include(self, minute: int) -> bool:
        """Whether `minute` since midnight lies in one; a span's last minute is outside."""
        return any(
            begin <= minute < end if begin < end else minute >= begin or minute < end
            for begin, end in self.spans
        )


ALWAYS = Hours(((0, DAY_MINUTES),))
NEVER = Hours(())


def parse_hours(text: str | None) -> Hours:
    """None is always. Raises ValueError, which says what is wrong."""
    if text is None:
        return ALWAYS
    return Hours(tuple(parse_span(part.strip()) for part in text.split(",")))


def hours_or_never(text: str | None) -> Hours:
    """None is never. Raises ValueError likewise."""
    return NEVER if text is None else parse_hours(text)


def parse_span(text: str) -> tuple[int, int]:
    """One `HH:MM-HH:MM`. Raises ValueError."""
    found = SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no span like 07:00-23:00")
    begin_h, begin_min, end_h, end_min = (int(number) for number in found.groups())
    begin, end = 60 * begin_h + begin_min, 60 * end_h + end_min
    if max(begin, end) > DAY_MINUTES or begin == end:
        raise ValueError(f"{text!r} is no span of a day: it ends as it begins, or after 24:00")
    return begin, end
