"""Logs to stderr, one line each, for a human reading one day of them."""

from __future__ import annotations

import logging
import sys

from moodspeaker.runtime.log_bound import LogBound
from moodspeaker.runtime.log_writer import PatientHandler

PLAIN = "%(levelname)s %(message)s"
DEBUG = "%(levelname)s %(name)s %(threadName)s: %(message)s"


def set_up_logs(level: str) -> None:
    """`level` is debug, info, warning or error. systemd adds the time.

    A reader that stops reading holds nothing up. But for debug, whatever comes over and over is
    thinned out; see `LogBound`.
    """
    debug = level == "debug"
    handler = PatientHandler(sys.stderr)
    handler.start()
    if not debug:
        handler.addFilter(LogBound())
    logging.basicConfig(
        level=level.upper(), format=DEBUG if debug else PLAIN, handlers=[handler], force=True
    )
    # Our own supervisor tells of every lost connection, once.
    for library in ("mpd", "mqtt"):
        logging.getLogger(library).setLevel(logging.CRITICAL if not debug else logging.DEBUG)
