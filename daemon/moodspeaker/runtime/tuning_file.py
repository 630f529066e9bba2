"""What a person tuned, kept over a restart in one small file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from moodspeaker.config.music_section import POLICIES
from moodspeaker.config.profiles import AUTO, NAME
from moodspeaker.config.tunable import TUNABLES
from moodspeaker.runtime.whole_file import read_json, write_json
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

FILE_NAME = "tuning.json"
LARGEST = 1e12

Problem = Callable[[str, Any], str | None]
"""Why an entry is left out; None for a good one."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """`profile` is the choice: auto, default or a name; `policy` one for every mood, None: not set.

    `values` are numbers. `wrong` counts how often each emotion was called wrong.
    """

    profile: str = AUTO
    values: Mapping[str, float] = field(default_factory=dict)
    wrong: Mapping[str, int] = field(default_factory=dict)
    policy: str | None = None


class TuningFile:
    """Reads and writes what was tuned; a damaged file means nothing, and is told."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME

    def load(self) -> Tuning:
        """What is stored, each value that is out of its range left out, and told."""
        try:
            stored = read_json(self._path, missing={})
        except (OSError, ValueError) as error:
            return self._nothing(str(error))
        if not isinstance(stored, dict):
            return self._nothing("it holds no object")
        return Tuning(
            self._profile(stored.get("profile", AUTO)),
            self._kept(stored, "values", value_problem),
            self._kept(stored, "wrong", count_problem),
            self._policy(stored.get("policy")),
        )

    def save(self, tuning: Tuning) -> None:
        """Whole or not at all, a power cut included. A failure is told, not raised."""
        try:
            write_json(self._path, asdict(tuning))
        except OSError as error:
            log.warning("%s cannot be written, tuning will not last: %s", self._path, error)

    def _nothing(self, why: str) -> Tuning:
        log.warning("%s cannot be read, nothing is tuned: %s", self._path, why)
        return Tuning()

    def _profile(self, stored: object) -> str:
        if isinstance(stored, str) and NAME.fullmatch(stored):
            return stored
        log.warning("%s: %r is no profile: auto instead", self._path, stored)
        return AUTO

    def _policy(self, stored: object) -> str | None:
        if stored is None or stored in POLICIES:
            return str(stored) if stored else None
        log.warning("%s: %r is no policy: left out", self._path, stored)
        return None

    def _kept(self, stored: dict[str, Any], key: str, problem: Problem) -> dict[str, Any]:
        """The entries of one mapping that have no problem."""
        entries = stored.get(key, {})
        if not isinstance(entries, dict):
            log.warning("%s: %s is no object: left out", self._path, key)
            return {}
        wrong = {name: why for name, value in entries.items() if (why := problem(name, value))}
        for why in wrong.values():
            log.warning("%s: left out: %s", self._path, why)
        return {name: value for name, value in entries.items() if name not in wrong}


def value_problem(name: str, value: Any) -> str | None:
    """Why a stored number is not taken."""
    if name not in TUNABLES:
        return f"{name!r} is nothing that can be tuned"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not abs(value) < LARGEST:
        return f"{name} {str(value)[:40]!r} is no number that it can be"
    return TUNABLES[name].refusal(value)


def count_problem(name: str, value: Any) -> str | None:
    """Why a stored count is not taken."""
    known = name in set(Emotion) and isinstance(value, int) and not isinstance(value, bool)
    return None if known and value >= 0 else f"wrong {name!r} {value!r} counts no emotion"
