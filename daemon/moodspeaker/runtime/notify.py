"""systemd's notification socket; a full or absent one never stalls the loop."""

from __future__ import annotations

import logging
import os
import socket

log = logging.getLogger(__name__)


class Notifier:
    """Sends to `$NOTIFY_SOCKET`; does nothing where systemd did not set it."""

    def __init__(self, address: str | None) -> None:
        """A leading `@` stands for the NUL of an abstract address."""
        self._address = "\0" + address[1:] if address and address.startswith("@") else address
        self._socket: socket.socket | None = None

    @classmethod
    def from_environment(cls) -> Notifier:
        """The one that systemd set."""
        return cls(os.environ.get("NOTIFY_SOCKET"))

    def send(self, *lines: str) -> bool:
        """Whether it went out."""
        if not self._address:
            return False
        try:
            if self._socket is None:
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                self._socket.setblocking(False)
            self._socket.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            log.debug("systemd was not notified: %s", error)
            return False
        return True

    def close(self) -> None:
        """Lets the socket go."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def watchdog_period_s() -> float | None:
    """Half of what systemd allows between two pings; None without a watchdog."""
    limit_us = os.environ.get("WATCHDOG_USEC", "")
    return int(limit_us) / 2e6 if limit_us.isdigit() and int(limit_us) > 0 else None
