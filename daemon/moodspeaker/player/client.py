"""python-mpd2's asyncio client, made safe: its errors, its end, and what it may send."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import mpd
from mpd.asyncio import MPDClient

from moodspeaker.errors import PlayerDenied, PlayerError, PlayerLost, PlayerRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOSE_LIMIT_S = 1.0
TURN_LINES = 100
"""After so many lines read, everybody else in the event loop has a turn."""
GONE = "the connection was closed"
"""What the library's own error does not say."""
ACK_DENIED = (3, 4)
ACK_NO_EXIST = 50
# A server that does not speak MPD's protocol, or whose answers have gone out of step, shows as a
# KeyError or the like while its answer is read; a line over 64 KiB is a ValueError in asyncio.
BROKEN = (mpd.MPDError, OSError, ValueError, TypeError, KeyError)


class NoSuchThing(PlayerRefused):
    """A song, file or sticker that the server does not have (ACK 50)."""


class QuietClient(MPDClient):  # type: ignore[misc]
    """The library's client with an end that can be awaited and two tracebacks less.

    A long answer does not keep the event loop to itself: the library reads on for as long as its
    buffer holds lines, and those are thousands.
    """

    _lines = 0

    async def aclose(self) -> None:
        """Disconnects and waits for the library's own task. Never raises; may be called again."""
        task = self._MPDClient__run_task
        self.disconnect()
        if task is None:
            await asyncio.sleep(0)
        else:
            await asyncio.wait({task}, timeout=CLOSE_LIMIT_S)

    async def _MPDClient__readline(self) -> str:  # noqa: N802
        self._lines += 1
        if self._lines % TURN_LINES == 0:
            await asyncio.sleep(0)
        source: asyncio.StreamReader | None = self._MPDClient__rfile
        if source is None:
            # `disconnect` has cancelled the library's task, and asyncio.wait_for lost that: up to
            # Python 3.11 it does where a command comes in the same moment.
            raise asyncio.CancelledError
        # One file name that is not UTF-8 would otherwise end every listing of the database.
        line = await source.readline()
        return line.decode("utf-8", "replace")

    def _MPDClient__idle_result(self, result: asyncio.Future[Any]) -> None:  # noqa: N802
        # A broken connection has been told to every idle iterator by `disconnect` already; the
        # library then lets the same error escape into the loop's exception handler as well.
        error = result.exception()
        if error is None or isinstance(error, mpd.CommandError):
            super()._MPDClient__idle_result(result)


def refuse_unsafe(command: str, arguments: Iterable[object]) -> None:
    """Raises PlayerRefused before anything is sent that would not stay one argument.

    The library sends a line break as it is, and MPD runs what follows it as a command.
    """
    for argument in arguments:
        text = str(argument)
        if any(character in text for character in "\n\r\0"):
            raise PlayerRefused(f"{command}: line break or NUL in {text!r}", "rename the file")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise PlayerRefused(f"{command}: {text!r} is not UTF-8", "rename the file") from error


def translate(error: BaseException, peer: str) -> PlayerError:
    """Our error for one of the library's (`BROKEN`)."""
    if not isinstance(error, mpd.CommandError):
        odd = isinstance(error, (KeyError, TypeError, ValueError))
        what = f"unexpected answer, {error!r}" if odd else str(error) or GONE
        remedy = "is MPD running? Check `systemctl status mpd`, mpd.host and mpd.port"
        return PlayerLost(f"no connection to MPD at {peer}: {what}", remedy)
    number = error.errno.value if error.errno else None
    if number in ACK_DENIED:
        remedy = "check mpd.password_file, and in mpd.conf that it grants read, add and control"
        return PlayerDenied(f"MPD at {peer} denied: {error}", remedy)
    kind = NoSuchThing if number == ACK_NO_EXIST else PlayerRefused
    return kind(f"MPD at {peer} refused: {error}")
