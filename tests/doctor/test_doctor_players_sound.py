"""Whether the doctor sees why nothing is heard of MPD."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from fakes.doctor_player import (
    HEARD,
    LIMIT_S,
    SONGS,
    ExaminedMpd,
    findings_on,
)
from moodspeaker.doctor.examined_player import connected, settings_of
from moodspeaker.errors import PlayerRefused

if TYPE_CHECKING:
    pass


async def test_a_new_partition_has_no_output(running: ExaminedMpd) -> None:
    async with connected(settings_of(running.config().mpd)) as player:
        await player._ask("newpartition", "kids")
    told = (await findings_on(running.config({"partition": "kids"})))["mpd output"]
    assert "kids of MPD has no output" in told.detail
    assert "moveoutput" in told.remedy


async def test_outputs_that_are_switched_off_are_told_with_the_command(bench: ExaminedMpd) -> None:
    bench.edit(HEARD, f'{HEARD}\nenabled "no"')
    await bench.server.start()
    told = (await findings_on(bench.config()))["mpd output"]
    assert "switched off" in told.detail
    assert "mpc enable" in told.remedy


async def test_an_output_into_nothing_is_silence(bench: ExaminedMpd) -> None:
    bench.edit(HEARD, 'type "null"')
    await bench.server.start()
    told = (await findings_on(bench.config()))["mpd output"]
    assert "plays into nothing" in told.detail
    assert "aplay -l" in told.remedy
    assert "/etc/mpd.conf" in told.remedy


@pytest.mark.parametrize(("percent", "ok"), [(0, False), (1, True)])
async def test_a_volume_of_nothing_is_told(running: ExaminedMpd, percent: int, ok: bool) -> None:
    async with connected(settings_of(running.config().mpd)) as player:
        await player.set_volume(percent)
    told = (await findings_on(running.config()))["mpd volume"]
    assert told.ok is ok
    assert ok or "mpc volume" in told.remedy


async def test_a_config_that_allows_no_sound_is_told(running: ExaminedMpd) -> None:
    told = (await findings_on(running.config(music={"volume_max": 0})))["mpd volume"]
    assert not told.ok
    assert "music.volume_max" in told.remedy


@pytest.mark.parametrize(
    ("music", "ok"),
    [({}, True), ({"volume_max": 99}, False), ({"volumes": {"sad": 50}}, False)],
)
async def test_no_mixer_matters_only_to_a_volume_limit(
    bench: ExaminedMpd, music: dict[str, object], ok: bool
) -> None:
    bench.edit('mixer_type "software"', 'mixer_type "none"')
    await bench.server.start()
    told = (await findings_on(bench.config(music=music)))["mpd volume"]
    assert told.ok is ok
    assert ok or "mixer_type" in told.remedy


async def test_a_device_that_cannot_be_opened_is_told(bench: ExaminedMpd) -> None:
    bench.edit(HEARD, 'type "alsa"\ndevice "hw:99"')
    await bench.server.start()
    await bench.updated()
    async with connected(settings_of(bench.config().mpd)) as player, asyncio.timeout(LIMIT_S):
        try:
            await player.append(SONGS[0])
            await player.play()
        except PlayerRefused:
            pass
        while not (await player.status()).error:
            await asyncio.sleep(0.02)
    told = (await findings_on(bench.config()))["mpd playback"]
    assert "hw:99" in told.detail
    assert "aplay -l" in told.remedy
