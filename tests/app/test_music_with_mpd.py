"""The service and a person with another client, on one real MPD."""

from __future__ import annotations

import asyncio
import os
import wave
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from mpd.asyncio import MPDClient

from fakes.demo_mpd import demo_mpd
from fakes.speaker_bench import Witness, run
from moodspeaker.app import volume_runner
from moodspeaker.app.service import Service
from moodspeaker.config.load import parse_config
from moodspeaker.demo.music import demo_music
from moodspeaker.home import commands
from moodspeaker.library.store import LabelStore
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

LIMIT_S = 30.0
SONG_S = 90
"""Nothing here waits for the end of a song; the demo's are over on a busy machine too soon."""
MOODS, NUMBERS = ("happy", "sad", "neutral"), range(1, 10)
HAPPY = commands.SetMood(Emotion.HAPPY)


@dataclass(slots=True)
class Room:
    """A real MPD, a person's client, and where the service keeps what it knows."""

    folder: Path
    port: int
    person: MPDClient

    def service(self, more: str = "") -> Service:
        """With its camera off the air and no broker: moods are chosen by hand."""
        text = (
            f"mpd: {{port: {self.port}}}\nmqtt: {{enabled: false}}\n"
            f"camera: {{kind: file, source: {self.folder / 'none.mp4'}}}\n"
            "library: {music_dir: null, playlists: false, stickers: false}\n"
        )
        config = parse_config(text + more if "library:" not in more else more, "speaker.yaml")
        return Service(config, self.folder / "state", None, Witness())

    @asynccontextmanager
    async def playing(self, more: str = "") -> AsyncIterator[Service]:
        """A service that plays happy music with a track ahead."""
        async with run(self.service(more)) as service:
            await service.handle(HAPPY)
            # Half a second at least: nobody skips what has not been heard.
            await self.until(lambda s, q: len(q) >= 2 and float(s.get("elapsed", 0)) > 1)
            # What a person does now has to be compared to something.
            await self.until(lambda *_: service._music.listening.ours)
            yield service

    async def queue(self) -> list[str]:
        """The uris in the queue."""
        return [row["file"] for row in await self.person.playlistinfo()]

    async def until(self, seen: Callable[[dict[str, str], list[str]], object]) -> None:
        """Waits until it is so, by MPD's own word."""
        try:
            async with asyncio.timeout(LIMIT_S):
                while not seen(await self.person.status(), await self.queue()):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            state = (await self.person.status(), await self.queue())
            raise AssertionError(repr(state)) from None


@pytest.fixture(scope="session")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same long silence under many names."""
    folder = tmp_path_factory.mktemp("songs")
    with wave.open(str(folder / "silence.wav"), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes([128]) * 8000 * SONG_S)
    for mood in MOODS:
        (folder / mood).mkdir()
        for number in NUMBERS:
            os.link(folder / "silence.wav", folder / mood / f"{number:02}.wav")
    (folder / "silence.wav").unlink()
    return folder


@pytest_asyncio.fixture
async def room(tmp_path: Path, songs: Path) -> AsyncIterator[Room]:
    """Over long songs, with mood stickers from a person."""
    async with demo_mpd(tmp_path, songs) as (person, port):
        await label(person, "wav")
        yield Room(tmp_path, port, person)


@pytest_asyncio.fixture
async def demo_room(tmp_path: Path) -> AsyncIterator[Room]:
    """Over the demo's tracks, with the same stickers."""
    async with demo_mpd(tmp_path) as (person, port):
        await label(person, "ogg")
        yield Room(tmp_path, port, person)


async def label(person: MPDClient, ending: str) -> None:
    """A person has been through the songs of these moods."""
    for mood in MOODS:
        for number in NUMBERS:
            await person.sticker_set("song", f"{mood}/{number:02}.{ending}", "mood", mood)


def kept(room: Room, uri: str) -> tuple[set[tuple[str, str | None]], str | None]:
    """((what was said of a track, in which mood), how its last playing went), as stored."""
    store = LabelStore.open(room.folder / "state" / "labels.db")
    said = {(one.kind.value, one.mood) for one in store.feedback(uri)}
    outcomes = {one.uri: one.outcome for one in store.history(0)}
    store.close()
    return said, outcomes.get(uri)


