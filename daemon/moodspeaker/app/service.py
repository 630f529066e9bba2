"""The service: starts every part, carries what crosses between them, stops them again."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from moodspeaker.app import factories, parts
from moodspeaker.app.announced import Announced
from moodspeaker.app.calibrator import Calibrator
from moodspeaker.app.control import Board, control_server
from moodspeaker.app.eyes import Eyes
from moodspeaker.app.live_settings import LiveSettings, minute_of_day
from moodspeaker.app.music_room import MusicHooks, MusicRoom
from moodspeaker.app.observer import Observer
from moodspeaker.app.orders import Orders
from moodspeaker.app.outlets import Outlets
from moodspeaker.app.preview import Preview
from moodspeaker.app.relabeller import Relabeller
from moodspeaker.app.score_writer import ScoreWriter
from moodspeaker.app.shortage import shortages
from moodspeaker.app.speaker import OK, STARTING, Speaker
from moodspeaker.app.teller import Teller
from moodspeaker.app.upkeep import Upkeep
from moodspeaker.app.vitals import Vitals
from moodspeaker.errors import ConfigError
from moodspeaker.mood.faces import FacePolicy
from moodspeaker.runtime import switches
from moodspeaker.runtime.announced_file import AnnouncedFile
from moodspeaker.runtime.heap import give_back
from moodspeaker.runtime.neutral_file import NeutralFile
from moodspeaker.runtime.notify import Notifier, watchdog_period_s
from moodspeaker.runtime.switches import SwitchFile
from moodspeaker.vision.slot import NewestSlot
from moodspeaker.vision.thread import VisionHooks

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from moodspeaker.config.schema import Config
    from moodspeaker.home.commands import Command
    from moodspeaker.types import NowPlaying, TrackTable

log = logging.getLogger(__name__)

TICK_S = 1.0
TURN_S = 0.0002
DIAGNOSTICS_S = 60.0
TRIM_S = 300.0
MINUTE_S = 60.0


class Service:
    """One speaker. `config_path` is what `reload` reads again."""

    def __init__(
        self,
        config: Config,
        state_dir: Path,
        config_path: Path | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._config = config
        self._alone = parts.only_service(state_dir)
        self._live = LiveSettings(config, config_path, state_dir)
        self._observer = observer or Observer()
        self._switch_file = SwitchFile(state_dir / switches.FILE_NAME)
        self._neutral_file = NeutralFile(state_dir)
        self._calibrator = Calibrator(self._neutral_file)
        self._scores = ScoreWriter(config.privacy, state_dir)
        self._vitals = Vitals()
        self._notifier = Notifier.from_environment()
        board = Board()
        self._control = control_server(state_dir, self.handle, board)
        self._broker = parts.BrokerConnection(config.mqtt, parts.make_topics(config), self._rights)
        told = self._observer.published
        self._home = parts.make_home(config, self._broker, self.handle, told)
        self._outlets = Outlets(board, self._home)
        self._announced = Announced(AnnouncedFile(state_dir), self._home)
        hooks = MusicHooks(self._stocked, self._observer.queued, self._playing, self._held)
        self._music = MusicRoom(config, state_dir, hooks)
        self._relabeller = Relabeller(config_path, self._music.keeper.relist, self._event)
        self._upkeep = Upkeep(self._music, self._home, self._broker, self._on_health)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. Raises an ExceptionGroup when a part dies for good.

        Raises OtherAtWork where another service works on the same state.
        """
        with self._alone:
            self._begin()
            try:
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(c, name=n) for n, c in self._jobs().items()]
                    # Whoever waited for us to start may command us at once.
                    await self._control.settled.wait()
                    self._notifier.send("READY=1")
                    await stop.wait()
                    self._notifier.send("STOPPING=1")
                    await self._music.farewell()
                    for task in tasks:
                        task.cancel()
            finally:
                await self._relabeller.stop()
                await self._music.close()
                self._notifier.close()

    async def handle(self, command: Command) -> None:
        """Does what a person asked for. Raises MoodspeakerError to refuse."""
        await self._orders.handle(command)

    def reload(self) -> None:
        """Reads the file again: a bad one changes nothing and is a problem until it is mended."""
        with suppress(ConfigError):
            self._reread()

    def _reread(self) -> None:
        """The same for a person who is told. Raises ConfigError."""
        try:
            self._live.reread()
        except ConfigError as error:
            log.error("the config is left as it was:\n%s", error)  # noqa: TRY400 - no traceback
            self._on_health("config", error.problems[0])
            raise
        self._on_health("config", OK)
        self._take_settings(self._live.base)
        self._music.keeper.relist()
        self._take_neutral()
        self._teller.settings()

    def _take_settings(self, config: Config) -> None:
        """Those of the file that are no business of tuning."""
        if self._home:
            self._home.announce(parts.device_info(config))
        self._upkeep.settings(config)
        self._eyes.settings(config)
        self._speaker.count_faces(FacePolicy(config.vision.faces))
        self._preview.settings(config.privacy)
        self._keep_hours()

    def _begin(self) -> None:
        """Makes what needs the loop, and takes what was kept."""
        # A thread that computes gives way this soon. One choice of a track is dozens of array
        # operations, each of which lets go of the interpreter and waits a turn to have it back.
        sys.setswitchinterval(TURN_S)
        self._loop = asyncio.get_running_loop()
        self._slot = NewestSlot(self._loop)
        self._live.load()
        self._announced.load()
        mood = self._live.config.mood
        self._speaker = Speaker(
            factories.mood_settings(mood),
            self._switch_file.load(),
            mood.override_minutes * MINUTE_S,
            FacePolicy(self._config.vision.faces),
        )
        self._teller = Teller(self._speaker, self._live, self._music, self._outlets, self._observer)
        self._preview = Preview(self._speaker, self._config.privacy, self._loop, self._show_picture)
        self._orders = Orders(
            speaker=self._speaker,
            live=self._live,
            teller=self._teller,
            music=self._music,
            calibrator=self._calibrator,
            relabeller=self._relabeller,
            switch_file=self._switch_file,
            preview=self._preview,
            keep_hours=self._keep_hours,
            reload=self._reread,
        )
        self._eyes = Eyes(
            self._config,
            VisionHooks(self._slot.put, self._health_from_thread, self._preview.looked),
        )
        self._keep_hours()
        self._music.follow(self._speaker.switches.following)
        self._take_neutral()
        self._teller.settings()

    def _jobs(self) -> dict[str, Coroutine[None, None, None]]:
        return {
            "vision": self._eyes.run(),
            "observe": self._observe(),
            "tick": self._tick(),
            "memory": self._trim(),
            "scores": self._scores.run(),
            "control": self._control.run(),
            **self._music.jobs,
            **self._upkeep.jobs,
        }

    async def _observe(self) -> None:
        while True:
            observation = await self._slot.take()
            self._vitals.frame(observation)
            self._calibrator.observe(observation)
            decision = self._speaker.observe(observation, time.monotonic())
            self._scores.add(self._speaker.seen)
            self._music.face.observe(self._speaker.seen)
            self._observer.observed(observation, decision)
            self._teller.state()

    async def _tick(self) -> None:
        period_s = watchdog_period_s()
        pinged_s = told_s = -DIAGNOSTICS_S
        # READY waits for the same, and comes before the first ping.
        await self._control.settled.wait()
        while True:
            now_s = time.monotonic()
            self._keep_hours()
            if self._live.time_passed():
                self._teller.settings()
            self._speaker.tick(now_s)
            if self._calibrator.due(now_s):
                await self._end_calibration()
            await self._live.keep()
            await self._announced.keep()
            self._teller.state()
            if period_s and now_s - pinged_s >= period_s and self._eyes.alive():
                pinged_s = now_s
                self._notifier.send("WATCHDOG=1")
            if now_s - told_s >= DIAGNOSTICS_S:
                told_s = now_s
                self._outlets.diagnostics(self._vitals.read())
            await asyncio.sleep(min(TICK_S, period_s or TICK_S))

    async def _trim(self) -> None:
        while True:
            await asyncio.sleep(TRIM_S)
            await asyncio.to_thread(give_back)

    def _keep_hours(self) -> None:
        """Opens and closes the camera, by its switch and by the time of day; its pictures end."""
        now_s = time.monotonic()
        self._speaker.rest(self._eyes.closed_at(minute_of_day()), now_s)
        self._preview.tick(now_s)
        self._eyes.enable(self._speaker.looking)

    async def _end_calibration(self) -> None:
        collected = self._calibrator.end()
        # In a thread, for the fsync.
        self._teller.event(*await asyncio.to_thread(self._calibrator.store, collected))
        self._take_neutral()

    def _take_neutral(self) -> None:
        """The stored personal neutral goes into force, and so does its absence."""
        self._teller.neutral(self._neutral_file.load())

    def _stocked(self, tracks: TrackTable) -> None:
        self._vitals.library(tracks)
        for part, text in shortages(tracks, self._live.base.mpd).items():
            self._tell_health(part, text)

    def _playing(self, now: NowPlaying | None) -> None:
        self._observer.playing(now)
        self._outlets.playing(now)

    def _show_picture(self, jpeg: bytes | None) -> None:
        if self._home:
            self._home.picture(jpeg)

    def _held(self, reason: str | None) -> None:
        self._speaker.held_by = reason
        self._event("held", {"reason": reason})
        self._teller.state()

    def _event(self, kind: str, data: dict[str, object]) -> None:
        self._teller.event(kind, data)

    def _rights(self, problem: str | None) -> None:
        self._on_health("mqtt rights", problem or OK)

    def _on_health(self, part: str, text: str) -> None:
        if self._speaker.health.get(part) != text:
            self._speaker.health[part] = text
            self._observer.health(part, text)
            self._teller.state()

    def _health_from_thread(self, part: str, text: str) -> None:
        try:
            self._loop.call_soon_threadsafe(self._tell_health, part, text)
        except RuntimeError:
            return

    def _tell_health(self, part: str, text: str) -> None:
        known = self._speaker.health.get(part, STARTING)
        if text not in {OK, known}:
            log.warning("%s: %s", part, text, extra={"about": part})
        elif text == OK and known not in {OK, STARTING}:
            log.info("%s: fine again", part, extra={"about": part})
        self._on_health(part, text)
