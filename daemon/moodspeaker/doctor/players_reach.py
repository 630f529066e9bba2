"""Why MPD cannot be reached or does not let us in, and what to do about it."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import mpd

from moodspeaker.doctor.examined_player import connected
from moodspeaker.doctor.finding import wrong
from moodspeaker.errors import MoodspeakerError, PlayerDenied, PlayerLost
from moodspeaker.player.client import NoSuchThing

if TYPE_CHECKING:
    from moodspeaker.doctor.finding import Finding
    from moodspeaker.player.mpd import MpdSettings

SOCKETS = ("/run/mpd/socket", "/var/lib/mpd/socket", "~/.config/mpd/socket", "~/.mpd/socket")
"""Where MPD's own socket usually is."""
LOOPBACK = "127.0.0.1"
WRONG_PASSWORD = 3
LOOK_LIMIT_S = 2.0


async def unreachable(
    error: MoodspeakerError, settings: MpdSettings, sockets: tuple[str, ...]
) -> Finding:
    """What ended or prevented the connection."""
    if isinstance(error, PlayerDenied):
        return denied(error, settings)
    if isinstance(error, PlayerLost):
        elsewhere = await found_elsewhere(settings, sockets)
        remedy = elsewhere or remedy_of(error.__cause__, settings)
        if isinstance(error.__cause__, ConnectionRefusedError):
            return wrong("mpd", f"no MPD at {settings.peer}: nobody listens there", remedy)
        return wrong("mpd", f"{error.what}{who_greeted(error.__cause__)}", remedy)
    return wrong("mpd", error.what, error.remedy or "see its log: journalctl -u mpd")


def denied(error: PlayerDenied, settings: MpdSettings) -> Finding:
    """The password, or the partition."""
    cause = error.__cause__
    if isinstance(cause, NoSuchThing):
        return wrong("mpd", error.what, error.remedy)
    if settings.password is None:
        what = f"MPD at {settings.peer} wants a password, and mpd.password_file is not set"
        remedy = "write the password of /etc/mpd.conf to a file, and set mpd.password_file to it"
    elif isinstance(cause, mpd.CommandError) and cause.errno.value == WRONG_PASSWORD:
        what = f"MPD at {settings.peer} does not know the password in mpd.password_file"
        remedy = "compare that file with the line `password` of /etc/mpd.conf"
    else:
        what = f"MPD at {settings.peer} takes the password in mpd.password_file and denies reading"
        remedy = 'in /etc/mpd.conf: password "...@read,add,control,admin"; then restart mpd'
    return wrong("mpd", what, remedy)


def who_greeted(cause: BaseException | None) -> str:
    """More of what was seen, where it was no MPD."""
    if isinstance(cause, mpd.ProtocolError):
        return ": something else answers there"
    if "reading MPD hello" in str(cause):
        return ": something accepts connections there and does not greet as MPD does"
    return ""


def remedy_of(cause: BaseException | None, settings: MpdSettings) -> str:
    """By what the connection met."""
    if isinstance(cause, (socket.gaierror, PermissionError, FileNotFoundError)):
        return remedy_of_host(cause, settings)
    if isinstance(cause, ConnectionError):
        return (
            "systemctl status mpd, and sudo systemctl start mpd; do bind_to_address and port of"
            " /etc/mpd.conf fit mpd.host and mpd.port?"
        )
    if isinstance(cause, TimeoutError):
        return (
            "is MPD stuck (sudo systemctl restart mpd), is mpd.port another program's (sudo ss"
            " -ltnp), is a firewall between?"
        )
    if who_greeted(cause):
        return f"set mpd.port to MPD's; who holds {settings.port}: sudo ss -ltnp"
    return (
        "systemctl status mpd; do mpd.host and mpd.port fit /etc/mpd.conf, is a firewall between?"
    )


def remedy_of_host(cause: OSError, settings: MpdSettings) -> str:
    """Where its name or path leads nowhere."""
    if isinstance(cause, socket.gaierror):
        return f"mpd.host: is {settings.host!r} spelt right? Try: getent hosts {settings.host}"
    if isinstance(cause, PermissionError):
        return f"let the service use {settings.host}: ls -l {settings.host}"
    return "systemctl status mpd; is mpd.host the bind_to_address of /etc/mpd.conf?"


async def found_elsewhere(settings: MpdSettings, sockets: tuple[str, ...]) -> str:
    """The remedy where MPD answers at another place of this machine; else nothing."""
    for told in sockets:
        path = os.path.expanduser(told)  # noqa: PTH111, ASYNC240 - looks up the home alone
        if path != settings.host and await answers(replace(settings, host=path)):
            return f"mpd.host: {path} (MPD answers there)"
    if "/" in settings.host and await answers(replace(settings, host=LOOPBACK)):
        return f"mpd.host: {LOOPBACK} (MPD answers there, on port {settings.port})"
    return ""


async def answers(settings: MpdSettings) -> bool:
    """Whether an MPD is there, even one that denies us."""
    limit_s = min(settings.timeout_s, LOOK_LIMIT_S)
    try:
        async with connected(replace(settings, timeout_s=limit_s)):
            return True
    except PlayerDenied:
        return True
    except MoodspeakerError:
        return False
