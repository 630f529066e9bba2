"""Every live setting in force, for `B/tuning`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from moodspeaker.app.live_settings import LiveSettings
    from moodspeaker.config.section import Section
    from moodspeaker.mood.neutral import PersonalNeutral

ONE_OF = {
    "priors": "prior",
    "floors": "floor",
    "merges": "merge",
    "policies": "policy",
    "volumes": "volume",
}
"""What one entry of an inner section is called."""


def tuning_report(live: LiveSettings, neutral: PersonalNeutral | None) -> dict[str, object]:
    """Flat: the sections mood and music, and who changed them.

    `profile` is the choice, `profile_active` what follows from it now. `personal_neutral` is when
    it was taken, ISO 8601 in UTC; null for none.
    """
    taken = neutral and datetime.fromtimestamp(neutral.taken_at, UTC).isoformat(timespec="seconds")
    return {
        **flat(live.config.mood),
        **flat(live.config.music),
        "profile": live.tuning.profile,
        "profile_active": live.profile,
        "quiet": live.quiet,
        "tuned": [*live.tuning.values, *(["policy"] if live.tuning.policy else [])],
        "wrong_moods": {e.value: live.tuning.wrong.get(e.value, 0) for e in Emotion},
        "personal_neutral": taken,
    }


def flat(section: Section) -> dict[str, Any]:
    """`{key: value}`; the entries of an inner section as `policy_sad` and the like."""
    keys: dict[str, Any] = {}
    for name, value in section.model_dump().items():
        if isinstance(value, dict):
            keys |= {f"{ONE_OF.get(name, name)}_{key}": inner for key, inner in value.items()}
        else:
            keys[name] = value
    return keys
