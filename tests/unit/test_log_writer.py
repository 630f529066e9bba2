"""The log when nobody reads it: nothing waits, little is kept, and what was lost is told."""

from __future__ import annotations

import io
import logging
import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from fakes.metronome import Stopwatch
from moodspeaker.runtime import log_writer
from moodspeaker.runtime.log_writer import FLUSH_LIMIT_S, PatientHandler

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 5
LIMIT_S = 30.0


class Pipe(io.StringIO):
    """Takes lines while its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()

    def write(self, text: str) -> int:
        """Waits for the gate."""
        self.gate.wait()
        return super().write(text)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Opened at the end, so that the handler's thread is left waiting for nothing."""
    pipe = Pipe()
    yield pipe
    pipe.gate.set()


def handler_of(pipe: io.TextIOBase) -> PatientHandler:
    """It writes."""
    handler = PatientHandler(pipe, LINES)  # type: ignore[arg-type]
    handler.start()
    return handler


def written(handler: PatientHandler) -> None:
    """All of it, however long that takes on a busy machine."""
    until_s = time.monotonic() + LIMIT_S
    while handler._lines.unfinished_tasks and time.monotonic() < until_s:
        time.sleep(0.001)


def say(handler: PatientHandler, text: str) -> None:
    """A record."""
    handler.emit(logging.LogRecord("chaos", logging.INFO, "", 0, text, None, None))


def test_lines_are_written_in_order_and_flush_waits_for_them(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writer, "FLUSH_LIMIT_S", LIMIT_S)
    handler = handler_of(pipe)
    for number in range(LINES):
        say(handler, str(number))
    handler.flush()
    assert pipe.getvalue().split() == ["0", "1", "2", "3", "4"]


def test_a_reader_that_hangs_holds_nobody_up_and_what_was_lost_is_counted(pipe: Pipe) -> None:
    handler = handler_of(pipe)
    pipe.gate.clear()
    say(handler, "first")
    while handler._lines.qsize():
        time.sleep(0.001)
    watch = Stopwatch()
    for number in range(LINES + 3):
        say(handler, str(number))
    assert watch.fair_s < FLUSH_LIMIT_S / 2
    pipe.gate.set()
    written(handler)
    say(handler, "again")
    written(handler)
    told = pipe.getvalue().splitlines()
    assert told[:6] == ["first", "0", "1", "2", "3", "4"]
    assert told[6:] == ["WARNING 3 lines of the log were lost: unread", "again"]


def test_flush_does_not_wait_for_ever(pipe: Pipe) -> None:
    handler = handler_of(pipe)
    pipe.gate.clear()
    say(handler, "stuck")
    watch = Stopwatch()
    handler.flush()
    assert watch.passed_s >= FLUSH_LIMIT_S
    assert watch.fair_s < 3 * FLUSH_LIMIT_S


def test_a_reader_that_is_gone_ends_nothing() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    with open(theirs, "w") as stream:  # noqa: PTH123 - a descriptor
        handler = handler_of(stream)
        for text in ("a", "b"):
            say(handler, text)
        written(handler)
        assert not handler._lines.unfinished_tasks
        with pytest.raises(BrokenPipeError):
            stream.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
