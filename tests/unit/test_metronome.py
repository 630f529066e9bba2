"""What a test may blame on the machine: exactly what it stood still, and nothing else."""

from __future__ import annotations

import time

import pytest

from fakes.metronome import BEAT_S, Metronome, Stopwatch

SLEEP_S, ENOUGH_SLEEPS, MOST_SLEEPS = 0.05, 6, 100


class Machine:
    """Its time, and how long it stands still in each of the sleeps to come."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.stalls_s: list[float] = []
        self.metronome = Metronome(lambda: self.now_s, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.now_s += seconds + (self.stalls_s.pop(0) if self.stalls_s else 0.0)


@pytest.fixture
def machine() -> Machine:
    """One that has stood still for 3 s, between two beats in time."""
    made = Machine()
    made.stalls_s = [0.0, 3.0, 0.0]
    for _ in range(3):
        made.metronome.beat()
    return made


def test_a_machine_in_time_loses_nothing() -> None:
    machine = Machine()
    for _ in range(5):
        machine.metronome.beat()
    assert machine.metronome.lost_s(0.0) == 0.0


def test_a_stall_is_lost_exactly(machine: Machine) -> None:
    assert machine.metronome.lost_s(0.0) == pytest.approx(3.0)


def test_only_what_lies_in_the_time_asked_for_is_lost(machine: Machine) -> None:
    ended_s = machine.now_s - BEAT_S
    assert machine.metronome.lost_s(ended_s - 1.0) == pytest.approx(1.0)
    assert machine.metronome.lost_s(ended_s) == pytest.approx(0.0)


def test_a_stall_counts_before_the_metronome_itself_has_woken(machine: Machine) -> None:
    machine.now_s += BEAT_S + 2.0
    assert machine.metronome.lost_s(machine.now_s - 1.0) == pytest.approx(1.0)


def test_who_sleeps_or_waits_is_not_excused() -> None:
    watch = Stopwatch()
    # A machine that stands still meanwhile takes of each sleep no more than all of it.
    for _ in range(MOST_SLEEPS):
        time.sleep(SLEEP_S)
        if watch.fair_s >= ENOUGH_SLEEPS * SLEEP_S:
            return
    pytest.fail(f"{watch.lost_s} of {watch.passed_s} s are called lost")
