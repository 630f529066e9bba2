"""Logs to stderr, one line each, for a human reading one day of them."""

from __future__ import annotations

import logging
import sys

PLAIN = "%(levelname)s %(message)s"
DEBUG = "%(levelname)s %(name)s %(threadName)s: %(message)s"


def set_up_logs(level: str) -> None:
    """`level` is debug, info, warning or error. systemd adds the time."""
    debug = level == "debug"
    logging.basicConfig(
        level=level.upper(), format=DEBUG if debug else PLAIN, stream=sys.stderr, force=True
    )
    # Our own supervisor tells of every lost connection, once.
    logging.getLogger("mpd").setLevel(logging.CRITICAL if not debug else logging.DEBUG)
