"""All about the music: what is known of it, what is chosen, what is queued, and how loud."""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.app import factories, music_settings, parts
from moodspeaker.app.dj import Dj
from moodspeaker.app.face_window import FaceWindow
from moodspeaker.app.listening import STOPPED, Listening, outcome
from moodspeaker.app.publishing import Publishing
from moodspeaker.app.stockroom import Stockroom
from moodspeaker.app.store_watch import StoreWatch
from moodspeaker.app.volume_runner import VolumeRunner
from moodspeaker.library.catalogue import Catalogue
from moodspeaker.library.notebook import Notebook
from moodspeaker.library.store import FILE_NAME as LABELS
from moodspeaker.library.worker import LibraryWorker
from moodspeaker.player.events import Dropped, Ended, Failed, Held, Playing, Queued
from moodspeaker.player.keeper import QueueKeeper
from moodspeaker.player.own_writes import OwnWrites
from moodspeaker.player.play_counts import Heard, PlayCounter
from moodspeaker.player.volume import VolumeKeeper
from moodspeaker.runtime.volume_memo import VolumeMemo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from pathlib import Path

    from moodspeaker.config.music_section import MusicSection
    from moodspeaker.config.schema import Config
    from moodspeaker.music.shelf import Shelf
    from moodspeaker.player.events import PlayerEvent
    from moodspeaker.types import Mood, NowPlaying, Pick, TrackTable

    Attempt = Callable[[Callable[[], None]], Awaitable[None]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MusicHooks:
    """Who hears of what, on the event loop."""

    stocked: Callable[[TrackTable], None]
    queued: Callable[[Pick], None]
    playing: Callable[[NowPlaying | None], None]
    held: Callable[[str | None], None]


class MusicRoom:
    """Owned by the event loop. To be closed at the end."""

    def __init__(self, config: Config, state_dir: Path, hooks: MusicHooks) -> None:
        store = state_dir / LABELS
        self._hooks = hooks
        self._capped: int | None = None
        self._unknown: tuple[str, ...] = ()
        self._worker = LibraryWorker()
        self._notebook = Notebook(store, self._worker)
        self.face = FaceWindow()
        self.dj = Dj(music_settings.dj_settings(config.music), random.Random())
        self.listening = Listening(self.dj, self._notebook)
        self._memo = VolumeMemo(state_dir)
        self.volume = VolumeKeeper(music_settings.volume_settings(config.music), self._memo.load())
        self.loudness = VolumeRunner(self.volume, self._remember)
        self.player = parts.PlayerConnection(config.mpd)
        """What every connection to MPD is opened by."""
        own = OwnWrites()
        self._counter = PlayCounter(self.player, own) if config.library.write_counts else None
        self._publishing = Publishing(config.library, self.player, state_dir, self._worker, own)
        catalogue = Catalogue(factories.music_dir(config.library), self._worker, store)
        stockroom = Stockroom(self.dj, self.listening, catalogue, self._worker, self._stocked)
        self.keeper = QueueKeeper(
            connector=self.player,
            pick=self._pick,
            stock=stockroom.stock,
            on_event=self._on_player,
            tracks_ahead=config.music.tracks_ahead,
            pace=music_settings.queue_pace(config.music),
            on_status=self.loudness.seen,
            recount=stockroom.recount,
            own=own,
        )

    @property
    def jobs(self) -> dict[str, Coroutine[None, None, None]]:
        """What runs beside the connections, by name."""
        watch = StoreWatch(self._notebook.others, self.keeper.relist)
        return {"volume": self.loudness.run(), "labels": watch.run()}

    @property
    def side_attempts(self) -> dict[str, Attempt]:
        """Further connections to be kept up, by name: what is written about tracks."""
        wanted = {
            "stickers": self._publishing.attempt,
            "counts": self._counter.attempt if self._counter else None,
        }
        return {name: attempt for name, attempt in wanted.items() if attempt}

    def settings(self, config: Config, *, calmer: bool) -> None:
        """What is in force from now on."""
        music = config.music
        self._tell_unknown(music)
        before = (self.dj.settings.playlists, self.dj.wants_sectors)
        self.dj.settings = music_settings.dj_settings(music)
        self.dj.calmer = calmer
        self.volume.tune(music_settings.volume_settings(music))
        self.loudness.look()
        self.keeper.tune(music.tracks_ahead, music_settings.queue_pace(music))
        if (self.dj.settings.playlists, self.dj.wants_sectors) != before:
            self.keeper.relist()

    def want(self, mood: Mood | None) -> None:
        """Music for this mood; None: nothing more is queued. Cheap when nothing changes."""
        self.keeper.want(mood)
        if mood is not None:
            self._cap(self.dj.volume_for(mood))

    def follow(self, on: bool) -> None:
        """Whether to touch queue and volume at all."""
        self.keeper.follow(on)
        self.volume.follow(on)
        self.loudness.look()

    def duck(self, seconds: float) -> None:
        """Softer for so long; 0 ends it."""
        self.volume.duck(seconds)
        self.loudness.look()

    async def farewell(self) -> None:
        """While the player is still connected: leaves it as it was."""
        await self.loudness.farewell()

    async def move(self, reconnect: Callable[[], None]) -> None:
        """Leaves the player as it was, and `reconnect`s to another one."""
        await self.loudness.move(reconnect)
        self.keeper.forget()

    async def close(self) -> None:
        """What was noted is written, and the thread ends."""
        self._notebook.close()
        await self._worker.close()

    def _count(self, ended: Ended) -> None:
        if self._counter and outcome(ended) != STOPPED:
            self._counter.note(Heard(ended.pick.track.uri, ended.skipped, time.time()))

    def _tell_unknown(self, music: MusicSection) -> None:
        unknown = tuple(music_settings.unknown_music(music))
        if unknown != self._unknown:
            self._unknown = unknown
            for line in unknown:
                log.warning("%s", line)

    def _pick(self, mood: Mood) -> Pick | None:
        return self.dj.pick(mood, self.face.shares)

    def _cap(self, percent: int) -> None:
        if percent != self._capped:
            self._capped = percent
            self.volume.want(percent)
            self.loudness.look()

    def _remember(self, volume: int | None) -> None:
        self._worker.send(self._memo.save, volume)

    async def _stocked(self, shelf: Shelf) -> None:
        self._hooks.stocked(shelf.tracks)
        await self._publishing.shelf(shelf)

    def _on_player(self, event: PlayerEvent) -> None:
        match event:
            case Queued(pick):
                log.info("queued %s: %s", pick.track.uri, pick.why)
                self.listening.queued(pick)
                self._hooks.queued(pick)
            case Dropped(pick):
                self.listening.dropped(pick)
            case Failed(uri, why):
                log.warning("%s did not play and is left out for a while: %s", uri, why)
                self.dj.failed(uri)
            case Playing(now):
                self.listening.playing(now)
                self._hooks.playing(now)
            case Ended():
                self.listening.ended(event)
                self._count(event)
            case Held(reason):
                log.info("%s", f"leaving the music alone: {reason}" if reason else "music goes on")
                self._hooks.held(reason)
