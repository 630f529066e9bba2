"""Log lines are written by a thread of their own: whoever reads them may be slow, or hang."""

from __future__ import annotations

import logging
import queue
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

MOST_LINES = 1000
FLUSH_LIMIT_S = 0.4
LOOK_S = 0.01


class PatientHandler(logging.Handler):
    """Takes a line at once, whatever becomes of it.

    So many as `most_lines` wait to be written; what comes after them is lost, and how many that
    were is told when there is room again.
    """

    def __init__(self, stream: TextIO, most_lines: int = MOST_LINES) -> None:
        super().__init__()
        self._stream = stream
        self._lines: queue.Queue[str] = queue.Queue(most_lines)
        self._lost = 0

    def start(self) -> None:
        """Before this nothing is written."""
        threading.Thread(target=self._write_all, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Never waits. Called by `logging`, one record at a time."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - as every handler does: a bad record ends nothing
            self.handleError(record)
            return
        if self._lost and not self._put(f"WARNING {self._lost} lines of the log were lost: unread"):
            self._lost += 1
            return
        self._lost = 0 if self._put(line) else 1

    def flush(self) -> None:
        """Waits until all is written, for `FLUSH_LIMIT_S` at most."""
        until_s = time.monotonic() + FLUSH_LIMIT_S
        while self._lines.unfinished_tasks and time.monotonic() < until_s:
            time.sleep(LOOK_S)

    def _put(self, line: str) -> bool:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            return False
        return True

    def _write_all(self) -> None:
        while True:
            line = self._lines.get()
            try:
                self._stream.write(f"{line}\n")
                self._stream.flush()
            except (OSError, ValueError):
                # Nobody reads any more.
                continue
            finally:
                self._lines.task_done()
