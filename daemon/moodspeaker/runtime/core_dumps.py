"""Keeps what lies in memory, frames above all, out of core dumps."""

from __future__ import annotations

import ctypes
import logging
import resource

log = logging.getLogger(__name__)

PR_SET_DUMPABLE = 4


def forbid_core_dumps() -> None:
    """For this process, whatever kills it and wherever the machine puts its core dumps.

    A limit of 0, which children inherit, keeps them out of files. A `core_pattern` that is a pipe
    is served in spite of it, so the process is made undumpable too, which ends with an exec.
    From then on nobody but root can trace it or read its /proc/PID/fd, maps and environ. What
    does not work is told in the log.
    """
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        failed = ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, ValueError, AttributeError) as error:
        log.warning("core dumps could not be forbidden: %s (set `ulimit -c 0`)", error)
    else:
        if failed:
            log.warning("this process stays dumpable: a core_pattern that is a pipe gets it")
