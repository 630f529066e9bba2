"""The settings in force: read, tuned, kept, and renewed as the time of day goes on."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import TYPE_CHECKING

from moodspeaker.app.tuner import Tuner
from moodspeaker.config.load import load_config
from moodspeaker.config.section import Section
from moodspeaker.home import commands
from moodspeaker.runtime.tuning_file import Tuning, TuningFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from moodspeaker.config.schema import Config
    from moodspeaker.home.commands import TuningCommand
    from moodspeaker.types import Emotion

log = logging.getLogger(__name__)

LIVE = (
    *("mood", "music", "profiles", "quiet_hours"),
    *("device", "camera", "vision", "privacy", "mpd", "mqtt"),
)
ASLEEP = {
    "device": ("id",),
    "privacy": ("score_log", "score_log_days", "score_log_mb", "score_log_every_s"),
    "mqtt": ("enabled", "discovery_prefix"),
}
"""Keys of these sections that want a restart."""


def minute_of_day() -> int:
    """Minutes since midnight, by this machine's clock and time zone."""
    now = datetime.now().astimezone()
    return 60 * now.hour + now.minute


class LiveSettings:
    """Owned by the event loop. `config` is what is in force; `minute` tells the time of day."""

    def __init__(
        self,
        config: Config,
        config_path: Path | None,
        state_dir: Path,
        minute: Callable[[], int] = minute_of_day,
    ) -> None:
        self.config = config
        self.profile: str | None = None
        """The profile in force."""
        self.quiet = False
        self.base = config
        """The YAML file's, under all that lies over it."""
        self._path = config_path
        self._file = TuningFile(state_dir)
        self._minute = minute
        self._renewed_at = -1
        self._tuner = Tuner(config, Tuning())
        self._kept = self._tuner.stored
        self._writing = asyncio.Lock()

    @property
    def tuning(self) -> Tuning:
        """What a person set, and called wrong."""
        return self._tuner.stored

    @property
    def silent(self) -> bool:
        """Whether quiet hours want no music now."""
        return self.quiet and self.config.quiet_hours.music == "silent"

    @property
    def calmer(self) -> bool:
        """Whether it is an hour for calmer music."""
        return self.config.music.calmer.include(self._renewed_at)

    def load(self) -> None:
        """Takes what was kept, before anything else is asked of it."""
        self._kept = self._file.load()
        self._tuner = Tuner(self.base, self._kept)
        self._renew()

    def obey(self, command: TuningCommand) -> None:
        """Does what a person asked for. Raises TuningRefused, and nothing has changed then."""
        match command:
            case commands.SetNumber(name, value):
                self._tuner.set(name, value)
            case commands.ChooseProfile(name):
                self._tuner.choose_profile(name)
            case commands.ChoosePolicy(name):
                self._tuner.choose_policy(name)
            case commands.ResetTuning():
                self._tuner.reset()
        self._renew()

    def count_wrong(self, emotion: Emotion) -> int:
        """One more time that this mood was called wrong; how often in all."""
        return self._tuner.count_wrong(emotion)

    async def keep(self) -> None:
        """Writes what is new in a thread: an SD card can take half a second over an fsync."""
        async with self._writing:
            if self._kept != self._tuner.stored:
                self._kept = self._tuner.stored
                await asyncio.to_thread(self._file.save, self._kept)

    def reread(self) -> None:
        """The YAML file again, under all that was tuned. Raises ConfigError: nothing changes."""
        if self._path is None:
            return
        fresh, old = load_config(self._path), self.base
        self.base = old.model_copy(update={name: awake(name, fresh, old) for name in LIVE})
        self._tuner.rebase(self.base)
        self._renew()
        if asleep := [*differing(fresh, self.base)]:
            log.warning("changed, but in force only after a restart: %s", ", ".join(asleep))
        log.info("config reloaded%s", "" if old != self.base else ", nothing new in it")

    def time_passed(self) -> bool:
        """Whether another profile or quiet hours have begun or ended. Cheap within a minute."""
        if self._minute() == self._renewed_at:
            return False
        before = (self.profile, self.quiet, self.calmer)
        self._renew()
        changed = before != (self.profile, self.quiet, self.calmer)
        if changed:
            hours = ", quiet hours" * self.quiet + ", calmer hours" * self.calmer
            log.info("profile %s%s by the time of day", self.profile or "default", hours)
        return changed

    def _renew(self) -> None:
        now = self._renewed_at = self._minute()
        self.config = self._tuner.at(now)
        self.profile, self.quiet = self._tuner.active(now), self._tuner.quiet(now)


def awake(name: str, fresh: Config, old: Config) -> Section:
    """A section as it is in force from now on."""
    was: Section = getattr(old, name)
    kept = {key: getattr(was, key) for key in ASLEEP.get(name, ())}
    section: Section = getattr(fresh, name)
    return section.model_copy(update=kept) if kept else section


def differing(fresh: Config, base: Config) -> Iterator[str]:
    """`section.key` of each that is not the same."""
    for name in type(base).model_fields:
        ours, theirs = getattr(base, name), getattr(fresh, name)
        if isinstance(ours, Section):
            for key in type(ours).model_fields:
                if getattr(ours, key) != getattr(theirs, key):
                    yield f"{name}.{key}"
