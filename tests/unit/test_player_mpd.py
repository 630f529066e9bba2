"""MPD's answers read, and servers that are no MPD."""

from __future__ import annotations

import asyncio

import pytest

from moodspeaker.errors import PlayerLost
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.player.rows import merge_changes, read_status, read_stickers, read_track
from moodspeaker.types import QueuedSong

LIMIT_S = 8.0
QUEUE = (QueuedSong(1, "a"), QueuedSong(2, "b"), QueuedSong(3, "c"))


def test_changes_replace_places_and_the_length_cuts() -> None:
    moved = [{"pos": "0", "id": "3", "file": "c"}, {"pos": "1", "id": "9", "file": "z"}]
    assert merge_changes(QUEUE, moved, 2) == (QueuedSong(3, "c"), QueuedSong(9, "z"))


def test_changes_add_at_the_end() -> None:
    added = [{"pos": "3", "id": "4", "file": "d"}]
    assert merge_changes(QUEUE, added, 4) == (*QUEUE, QueuedSong(4, "d"))


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


def test_a_sticker_is_split_at_its_first_equals_sign() -> None:
    rows = [{"file": "a", "sticker": "moods=;Happy;x=y;"}]
    assert list(read_stickers(rows)) == [("a", ("happy", "x=y"))]


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
