"""Whether what MPD plays can be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.doctor.finding import fine, wrong

if TYPE_CHECKING:
    from moodspeaker.config.music_section import MusicSection
    from moodspeaker.doctor.examined_player import ExaminedPlayer, Output
    from moodspeaker.doctor.finding import Finding

SILENT = frozenset({"null"})
LOUDEST = 100
OUTPUT = 'audio_output { type "alsa" name "speaker" mixer_type "software" }'


async def examine_outputs(player: ExaminedPlayer, partition: str | None) -> Finding:
    """Whether one is there, switched on, and more than a pretence. Raises PlayerError."""
    outputs = await player.outputs()
    on = [output for output in outputs if output.enabled]
    heard = [output for output in on if output.plugin not in SILENT]
    if heard:
        return fine("mpd output", names_of(heard))
    if not outputs:
        return no_output(partition)
    if not on:
        name = outputs[0].name
        return wrong(
            "mpd output",
            f"every output of MPD is switched off: {names_of(outputs)}",
            f'mpc enable "{name}"; enabled "no" in /etc/mpd.conf lasts over a restart',
        )
    return wrong(
        "mpd output",
        f"MPD plays into nothing: {names_of(on)} is all that is switched on",
        f"aplay -l lists the sound cards; in /etc/mpd.conf: {OUTPUT}",
    )


def no_output(partition: str | None) -> Finding:
    """A new partition of MPD has none."""
    if partition is None:
        return wrong("mpd output", "MPD has no output", f"in /etc/mpd.conf: {OUTPUT}")
    return wrong(
        "mpd output",
        f"the partition {partition} of MPD has no output",
        f'mpc --partition={partition} moveoutput "NAME" (mpc outputs tells the names)',
    )


async def examine_volume(player: ExaminedPlayer, music: MusicSection) -> Finding:
    """Whether it is turned down to nothing. Raises PlayerError."""
    volume = (await player.status()).volume
    if music.volume_max == 0:
        return wrong("mpd volume", "the config allows no sound at all", "set music.volume_max")
    if volume == 0:
        return wrong(
            "mpd volume", "MPD's volume is at 0", "mpc volume 50; alsamixer shows the card's own"
        )
    if volume is not None:
        return fine("mpd volume", f"{volume} %")
    if is_limited(music):
        return wrong(
            "mpd volume",
            "MPD tells no volume, so music.volume_max and music.volumes limit nothing",
            'give the audio_output of /etc/mpd.conf mixer_type "software", then restart mpd',
        )
    return fine("mpd volume", "MPD tells none: nothing is made softer for announcements")


def is_limited(music: MusicSection) -> bool:
    """Whether the config makes any music softer."""
    volumes = music.volumes.model_dump().values()
    return music.volume_max < LOUDEST or any(percent < LOUDEST for percent in volumes)


async def examine_error(player: ExaminedPlayer) -> Finding:
    """What MPD itself complains of. Raises PlayerError."""
    error = (await player.status()).error
    if not error:
        return fine("mpd playback", "MPD has nothing to complain of")
    return wrong(
        "mpd playback",
        f"MPD could not play: {error}",
        "journalctl -u mpd; for an output: aplay -l and audio_output in /etc/mpd.conf;"
        " for a file: mpc update",
    )


def names_of(outputs: list[Output] | tuple[Output, ...]) -> str:
    """`speaker (alsa), stream (httpd)`."""
    return ", ".join(f"{output.name} ({output.plugin or 'unknown'})" for output in outputs)
