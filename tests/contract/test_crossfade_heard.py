"""The crossfade of the config, in the sound that a real MPD gives out."""

from __future__ import annotations

import asyncio
import wave
from typing import TYPE_CHECKING

import numpy as np

from fakes.memory import in_memory
from moodspeaker.demo.servers import HOST, private_mpd
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.player.volume import VolumeKeeper, VolumeSettings

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.demo.servers import Server
    from moodspeaker.player.mpd import MpdPlayer

    Sound = NDArray[np.float64]

RATE = 44_100
SONG_S = 21
"""MPD fades no song that is shorter than 20 s."""
FROM_S = 14
SECOND_S = 5
TONES_HZ = (440, 1000)
PEAK = 8000
HEARD = 0.05
WINDOW_S = 0.25
WINDOW = int(WINDOW_S * RATE)
HEADER_BYTES = 44
LIMIT_S = 60.0
OUTPUTS = """\
audio_output {{
  type "null"
  name "keeps time"
}}
audio_output {{
  type "recorder"
  name "to a file"
  path "{path}"
  encoder "wave"
  format "44100:16:1"
}}
"""


async def test_two_songs_are_heard_together_for_so_long(tmp_path: Path) -> None:
    hard, faded = await asyncio.gather(played(tmp_path / "0", 0), played(tmp_path / "4", 4))
    assert together_s(hard) <= WINDOW_S
    assert 2.5 <= together_s(faded) <= 4 + WINDOW_S
    for sound in (hard, faded):
        assert all(any(tones(part)) for part in windows(sound))


def together_s(sound: Sound) -> float:
    """So long both tones are in it; a window with the end of one and the next counts too."""
    return sum(all(tones(part)) for part in windows(sound)) * WINDOW_S


async def played(folder: Path, crossfade_s: int) -> Sound:
    """What comes out of MPD: the end of a tone, and the beginning of the next."""
    server, out = recorded_mpd(in_memory(folder))
    await server.start()
    try:
        async with (
            MpdConnector(MpdSettings(HOST, server.port))() as player,
            asyncio.timeout(LIMIT_S),
        ):
            await scanned(player)
            keeper = VolumeKeeper(VolumeSettings(crossfade_s=crossfade_s))
            await keeper.attend(player, await player.status())
            for hz in TONES_HZ:
                await player.append(f"{hz}.wav")
            await player.play()
            await player._ask("seekcur", FROM_S)
            await second_song(player)
            await player._ask("stop")
    finally:
        await server.stop()
    return np.frombuffer(out.read_bytes()[HEADER_BYTES:], "<i2").astype(np.float64)


def recorded_mpd(folder: Path) -> tuple[Server, Path]:
    """(One with two tones, the file that it plays into), not started.

    A silent output keeps time: as fast as it can, MPD is at the end of a song before it has read
    the next, and fades nothing.
    """
    music, out = folder / "music", folder / "out.wav"
    music.mkdir(parents=True)
    for hz in TONES_HZ:
        write_tone(music / f"{hz}.wav", hz)
    server = private_mpd(folder / "mpd", music)
    conf = folder / "mpd" / "mpd.conf"
    conf.write_text(conf.read_text().split("audio_output")[0] + OUTPUTS.format(path=out))
    return server, out


async def second_song(player: MpdPlayer) -> None:
    """It has been heard for `SECOND_S`."""
    while True:
        status = await player._ask("status")
        assert status["state"] == "play"
        if status["song"] == "1" and float(status["elapsed"]) >= SECOND_S:
            return
        await asyncio.sleep(0.05)


async def scanned(player: MpdPlayer) -> None:
    """MPD has found both files."""
    await player._ask("update")
    while len(await player.tracks()) < len(TONES_HZ):
        await asyncio.sleep(0.05)


def write_tone(path: Path, hz: int) -> None:
    """A sine of `SONG_S`."""
    times_s = np.arange(RATE * SONG_S) / RATE
    samples = (PEAK * np.sin(2 * np.pi * hz * times_s)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def windows(sound: Sound) -> list[Sound]:
    """Quarters of a second."""
    return [sound[start : start + WINDOW] for start in range(0, len(sound) - WINDOW, WINDOW)]


def tones(part: Sound) -> list[bool]:
    """Which of the tones are in it."""
    strength = np.abs(np.fft.rfft(part)) * 2 / len(part)
    return [strength[hz * len(part) // RATE] > HEARD * PEAK for hz in TONES_HZ]
