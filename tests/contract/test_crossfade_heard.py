"""The crossfade of the config, in the sound that a real MPD gives out."""

from __future__ import annotations

import asyncio
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from moodspeaker.demo.servers import HOST, private_mpd
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.player.volume import VolumeKeeper, VolumeSettings
from moodspeaker.types import PlayState

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.player.mpd import MpdPlayer

    Sound = NDArray[np.float64]

RATE = 44_100
SONG_S = 30
"""MPD fades no song that is shorter than 20 s."""
TONES_HZ = (440, 1000)
PEAK = 8000
HEARD = 0.05
WINDOW = RATE // 4
HEADER_BYTES = 44
LIMIT_S = 30.0
RECORDER = """\
audio_output {{
  type "recorder"
  name "to a file"
  path "{path}"
  encoder "wave"
  format "44100:16:1"
}}
"""


@pytest.mark.parametrize(("seconds", "least_s", "most_s"), [(0, 0.0, 0.0), (4, 2.5, 4.0)])
async def test_two_songs_are_heard_together_for_so_long(
    tmp_path: Path, seconds: int, least_s: float, most_s: float
) -> None:
    sound = await played(tmp_path, seconds)
    together_s = sum(all(tones(part)) for part in windows(sound)) * WINDOW / RATE
    assert least_s <= together_s <= most_s
    assert len(sound) / RATE == pytest.approx(len(TONES_HZ) * SONG_S - seconds, abs=0.1)


async def played(folder: Path, crossfade_s: int) -> Sound:
    """What comes out of MPD: the tones one after the other, as fast as it can."""
    music, out = folder / "music", folder / "out.wav"
    music.mkdir()
    for hz in TONES_HZ:
        write_tone(music / f"{hz}.wav", hz)
    server = private_mpd(folder / "mpd", music)
    conf = folder / "mpd" / "mpd.conf"
    untimed = conf.read_text().split("audio_output")[0]
    conf.write_text(untimed + RECORDER.format(path=out))
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
            while (await player.status()).state is PlayState.PLAY:
                await asyncio.sleep(0.05)
    finally:
        await server.stop()
    return np.frombuffer(out.read_bytes()[HEADER_BYTES:], "<i2").astype(np.float64)


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
