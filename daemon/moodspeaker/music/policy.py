"""What the music may do with a mood."""

from __future__ import annotations

from enum import StrEnum

LIFT_STEPS = 3


class Policy(StrEnum):
    """What the music does with a mood."""

    MATCH = "match"
    LIFT = "lift"
    CALM = "calm"
    KEEP = "keep"
