"""What a person set over the YAML file, and the settings that follow from it at a time of day."""

from __future__ import annotations

import logging
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from moodspeaker.config.effective import SettingsRefused, effective
from moodspeaker.config.profiles import AUTO, DEFAULT, profile_at
from moodspeaker.config.tunable import TUNABLES
from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.config.schema import Config
    from moodspeaker.runtime.tuning_file import Tuning
    from moodspeaker.types import Emotion

log = logging.getLogger(__name__)


class TuningRefused(MoodspeakerError):
    """A number or a profile that cannot be taken; what was in force stands."""


class Tuner:
    """Holds tuned numbers that pass with every profile, so that none turns bad at nightfall.

    A `minute` counts from midnight. `stored` is what is to be kept over a restart.
    """

    def __init__(self, base: Config, stored: Tuning) -> None:
        """What does not pass any more is left out, and told."""
        self.stored = stored
        self._base = base
        self.rebase(base)

    @property
    def names(self) -> tuple[str, ...]:
        """The profiles, in the order of the file."""
        return tuple(self._base.profiles)

    def set(self, name: str, value: float) -> None:
        """One number. Raises TuningRefused."""
        refusal = TUNABLES[name].refusal(value)
        if refusal:
            raise TuningRefused(refusal)
        # The newest last: that is the order in which they are tried after a restart.
        values = {n: v for n, v in self.stored.values.items() if n != name} | {name: value}
        clash = self._clash(values)
        if clash:
            raise TuningRefused(clash)
        self.stored = replace(self.stored, values=values)

    def choose_profile(self, name: str) -> None:
        """`auto`, `default` (none) or the name of one. Raises TuningRefused."""
        known = (AUTO, DEFAULT, *self.names)
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise TuningRefused(f"there is no profile {name!r}", hint)
        self.stored = replace(self.stored, profile=name)

    def choose_policy(self, name: str) -> None:
        """One of `POLICIES`, over the file's and every profile's."""
        self.stored = replace(self.stored, policy=name)

    def reset(self) -> None:
        """The YAML file alone again; what was called wrong stays counted."""
        self.stored = replace(self.stored, profile=AUTO, policy=None, values={})

    def count_wrong(self, emotion: Emotion) -> int:
        """One more time that it was called wrong; how often in all."""
        count = self.stored.wrong.get(emotion.value, 0) + 1
        self.stored = replace(self.stored, wrong={**self.stored.wrong, emotion.value: count})
        return count

    def rebase(self, base: Config) -> None:
        """Another YAML file. What does not go with it is dropped, and told."""
        self._base = base
        if self.stored.profile not in (AUTO, DEFAULT, *self.names):
            log.warning("there is no profile %s any more: auto instead", self.stored.profile)
            self.stored = replace(self.stored, profile=AUTO)
        kept = self._passing(self.stored.values)
        if len(kept) < len(self.stored.values):
            self.stored = replace(self.stored, values=kept)

    def active(self, minute: int) -> str | None:
        """The profile in force then."""
        if self.stored.profile == AUTO:
            return profile_at(self._base.profiles, minute)
        return None if self.stored.profile == DEFAULT else self.stored.profile

    def quiet(self, minute: int) -> bool:
        """Whether quiet hours are then."""
        return self._base.quiet_hours.spans.include(minute)

    def at(self, minute: int) -> Config:
        """The settings in force then."""
        stored, active = self.stored, self.active(minute)
        return effective(self._base, active, stored.values, self.quiet(minute), stored.policy)

    def _passing(self, values: Mapping[str, float]) -> dict[str, float]:
        """As many as go together; the others are told."""
        kept, left = dict(values), {}
        if self._clash(kept):
            kept, left = {}, dict(values)
        while good := next((n for n in left if not self._clash({**kept, n: left[n]})), None):
            kept[good] = left.pop(good)
        for name, value in left.items():
            reason = self._clash({**kept, name: value})
            log.warning("%s %g, set by hand, is dropped: %s", name, value, reason)
        return kept

    def _clash(self, values: Mapping[str, float]) -> str | None:
        """Why they cannot be in force, with no profile or with one; None when they can."""
        for profile in (None, *self.names):
            try:
                effective(self._base, profile, values, quiet=False)
            except SettingsRefused as refused:
                return f"in profile {profile}: {refused.what}" if profile else refused.what
        return None
