"""The speaker's id: steady, and not to be traced back to the machine's."""

from __future__ import annotations

import hashlib
import hmac
import socket
from pathlib import Path

APPLICATION = b"moodspeaker device id"
MACHINE_ID = Path("/etc/machine-id")


def device_id(machine_id: Path = MACHINE_ID) -> str:
    """8 hex digits of an HMAC of the machine id; of the host name where there is none."""
    try:
        secret = machine_id.read_bytes().strip()
    except OSError:
        secret = b""
    return hmac.new(
        secret or socket.gethostname().encode(), APPLICATION, hashlib.sha256
    ).hexdigest()[:8]
