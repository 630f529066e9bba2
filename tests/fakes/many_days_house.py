"""The service among fakes behind its ports, and the people of a month. See `many_days`."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from fakes.broker import FakeBroker
from fakes.many_days import AtOnce
from fakes.many_days_people import People, Vision, at_home, hour_of_day
from fakes.player import FakeMpd
from moodspeaker.app import eyes, live_settings, parts, relabeller, service
from moodspeaker.app.observer import Observer
from moodspeaker.config.load import parse_config
from moodspeaker.library import worker
from moodspeaker.library.records import QueuedTrack, StoredTrack
from moodspeaker.library.store import FILE_NAME, LabelStore
from moodspeaker.types import Emotion, Message, Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from moodspeaker.types import Mood

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
TRACK_S = 210.0
STEP_S = 5.0
BASE = "moodspeaker/month"
CONFIG = """\
device: {id: month}
camera: {hours: "06:30-23:30"}
quiet_hours: {hours: "23:00-06:45"}
privacy: {score_log: true, score_log_days: 7}
library: {music_dir: null}
profiles: {evening: {hours: "19:00-23:00", mood: {dwell_s: 180}}}
"""
COMMANDS = (
    *[("mood", e.value) for e in Emotion], *[("mood", "auto")] * 4,
    *[(b, "PRESS") for b in ("like", "dislike", "next", "play", "wrong_mood", "wrong_track",
                             "undo_feedback", "reload", "reset_tuning")],
    ("duck", "20"), ("dwell_s", "90"), ("policy", "calm"), ("policy", "custom"), ("camera", "ON"),
    ("preview", "ON"), ("profile", "auto"), ("following", "ON"), ("volume_max", "60"),
    ("nonsense", "1"), ("mood", "nonsense"), ("calibrate", "PRESS"),
)  # fmt: skip
FOR_A_WHILE = (("pause", "PRESS", "play", "PRESS"), ("camera", "OFF", "camera", "ON"),
               ("following", "OFF", "following", "ON"))  # fmt: skip


class House(Observer):
    """One service, who lives with it, and what goes wrong now and then."""

    def __init__(
        self,
        folder: Path,
        rng: random.Random,
        look_s: float,
        per_mood: int = 60,
        played_before: int = 13_500,
    ) -> None:
        """`look_s`: between two looks, and two ticks of the service; the rest counts tracks."""
        self._played_before = played_before
        self.state = folder / "state"
        self._look_s = look_s
        self.mpd = FakeMpd(
            Track(f"{e}/{n}.ogg", f"T{n}", f"{e} {n % 20}", moods=(e.value,), year=1970 + n % 50)
            for e in Emotion
            for n in range(per_mood)
        )
        self.mpd.duration_s = TRACK_S
        self.broker = FakeBroker()
        self.heard = self.moods = 0
        self._config = folder / "speaker.yaml"
        self._config.write_text(CONFIG)
        self._rng = rng
        self.people = People(rng)

    def playing(self, now: object) -> None:
        """Counts tracks."""
        self.heard += now is not None

    def mood_changed(self, before: Mood, after: Mood, reason: str) -> None:
        """Counts moods."""
        self.moods += 1

    @asynccontextmanager
    async def lived(self) -> AsyncIterator[None]:
        """The service runs, and life goes on, for the length of a `with`."""
        stop = asyncio.Event()
        with self._fakes():
            store = LabelStore.open(self.state / FILE_NAME)
            store.put_tracks((StoredTrack(uri) for uri in self.mpd.library), 1)
            self._remember(store)
            store.close()
            config = parse_config(self._config.read_text(), str(self._config))
            made = service.Service(config, self.state, self._config, self)
            async with asyncio.TaskGroup() as group:
                group.create_task(made.run(stop), name="service")
                acts = [group.create_task(act) for act in self._acts()]
                yield
                for act in acts:
                    act.cancel()
                stop.set()

    def _remember(self, store: LabelStore) -> None:
        """Three months were lived before: what is bounded is full, so that growth is a leak."""
        uris = tuple(self.mpd.library)
        with store.transaction():
            for n in range(before := self._played_before):
                uri, at = uris[n % len(uris)], time.time() - (before - n) * HOUR_S / 7
                emotion = uri.partition("/")[0]
                store.add_queued(QueuedTrack(uri, f"artist {n % 140}", at, emotion, "played"))

    def _acts(self) -> tuple[Any, ...]:
        return self._play(), self._command(), self._break(), self._clean()

    @contextmanager
    def _fakes(self) -> Iterator[None]:
        mpd, broker = self.mpd, self.broker

        class Connection:
            """In place of the adapter's."""

            def __init__(self, *_: object) -> None:
                pass

            def __call__(self, will: Message) -> Any:
                return broker(will)

            def change(self, _: object) -> bool:
                return False

        class Player:
            """Likewise; it stays where it is."""

            place = ("nowhere", 0, None)

            def __init__(self, _: object) -> None:
                pass

            def __call__(self) -> Any:
                return mpd.connect()

            def change(self, _: object) -> bool:
                return False

        with (
            patch.object(parts, "BrokerConnection", Connection),
            patch.object(parts, "PlayerConnection", Player),
            patch.object(eyes, "VisionThread", self._vision),
            patch.object(eyes, "VisionRunner", lambda vision, _: vision),
            patch.object(worker, "ThreadPoolExecutor", lambda *_, **__: AtOnce()),
            patch.object(relabeller, "Child", Child),
            patch.object(live_settings, "datetime", Datetime),
            patch.object(service, "TICK_S", self._look_s),
        ):
            yield

    def _vision(self, **given: Any) -> Vision:
        return Vision(self.people, given["hooks"], self._look_s)

    async def _play(self) -> None:
        while True:
            await asyncio.sleep(STEP_S)
            self.mpd.pass_time(STEP_S)

    async def _command(self) -> None:
        """A person at home does something now and then; at three at night all is labelled."""
        labelled = -1
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / (20 * MINUTE_S)))
            hour, day = hour_of_day(), time.time() // DAY_S
            if at_home():
                await self._do()
            if hour >= 3 and labelled != day:
                labelled = day
                await self._send("relabel", "PRESS")

    async def _do(self) -> None:
        if self._rng.random() < 0.9:
            await self._send(*self._rng.choice(COMMANDS))
            return
        first, how, then, again = self._rng.choice(FOR_A_WHILE)
        await self._send(first, how)
        await asyncio.sleep(self._rng.uniform(1, 20) * MINUTE_S)
        await self._send(then, again)

    async def _send(self, entity: str, payload: str) -> None:
        await self.broker.deliver(Message(f"{BASE}/set/{entity}", payload.encode()))

    async def _break(self) -> None:
        """MPD, broker and camera go and come again, about ten times a day."""
        while True:
            await asyncio.sleep(self._rng.expovariate(10 / DAY_S))
            down_s = self._rng.choice((0.0, 5.0, 60.0, HOUR_S))
            broken = self._rng.choice((self.mpd, self.broker, self.people))
            broken.down = True
            if broken is self.mpd:
                self.mpd.cut()
            elif broken is self.broker:
                await self.broker.lose_connections()
            await asyncio.sleep(down_s)
            broken.down = False

    async def _clean(self) -> None:
        """What the fakes remember for other tests; and a person empties what was heard."""
        while True:
            await asyncio.sleep(HOUR_S)
            self.mpd.calls.clear()
            self.broker.published.clear()


class Child:
    """In place of the labelling process: takes ten minutes."""

    def __init__(self, argv: object, ended: Any) -> None:
        self._ended = ended
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> bool:
        """As the real one."""
        if self._task is not None and not self._task.done():
            return False
        self._task = asyncio.create_task(self._work())
        return True

    async def stop(self) -> None:
        """As the real one."""
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        await asyncio.sleep(10 * MINUTE_S)
        self._ended(0)


class Datetime(datetime):
    """Tells the time of our clock."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        """In UTC."""
        return datetime.fromtimestamp(time.time(), UTC)

    def astimezone(self, tz: Any = None) -> datetime:
        """The house stands in UTC."""
        return self
