"""`moodspeaker run`: the service as a process."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import signal
import threading
from typing import TYPE_CHECKING

from moodspeaker.app.service import Service
from moodspeaker.config.load import load_config
from moodspeaker.errors import CameraStuck, MoodspeakerError
from moodspeaker.runtime.core_dumps import forbid_core_dumps
from moodspeaker.runtime.logs import set_up_logs
from moodspeaker.runtime.state_folder import state_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

LATEST_S = 4.5
"""After being asked to stop; five seconds are promised."""


def run_service(config_path: Path) -> int:
    """Until asked to stop: 0; 1 when a part died for good. Raises ConfigError."""
    config = load_config(config_path)
    set_up_logs(config.log.level)
    forbid_core_dumps()
    tell_stacks_on_signals()
    try:
        asyncio.run(serve(Service(config, state_dir(), config_path)))
    except BaseExceptionGroup as failure:
        report(failure)
        return 1
    return 0


def tell_stacks_on_signals() -> None:
    """SIGUSR1 shows what every thread does; whatever crashes or aborts the process shows it too.

    By a handler of Python's, which holds the interpreter: faulthandler's own reads the threads
    while they run on, which has crashed a busy service.
    """
    faulthandler.enable()
    signal.signal(signal.SIGUSR1, lambda *_: faulthandler.dump_traceback(all_threads=True))


async def serve(service: Service) -> None:
    """Runs the service between its signals."""
    stop = asyncio.Event()
    catch_stop_signals(stop)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, service.reload)
    await service.run(stop)


def catch_stop_signals(stop: asyncio.Event) -> None:
    """The first SIGTERM or SIGINT asks to stop, the second ends the process at once.

    So does the time limit, if the first was not enough.
    """
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()
        latest = threading.Timer(LATEST_S, give_up)
        latest.daemon = True
        latest.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked)


def give_up() -> None:
    """Leaves, whatever still runs: a name lookup that hangs keeps its thread for minutes."""
    log.warning("not everything ended within %g s: leaving it behind", LATEST_S)
    logging.shutdown()
    os._exit(0)


def report(failure: BaseExceptionGroup[BaseException]) -> None:
    """Says what died. A camera that does not let go takes the whole process with it."""
    for error in leaves(failure):
        foreseen = isinstance(error, MoodspeakerError)
        log.critical("ended by: %s", error, exc_info=None if foreseen else error)
        if isinstance(error, CameraStuck):
            logging.shutdown()
            os._exit(1)


def leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    """The errors inside groups of groups."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error
