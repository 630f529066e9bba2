"""The keeper's manners before a real MPD: what ends a song there, and what a person's act is."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from fakes.player_benches import MpdBench, started
from moodspeaker.player.events import Ended, Held
from moodspeaker.player.hold import EDITED, PAUSED, SINGLE, SKIPPED
from moodspeaker.player.keeper import QueueKeeper
from moodspeaker.player.mpd import MpdConnector, MpdPlayer
from moodspeaker.player.pace import Pace
from moodspeaker.player.watching import TOLERANCE_S
from moodspeaker.types import Mood, Pick, PlayState, Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from moodspeaker.player.events import PlayerEvent
    from moodspeaker.types import PlayerStatus

SONG_S = 60
LIMIT_S = 40.0
"""Shorter than a song: what we wait for may not come by its natural end."""
NAMES = [f"{n}.ogg" for n in range(1, 9)]


class Scene:
    """A keeper at work, and a person's client beside it."""

    def __init__(self, bench: MpdBench, person: MpdPlayer) -> None:
        self.bench = bench
        self.person = person
        self.events: list[PlayerEvent] = []
        self.names = iter(NAMES)
        self.keeper = QueueKeeper(
            MpdConnector(bench.settings()),
            lambda mood: Pick(Track(next(self.names)), mood, 0, 0, "a test"),
            MpdPlayer.tracks,
            self.events.append,
            1,
            Pace(period_s=1, settle_s=0.1, hold_s=600),
        )

    @property
    def holds(self) -> list[str | None]:
        return [event.reason for event in self.events if isinstance(event, Held)]

    @property
    def skipped(self) -> list[bool]:
        return [event.skipped for event in self.events if isinstance(event, Ended)]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                await asyncio.sleep(0.02)

    async def heard(self, seconds: float) -> None:
        """Until the current song has got so far, and the keeper knows."""

        def is_there(status: PlayerStatus | None) -> bool:
            return bool(status and status.elapsed_s and status.elapsed_s >= seconds)

        await self.until(lambda: is_there(self.keeper.status))

    async def end_song(self) -> None:
        """Goes near the end of the current song and waits until that has been told."""
        song, told = (await self.person.status()).current, len(self.skipped)
        # The keeper has all of that time to see it there, and know that it ended by itself.
        await self.person._ask("seekcur", SONG_S - TOLERANCE_S)
        await self.until(lambda: self.keeper.status.current != song and len(self.skipped) > told)
        # A hold that nobody wants would come at the next look.
        await asyncio.sleep(0.3)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        self.keeper.want(Mood.HAPPY)
        task = asyncio.create_task(self.keeper.attempt(lambda: None))
        try:
            await self.heard(0.1)
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("mpd") or not shutil.which("ffmpeg"):
        pytest.skip("mpd or ffmpeg is not installed: the real player is not tested")
    path = tmp_path_factory.mktemp("song") / "song.ogg"
    source = f"sine=frequency=440:duration={SONG_S}:sample_rate=8000"
    argv = ("ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-c:a", "libvorbis", str(path))
    subprocess.run(argv, check=True, timeout=60)
    return path


@pytest_asyncio.fixture
async def scene(tmp_path: Path, music_folder: Path, song: Path) -> AsyncIterator[Scene]:
    for name in NAMES:
        shutil.copy(song, music_folder / name)
    async with (
        started(MpdBench(tmp_path / "mpd", music_folder)) as bench,
        bench.connect() as person,
    ):
        yield Scene(bench, person)


@pytest.mark.parametrize("mode", ["", "consume", "random", "repeat"])
async def test_songs_that_end_are_nobodys_doing_in_any_mode(scene: Scene, mode: str) -> None:
    if mode:
        await scene.person._ask(mode, 1)
    async with scene.at_work():
        for _ in range(2):
            await scene.end_song()
        songs = 2 if mode in ("consume", "random") else 3
        await scene.until(lambda: len({song.uri for song in scene.keeper.status.queue}) == songs)
        status = await scene.person.status()
    assert (scene.holds, scene.skipped) == ([], [False, False])
    assert status.state is PlayState.PLAY


@pytest.mark.parametrize("mode", ["", "consume", "random"])
async def test_a_persons_next_holds(scene: Scene, mode: str) -> None:
    if mode:
        await scene.person._ask(mode, 1)
    async with scene.at_work():
        await scene.heard(1)
        await scene.person.skip()
        await scene.until(lambda: scene.keeper.held is not None)
    assert (scene.holds, scene.skipped) == ([SKIPPED], [True])


async def test_a_song_moved_or_added_by_a_person_holds(scene: Scene) -> None:
    async with scene.at_work():
        await scene.person.append(NAMES[-1])
        await scene.until(lambda: scene.keeper.held == EDITED)
        scene.keeper.follow(False)
        scene.keeper.follow(True)
        await scene.person._ask("move", 1, 0)
        await scene.until(lambda: scene.keeper.held == EDITED)
    assert scene.holds == [EDITED, None, EDITED]


@pytest.mark.parametrize(("single", "held"), [("1", SINGLE), ("oneshot", PAUSED)])
async def test_single_mode_is_left_alone_after_its_song(
    scene: Scene, single: str, held: str
) -> None:
    async with scene.at_work():
        await scene.person._ask("single", single)
        await scene.end_song()
        await scene.until(lambda: scene.holds)
        await asyncio.sleep(1.2)
        status = await scene.person.status()
    assert (status.state, status.elapsed_s, scene.holds) == (PlayState.PAUSE, None, [held])
    assert scene.skipped == [False]


async def test_files_that_a_database_update_drops_end_in_no_hold(scene: Scene) -> None:
    def others() -> list[str]:
        return [song.uri for song in scene.keeper.status.ahead if song.uri != ahead]

    async with scene.at_work():
        await scene.heard(0.5)
        await scene.until(lambda: scene.keeper.status.ahead)
        ahead = scene.keeper.status.ahead[0].uri
        (scene.bench.music / ahead).unlink()
        await scene.bench.update()
        await scene.until(lambda: scene.keeper.held is None and len(others()) == 1)
    assert scene.holds in ([], [EDITED, None])


async def test_a_file_that_cannot_be_decoded_is_nobodys_skip(scene: Scene) -> None:
    scene.keeper.tune(2, Pace(period_s=1, settle_s=0.1, hold_s=600))
    async with scene.at_work():
        await scene.until(lambda: len(scene.keeper.status.ahead) == 2)
        bad, good = (song.uri for song in scene.keeper.status.ahead)
        (scene.bench.music / bad).write_bytes(b"no music" * 500)
        await scene.end_song()
        await scene.until(lambda: plays(scene.keeper.status, good))
        await asyncio.sleep(0.3)
        status = await scene.person.status()
    assert scene.holds == []
    # Two ends where the keeper has looked while MPD tried the bad one.
    assert scene.skipped in ([False], [False, False])
    assert status.current.uri == good


def plays(status: PlayerStatus, uri: str) -> bool:
    return status.state is PlayState.PLAY and bool(status.current) and status.current.uri == uri


async def test_our_own_buttons_hold_pause_and_go_on(scene: Scene) -> None:
    async with scene.at_work():
        await scene.keeper.pause()
        await scene.until(lambda: scene.keeper.held is not None)
        assert scene.keeper.held == "paused"
        await scene.keeper.play()
        await scene.until(lambda: scene.keeper.status.state is PlayState.PLAY)
        await scene.keeper.skip()
        await scene.until(lambda: scene.skipped == [True])
    assert scene.holds == ["paused", None]