async def held(service: Service, reason: str | None) -> None:
    """Waits until it stays out for that reason."""
    try:
        async with asyncio.timeout(LIMIT_S):
            while service._speaker.held_by != reason:
                await asyncio.sleep(0.05)
    except TimeoutError:
        assert service._speaker.held_by == reason


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda person: person.next(), "skipped by hand"),
        (lambda person: person.add("sad/01.wav"), "queue edited by hand"),
        (lambda person: person.pause(1), "paused by hand"),
        (lambda person: person.stop(), "stopped by hand"),
        (lambda person: person.clear(), "queue cleared by hand"),
    ],
    ids=["skip", "edit", "pause", "stop", "clear"],
)
async def test_what_a_person_does_in_another_program_makes_it_stay_out(
    room: Room, act: Callable[[MPDClient], Awaitable[None]], reason: str
) -> None:
    async with room.playing() as service:
        await act(room.person)
        await held(service, reason)
        before = await room.queue()
        await service.handle(commands.SetMood(Emotion.SAD))
        await asyncio.sleep(1)
        assert await room.queue() == before
        await service.handle(commands.Next())
        await held(service, None)
        await room.until(lambda s, q: s["state"] == "play" and "sad/" in "".join(q))


async def test_a_new_mood_waits_for_the_end_of_the_track(room: Room) -> None:
    async with room.playing() as service:
        before = await room.person.status()
        await service.handle(commands.SetMood(Emotion.SAD))
        await room.until(lambda _, q: len(q) > 1 and all(u.startswith("sad/") for u in q[1:]))
        now = await room.person.status()
        assert now["songid"] == before["songid"]


async def test_a_dislike_and_an_early_skip_are_kept_for_this_mood(room: Room) -> None:
    async with room.playing() as service:
        disliked = (await room.person.currentsong())["file"]
        await service.handle(commands.Dislike())
        await service.handle(commands.Next())
        await room.until(lambda s, q: q[int(s["song"])] != disliked)
        wanted = ({("dislike", "happy"), ("skip", "happy")}, "skipped")
        await room.until(lambda *_: kept(room, disliked) == wanted)
    assert kept(room, disliked) == wanted


async def test_it_ducks_for_an_announcement_and_comes_back(room: Room) -> None:
    await room.person.setvol(80)
    async with room.playing() as service:
        await service.handle(commands.Duck(4))
        await room.until(lambda s, _: s["volume"] == "20")
        await room.until(lambda s, _: s["volume"] == "80")


async def test_a_mood_has_its_loudest_volume_and_the_persons_comes_back_at_the_end(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volume_runner, "FAREWELL_LIMIT_S", LIMIT_S)
    await room.person.setvol(90)
    async with room.playing("music: {volumes: {sad: 40}}") as service:
        await service.handle(commands.SetMood(Emotion.SAD))
        await room.until(lambda s, _: s["volume"] == "40")
    assert (await room.person.status())["volume"] == "90"


async def test_a_stored_playlist_is_played_in_the_mood_that_names_it(room: Room) -> None:
    for uri in ("neutral/01.wav", "neutral/02.wav"):
        await room.person.playlistadd("Evening", uri)
    table = "music: {custom: {sad: {playlist: Evening}}}"
    async with room.playing(table) as service:
        await service.handle(commands.SetMood(Emotion.SAD))
        await room.until(lambda _, q: q[-1].startswith("neutral/"))


async def test_one_policy_for_all_moods_is_in_force_at_once(room: Room) -> None:
    async with room.playing() as service:
        await service.handle(commands.ChoosePolicy("keep"))
        await service.handle(commands.SetMood(Emotion.SAD))
        await asyncio.sleep(1)
        assert not [uri for uri in await room.queue() if uri.startswith("sad/")]
        await service.handle(commands.ChoosePolicy("match"))
        await room.until(lambda _, q: q[-1].startswith("sad/"))


async def test_pause_and_play_are_buttons_of_ours(room: Room) -> None:
    async with room.playing() as service:
        await service.handle(commands.Pause())
        await room.until(lambda s, _: s["state"] == "pause")
        await held(service, "paused")
        await service.handle(commands.Play())
        await room.until(lambda s, _: s["state"] == "play")
        await held(service, None)


async def test_labels_are_published_and_a_persons_stickers_left_alone(demo_room: Room) -> None:
    more = (
        f"mpd: {{port: {demo_room.port}}}\nmqtt: {{enabled: false}}\n"
        f"camera: {{kind: file, source: {demo_room.folder / 'none.mp4'}}}\n"
        f"library: {{music_dir: {demo_music(print)}}}\n"
    )
    async with run(demo_room.service(more)):
        async with asyncio.timeout(LIMIT_S * 4):
            while "mood-angry" not in [
                r["playlist"] for r in await demo_room.person.listplaylists()
            ]:
                await asyncio.sleep(0.2)
        ours = await demo_room.person.sticker_list("song", "angry/01.ogg")
        assert ours["mood_source"] == f"moodspeaker:{ours['mood']}"
        assert await demo_room.person.sticker_list("song", "happy/01.ogg") == {"mood": "happy"}
        listed = await demo_room.person.listplaylist("mood-angry")
        assert {uri.split("/")[0] for uri in listed} >= {"angry"}
