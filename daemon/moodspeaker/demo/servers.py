"""A private MPD and a private mosquitto on free loopback ports, as child processes."""

from __future__ import annotations

import asyncio
import ctypes
import itertools
import random
import shutil
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from asyncio.subprocess import Process

HOST = "127.0.0.1"
START_LIMIT_S = 30.0
STOP_LIMIT_S = 1.5
PORTS = range(20_000, 32_000)
"""Below those that the kernel gives to outgoing connections and to whoever asks for any."""
TURNS = itertools.count(random.randrange(len(PORTS)))
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)

MPD_CONF = """\
music_directory "{music}"
playlist_directory "{folder}/playlists"
db_file "{folder}/mpd.db"
state_file "{folder}/mpd.state"
state_file_interval "1"
sticker_file "{folder}/sticker.sql"
bind_to_address "{host}"
port "{port}"
log_file "{folder}/mpd.log"
auto_update "no"
restore_paused "no"
zeroconf_enabled "no"
audio_output {{
  type "{output}"
  name "{output}"
  mixer_type "software"
}}
"""
MOSQUITTO_CONF = """\
listener {port} {host}
user root
allow_anonymous true
persistence false
log_dest file {folder}/mosquitto.log
"""


class Server:
    """One child process that serves a loopback port; it dies with us, however we end."""

    def __init__(self, name: str, argv: tuple[str, ...], port: int) -> None:
        self.name = name
        self.argv = argv
        self.port = port
        self.process: Process | None = None

    @property
    def running(self) -> bool:
        """Whether the process that we started is alive."""
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        """Starts it and waits until the port answers. Raises MoodspeakerError."""
        program = find_program(self.argv[0])
        self.process = await asyncio.create_subprocess_exec(
            program,
            *self.argv[1:],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        try:
            async with asyncio.timeout(START_LIMIT_S):
                while self.running and not await answers(self.port):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            await self.stop()
        if not self.running:
            raise MoodspeakerError(f"{self.name} did not start on port {self.port}", "see its log")

    async def stop(self) -> None:
        """Ends it: SIGTERM, then SIGKILL."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                await self.process.wait()
        except TimeoutError:
            # On a machine that stood still it has ended by now.
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


def private_mpd(folder: Path, music: Path, port: int | None = None) -> Server:
    """An MPD for `music`; its database, stickers and log lie in `folder`."""
    port = port or free_port()
    (folder / "playlists").mkdir(parents=True, exist_ok=True)
    conf = folder / "mpd.conf"
    output = "alsa" if has_sound_device() else "null"
    text = MPD_CONF.format(music=music, folder=folder, host=HOST, port=port, output=output)
    conf.write_text(text, encoding="utf-8")
    return Server("MPD", ("mpd", "--no-daemon", str(conf)), port)


def private_mosquitto(folder: Path, port: int | None = None) -> Server:
    """A broker without persistence; its log lies in `folder`."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    conf = folder / "mosquitto.conf"
    conf.write_text(MOSQUITTO_CONF.format(folder=folder, host=HOST, port=port), encoding="utf-8")
    return Server("mosquitto", ("mosquitto", "-c", str(conf)), port)


def free_port() -> int:
    """A loopback port that nobody listens on now, and that nobody is given by chance.

    Raises MoodspeakerError. The kernel's own choice may come twice before anybody listens on it.
    """
    for number in itertools.islice(TURNS, len(PORTS)):
        port = PORTS[number % len(PORTS)]
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise MoodspeakerError(f"no loopback port of {PORTS} is free", "end what listens there")


def find_program(name: str) -> str:
    """Its path; /usr/sbin counts too. Raises MoodspeakerError."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")
    if path is None:
        raise MoodspeakerError(f"{name} is not installed", f"apt install {name}")
    return path


def has_sound_device() -> bool:
    """Whether ALSA has a card to play on."""
    return any(Path("/dev/snd").glob("pcm*p"))


async def answers(port: int) -> bool:
    """Whether something accepts connections on that loopback port."""
    try:
        async with asyncio.timeout(1):
            _, writer = await asyncio.open_connection(HOST, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def die_with_parent() -> None:
    """In the child: the kernel ends it when we die, a kill -9 included."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
