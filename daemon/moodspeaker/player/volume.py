"""Keeps the player's volume under a cap, and gives a person's own volume back."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.errors import PlayerRefused
from moodspeaker.player.loudness import Loudness

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.ports import Player
    from moodspeaker.types import PlayerStatus

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VolumeSettings:
    """Percents of full volume, and times in seconds.

    Volume moves by at most `fade_step` every `step_s`: all the way takes under four seconds.
    `duck_percent` is how loud it is at most while ducked. `crossfade_s` None leaves MPD's own.
    """

    fade_step: int = 4
    step_s: float = 0.15
    duck_percent: int = 20
    crossfade_s: int | None = None


class VolumeKeeper:
    """Goes to the lowest of the person's volume, the cap and the duck, in small steps.

    A change that is not ours is the person's volume from then on; it ends a fade and a duck, but
    not the cap. Without a mixer it says so once and does nothing. All its methods belong to the
    event loop's thread.
    """

    def __init__(
        self,
        settings: VolumeSettings,
        memo: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`memo` is what the property of that name said when the service ended."""
        self._settings = settings
        self._loudness = Loudness(memo)
        self._clock = clock
        self._player: Player | None = None
        self._crossfaded = False
        self._told = False
        self._refused = False
        self._next_step_s = 0.0

    @property
    def memo(self) -> int | None:
        """The person's volume while we hold it lower, else None. Worth keeping over a crash."""
        return self._loudness.memo

    def tune(self, settings: VolumeSettings) -> None:
        """Other settings from now on; another crossfade is set at the next look."""
        if settings.crossfade_s != self._settings.crossfade_s:
            self._crossfaded = False
        self._settings = settings

    def want(self, cap: int | None) -> None:
        """The most that it may be from now on, 0 to 100; None: as loud as the person likes."""
        self._loudness.cap = cap

    def follow(self, on: bool) -> None:
        """Off, nothing is set but for a duck; what is capped then stays where it is."""
        self._loudness.follow(on)

    def duck(self, seconds: float) -> None:
        """Quieter for so long from now on, following or not; 0 ends it."""
        self._loudness.duck(self._settings.duck_percent, self._clock() + seconds)

    async def attend(self, player: Player, status: PlayerStatus) -> float | None:
        """One look at what `player` said just now, and one step at most.

        How many seconds until it wants to look again; None: not before something changes, be it
        the player's mixer or what is wanted here. Raises PlayerLost.
        """
        if player is not self._player:
            self._meet(player)
        if self._loudness.following and not self._crossfaded:
            await self._crossfade(player)
        if not self._usable(status.volume):
            return None
        now_s = self._clock()
        if self._next_step_s <= now_s:
            await self._step(player, now_s)
        if self._refused:
            return None
        if self._loudness.step(now_s, self._settings.fade_step) is None:
            return self._loudness.due_s(now_s)
        return max(0.0, self._next_step_s - now_s)

    async def restore(self, player: Player) -> None:
        """The person's volume at once, for the service ends. Raises PlayerLost."""
        status = await player.status()
        if self._usable(status.volume) and self.memo is not None:
            await self._set(player, self.memo)

    def forget(self) -> None:
        """Another player is the next one: what a person likes there is not known yet."""
        before, self._loudness = self._loudness, Loudness()
        self._loudness.cap, self._loudness.following = before.cap, before.following

    async def _step(self, player: Player, now_s: float) -> None:
        percent = self._loudness.step(now_s, self._settings.fade_step)
        if percent is not None:
            await self._set(player, percent)
            self._next_step_s = now_s + self._settings.step_s

    def _meet(self, player: Player) -> None:
        self._loudness.meet()
        self._player = player
        self._crossfaded = self._refused = False

    async def _crossfade(self, player: Player) -> None:
        self._crossfaded = True
        if self._settings.crossfade_s is not None:
            try:
                await player.set_crossfade(self._settings.crossfade_s)
            except PlayerRefused as error:
                log.info("the crossfade was not set: %s", error)

    def _usable(self, volume: int | None) -> bool:
        if volume is None:
            self._tell("the player has no mixer, or its volume is not known")
            return False
        self._loudness.hear(volume)
        return not self._refused

    async def _set(self, player: Player, percent: int) -> None:
        try:
            await player.set_volume(percent)
        except PlayerRefused as error:
            self._refused = True
            self._tell(str(error))
            return
        self._loudness.did(percent)

    def _tell(self, what: str) -> None:
        if not self._told:
            log.info("the volume is left alone: %s", what)
        self._told = True
