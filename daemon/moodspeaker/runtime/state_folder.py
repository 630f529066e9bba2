"""Where the service keeps what must last."""

from __future__ import annotations

import os
from pathlib import Path

DEFAULT_STATE_DIR = "/var/lib/moodspeaker"


def state_dir() -> Path:
    """`$MOODSPEAKER_STATE_DIR`, or where packages put it."""
    return Path(os.environ.get("MOODSPEAKER_STATE_DIR", DEFAULT_STATE_DIR))
