"""MPD's answers read, and servers that are no MPD."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from moodspeaker.errors import PlayerLost
from moodspeaker.player.client import TURN_LINES, QuietClient
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.player.rows import (
    Row,
    merge_changes,
    read_counts,
    read_queued,
    read_status,
    read_sticker,
    read_track,
)
from moodspeaker.types import QueuedSong, TrackCounts

LIMIT_S = 30.0
QUEUE = (QueuedSong(1, "a"), QueuedSong(2, "b"), QueuedSong(3, "c"))


def test_changes_replace_places_and_the_length_cuts() -> None:
    moved = [(0, QueuedSong(3, "c")), (1, QueuedSong(9, "z"))]
    assert merge_changes(QUEUE, moved, 2) == (QueuedSong(3, "c"), QueuedSong(9, "z"))


def test_changes_add_at_the_end() -> None:
    added = read_queued({"pos": "3", "id": "4", "file": "d"})
    assert merge_changes(QUEUE, [added], 4) == (*QUEUE, QueuedSong(4, "d"))


def test_a_missing_or_unknown_volume_is_none() -> None:
    assert read_status({"state": "stop"}, ()).volume is None
    assert read_status({"state": "stop", "volume": "-1"}, ()).volume is None
    assert read_status({"state": "stop", "volume": "0"}, ()).volume == 0


def test_a_position_outside_the_queue_makes_no_sense() -> None:
    assert read_status({"state": "play", "song": "2"}, QUEUE).current == QUEUE[2]
    with pytest.raises(ValueError, match="song 3"):
        read_status({"state": "play", "song": "3"}, QUEUE)


def test_tags_that_come_several_times_are_joined() -> None:
    row = {"file": "a", "artist": ["One", "Two"], "mood": ["Happy", "Calm; Happy"], "title": "T"}
    track = read_track(row, ["energetic", "calm"])
    assert (track.title, track.artist, track.album) == ("T", "One, Two", "")
    assert track.moods == ("happy", "calm", "energetic")


def test_several_genres_are_kept_apart() -> None:
    assert read_track({"file": "a", "genre": ["Rock", "Pop"]}, []).genre == "Rock;Pop"
    assert read_track({"file": "a"}, []).genre == ""


@pytest.mark.parametrize(
    ("tags", "year"),
    [
        ({}, None),
        ({"date": "1999"}, 1999),
        ({"date": "1999-02-01", "originaldate": "1971-11-08"}, 1971),
        ({"date": "2001", "originaldate": "unknown"}, 2001),
        ({"date": ["", "1987"]}, 1987),
        ({"date": "199"}, None),
        ({"date": "0000"}, None),
        ({"date": "around 1999"}, None),
    ],
)
def test_the_year_is_that_of_the_first_release(tags: Row, year: int | None) -> None:
    assert read_track({"file": "a", **tags}, []).year == year


@pytest.mark.parametrize(
    ("stickers", "counts"),
    [
        ({}, TrackCounts()),
        ({"like": "0", "rating": "10"}, TrackCounts(like=0, rating=10)),
        ({"like": "2", "rating": "0"}, TrackCounts(like=2, rating=0)),
        ({"like": "3", "rating": "11"}, TrackCounts()),
        ({"like": "-1", "rating": "4.5"}, TrackCounts()),
        ({"like": "", "rating": " 7 "}, TrackCounts(rating=7)),
        ({"playCount": "000000000012", "skipCount": "x"}, TrackCounts(plays=12)),
        ({"playCount": "-3", "skipCount": "9" * 5000}, TrackCounts()),
    ],
)
def test_counts_are_read_and_rubbish_is_none(stickers: dict[str, str], counts: TrackCounts) -> None:
    assert read_counts(stickers) == counts


def test_a_sticker_is_split_at_its_first_equals_sign() -> None:
    assert read_sticker({"file": "a", "sticker": "moods=;Happy;x=y;"}) == ("a", ";Happy;x=y;")


async def test_a_long_listing_leaves_the_event_loop_to_others() -> None:
    rows = b"".join(b"file: %d\nTitle: Title %d\n" % (i, i) for i in range(20 * TURN_LINES))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"OK MPD 0.23.5\n")
        while command := await reader.readline():
            writer.write(rows + b"OK\n" if command.startswith(b"listallinfo") else b"OK\n")
        writer.close()

    async def longest_wait(client: QuietClient) -> int:
        """The most lines that were read without a turn for others."""
        longest = seen = 0
        while seen < 2 * 20 * TURN_LINES:
            await asyncio.sleep(0)
            longest, seen = max(longest, client._lines - seen), client._lines
        return longest

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = MpdSettings("127.0.0.1", port, timeout_s=LIMIT_S)
        async with MpdConnector(settings)() as player:
            others = asyncio.create_task(longest_wait(player._client))
            assert len(await player.tracks()) == 20 * TURN_LINES
            async with asyncio.timeout(LIMIT_S):
                assert await others <= TURN_LINES


@pytest.mark.parametrize(
    ("hello", "answer"),
    [
        pytest.param(b"", b"", id="mute"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\n", b"", id="another protocol"),
        pytest.param(b"\xff\xfe\n", b"", id="no text"),
        pytest.param(b"OK MPD 0.23.5\n", b"\xff\n", id="an answer that is no text"),
        pytest.param(b"OK MPD 0.23.5\n", b"nonsense\nOK\n", id="an answer without keys"),
        pytest.param(b"OK MPD 0.23.5\n", b"ACK [99@0] {status} odd\n", id="unknown error"),
        pytest.param(b"OK MPD 0.23.5\n", b"state: " + b"x" * 100_000 + b"\nOK\n", id="a long line"),
        pytest.param(b"OK MPD 0.23.5\n", b"OK\n", id="an empty status"),
        pytest.param(b"OK MPD 0.23.5\n", b"playlist: 0\nstate: odd\nOK\n", id="an odd state"),
    ],
)
async def test_a_server_that_is_no_mpd_is_lost(hello: bytes, answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(hello)
        while await reader.readline():
            writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = MpdSettings("127.0.0.1", port, timeout_s=0.2)
        async with asyncio.timeout(LIMIT_S):
            with pytest.raises(PlayerLost, match=f"127.0.0.1:{port}"):
                async with MpdConnector(settings)() as player:
                    await player.status()


async def test_whoever_waits_for_changes_hears_why_the_connection_is_over() -> None:
    told = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"OK MPD 0.23.5\n")
        while (command := await reader.readline()) and not command.startswith(b"idle"):
            writer.write(b"OK\n")
        told.set()
        await reader.read(-1)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with MpdConnector(MpdSettings("127.0.0.1", port, timeout_s=LIMIT_S))() as player:
            changes = player.changes()
            await anext(changes)
            waiting = asyncio.ensure_future(anext(changes))
            async with asyncio.timeout(LIMIT_S):
                # The library has said `idle`, which this server never answers.
                await told.wait()
            player._settings = replace(player._settings, timeout_s=0.3)
            for waiter in (player.skip(), waiting, player.skip()):
                with pytest.raises(PlayerLost, match=r"no answer in 0\.3 s"):
                    async with asyncio.timeout(LIMIT_S):
                        await waiter
