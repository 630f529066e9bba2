"""How many lines of one kind reach the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from moodspeaker.runtime.log_bound import BURST, LAST, MOST_KINDS, REFILL_S, LogBound
from moodspeaker.runtime.logs import set_up_logs

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR_S = 3600


class Bench:
    """A bound whose clock stands still until told."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.bound = LogBound(lambda: self.now_s)
        self.shown: list[str] = []

    def log(self, text: str, *args: object, level: int = logging.INFO, about: str = "") -> bool:
        record = logging.LogRecord("a.b", level, "", 0, text, args, None)
        record.about = about
        if passed := self.bound.filter(record):
            self.shown.append(record.getMessage())
        return passed


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_burst_is_shown_whole_and_its_last_line_says_that_it_is_the_last(bench: Bench) -> None:
    assert [bench.log("n %d", n) for n in range(BURST + 1)] == [True] * BURST + [False]
    assert bench.shown[0] == "n 0"
    assert bench.shown[-2:] == [f"n {BURST - 2}", f"n {BURST - 1} ({LAST})"]


def test_after_a_while_one_more_is_shown_and_tells_how_many_were_not(bench: Bench) -> None:
    for _ in range(BURST + 7):
        bench.log("again")
    bench.now_s = REFILL_S - 1
    assert not bench.log("again")
    bench.now_s = REFILL_S
    assert bench.log("again")
    assert bench.shown[-1] == "again (and 8 more like this since the last one shown)"
    assert not bench.log("again")


def test_what_is_rare_enough_is_never_left_out(bench: Bench) -> None:
    for n in range(10 * BURST):
        bench.now_s = n * REFILL_S
        assert bench.log("seldom")
    assert set(bench.shown) == {"seldom"}


def test_one_kind_takes_nothing_from_another(bench: Bench) -> None:
    for _ in range(BURST + 1):
        bench.log("%s: %s", "mqtt", "lost", about="mqtt")
    assert bench.log("%s: %s", "mpd", "lost", about="mpd")
    assert bench.log("something else")


def test_an_hour_of_ten_a_second_is_a_page_or_two(bench: Bench) -> None:
    for n in range(HOUR_S * 10):
        bench.now_s = n / 10
        bench.log("flood %d", n)
    assert len(bench.shown) <= BURST + HOUR_S / REFILL_S


def test_ready_made_texts_are_bounded_too(bench: Bench) -> None:
    for n in range(10 * MOST_KINDS):
        bench.log(f"text {n}")
    assert len(bench.shown) == MOST_KINDS + BURST


@pytest.mark.parametrize("level", [logging.CRITICAL, logging.DEBUG])
def test_the_end_of_the_program_and_debugging_are_never_left_out(bench: Bench, level: int) -> None:
    assert all(bench.log("x", level=level) for _ in range(BURST + 10))


@pytest.fixture
def root_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("root_as_it_was")
@pytest.mark.parametrize(("level", "bounded"), [("info", True), ("debug", False)])
def test_the_service_s_log_is_bounded_unless_it_is_for_debugging(level: str, bounded: bool) -> None:
    set_up_logs(level)
    (handler,) = logging.getLogger().handlers
    assert any(isinstance(one, LogBound) for one in handler.filters) is bounded
    logging.getLogger("mpd").setLevel(logging.NOTSET)
