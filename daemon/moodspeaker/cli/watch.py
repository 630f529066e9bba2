"""`moodspeaker watch`: what the running service says of itself, as it changes."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from moodspeaker.cli.watch_changes import change
from moodspeaker.cli.watch_view import ASCII, UNICODE, Sight, view
from moodspeaker.errors import MoodspeakerError
from moodspeaker.runtime.control_client import connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moodspeaker.cli.watch_view import Glyphs
    from moodspeaker.runtime.control_client import Line

EVENT = "event"
"""Something that happened, not something that is so: no part of a view."""
REDRAW_S = 0.5
"""So late a resized terminal is drawn anew."""
FIRST_LIMIT_S = 5.0
QUIET_S = 0.3
"""Everything that is known comes at once; after so much silence there is no more of it."""
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l\x1b[?7l", "\x1b[?7h\x1b[?25h\x1b[?1049l"
HOME, CLEAR = "\x1b[H", "\x1b[K"


def watch(path: Path, *, once: bool = False, as_json: bool = False) -> int:
    """Until interrupted: 0. Raises MoodspeakerError where no service answers, or it ends."""
    try:
        with connected(path) as line:
            line.send({"watch": True})
            if once:
                look(line, as_json=as_json)
            elif as_json or not sys.stdout.isatty():
                follow(line, as_json=as_json)
            else:
                draw(line)
    except KeyboardInterrupt:
        return 0
    return 0


def look(line: Line, *, as_json: bool) -> None:
    """One view of what is known now."""
    sight, lines = Sight(), []
    while (told := line.receive(QUIET_S if sight.state else FIRST_LIMIT_S)) is not None:
        topic, content = read(told)
        if topic == EVENT:
            continue
        if sight.knows(topic):
            break
        sight = sight.with_news(topic, content)
        lines.append(told.decode())
    print("\n".join(lines if as_json else drawn(sight)))


def follow(line: Line, *, as_json: bool) -> None:
    """A line a change, for pipes and logs."""
    sight = Sight()
    while True:
        told = line.receive(REDRAW_S)
        if told is None:
            continue
        topic, content = read(told)
        text = told.decode() if as_json else change(sight, topic, content)
        sight = sight.with_news(topic, content)
        if text:
            stamp = "" if as_json else time.strftime("%H:%M:%S ")
            print(f"{stamp}{text}", flush=True)


def draw(line: Line) -> None:
    """The view, again and again in the same place."""
    sight = Sight()
    with whole_terminal():
        while True:
            told = line.receive(REDRAW_S)
            if told is not None:
                sight = sight.with_news(*read(told))
            sys.stdout.write(page(drawn(sight), shutil.get_terminal_size().lines))
            sys.stdout.flush()


def page(rows: tuple[str, ...], height: int) -> str:
    """All of the screen, from its first line to its last."""
    # Cleared before it is written: after a full line the cursor still stands on its last place.
    filled = (*rows, *[""] * (height - len(rows)))
    return HOME + "\r\n".join(CLEAR + row for row in filled)


def drawn(sight: Sight) -> tuple[str, ...]:
    """The view in the size of the terminal as it is now."""
    columns, rows = shutil.get_terminal_size()
    return view(sight, columns, rows, time.time(), glyphs())


def glyphs() -> Glyphs:
    """What the terminal can show."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    return UNICODE if encoding.startswith("utf") else ASCII


def read(line: bytes) -> tuple[str, dict[str, object]]:
    """(topic, what it says). Raises MoodspeakerError for a refusal, or what is no JSON."""
    try:
        content = json.loads(line)
        if content.get("error"):
            raise MoodspeakerError(str(content["error"]))
        topic, said = next(iter(content.items()))
        return str(topic), dict(said)
    except (ValueError, TypeError, AttributeError, StopIteration) as error:
        raise MoodspeakerError("this does not speak as moodspeaker does") from error


@contextmanager
def whole_terminal() -> Iterator[None]:
    """A screen of our own; the one before comes back, however we end."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write(ENTER)
    try:
        yield
    finally:
        sys.stdout.write(LEAVE)
        sys.stdout.flush()
        signal.signal(signal.SIGTERM, before)
