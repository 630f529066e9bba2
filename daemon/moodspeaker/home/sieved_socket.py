"""A socket whose incoming bytes go through a sieve."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moodspeaker.home.sieve import Sieve

GULP = 65536
QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Linux alone has it."""


class SievedSocket:
    """What paho and aiomqtt ask of a connected socket that does not block."""

    def __init__(self, connection: socket.socket, sieve: Sieve) -> None:
        self._connection = connection
        self._sieve = sieve
        self._ready = memoryview(b"")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def recv(self, size: int) -> bytes:
        """b"" at the end. Raises BlockingIOError while no whole packet has passed."""
        if not self._ready:
            data = self._gulp()
            if not data:
                return b""
            self._ready = memoryview(self._sieve.sift(data))
            if not self._ready:
                raise BlockingIOError("no whole packet yet")
        taken, self._ready = self._ready[:size], self._ready[size:]
        return bytes(taken)

    def pending(self) -> int:
        """Bytes that can be had without asking the kernel: aiomqtt then reads on."""
        return len(self._ready) or self._decrypted()

    def _gulp(self) -> bytes:
        data = self._connection.recv(GULP)
        # TLS gives a record at a time.
        while data and len(data) < GULP and (more := self._decrypted()):
            data += self._connection.recv(more)
        if QUICK_ACK is not None:
            # Brokers send a second small packet only once the first is acknowledged, which
            # the kernel puts off for 40 ms; it forgets this option by itself.
            with suppress(OSError):
                self._connection.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
        return data

    def _decrypted(self) -> int:
        connection = self._connection
        return connection.pending() if isinstance(connection, ssl.SSLSocket) else 0
