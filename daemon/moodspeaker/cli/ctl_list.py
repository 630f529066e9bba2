"""Every command of the speaker, and what each takes."""

from __future__ import annotations

from moodspeaker.config.music_section import POLICIES
from moodspeaker.config.tunable import TUNABLES
from moodspeaker.home.commands import (
    LONGEST_DUCK_S,
    MOOD_CHOICES,
    READERS,
    CommandRefused,
    parse,
)

PRESS = "PRESS"
NOT_PRESS = "-"
WORDS = {
    "mood": ", ".join(MOOD_CHOICES),
    "policy": ", ".join(POLICIES),
    "profile": "auto, default or a profile's name",
    "duck": f"seconds, 0 to {LONGEST_DUCK_S:g}; 0 ends it",
}


def listing() -> tuple[str, ...]:
    """A line a command, in the order of the reference."""
    width = max(map(len, READERS))
    return tuple(f"{entity:{width}}  {takes(entity) or 'no value'}".rstrip() for entity in READERS)


def takes(entity: str) -> str:
    """What the value of a known command may be; empty for a button."""
    if entity in TUNABLES:
        tunable = TUNABLES[entity]
        kind = "a whole number" if tunable.whole else "a number"
        return f"{kind}, {tunable.low:g} to {tunable.high:g}"
    if entity in WORDS:
        return WORDS[entity]
    if accepts(entity, PRESS) and not accepts(entity, NOT_PRESS):
        return ""
    return "ON or OFF" if accepts(entity, "ON") else "a value"


def accepts(entity: str, value: str) -> bool:
    """Whether the parser would take it."""
    try:
        parse(entity, value.encode())
    except CommandRefused:
        return False
    return True
