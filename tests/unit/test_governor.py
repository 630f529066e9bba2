"""How often to look."""

from __future__ import annotations

import pytest

from moodspeaker.vision.governor import SENSE_EVERY_S, Governor, Load, LoadLimits, Pace

PACE = Pace(fps_idle=2.0, fps_active=5.0, timeout_s=5.0)
COOL = Load(50.0, 0.5)


class Machine:
    """A machine whose heat and load a test sets; time goes in steps of sensing."""

    def __init__(self, load: Load = COOL) -> None:
        self.load = load
        self.asked = 0
        self.now_s = 0.0
        self.governor = Governor(PACE, LoadLimits(hot_c=78.0, busy_per_core=3.0), self._sense)

    def periods(self, count: int, faces: int = 1) -> list[float]:
        """The period at so many senses."""
        found = []
        for _ in range(count):
            found.append(self.governor.period_s(faces, self.now_s))
            self.now_s += SENSE_EVERY_S
        return found

    def _sense(self) -> Load:
        self.asked += 1
        return self.load


def test_a_face_is_looked_at_more_often_than_an_empty_room() -> None:
    governor = Governor(PACE)
    assert governor.period_s(1, 0.0) == pytest.approx(0.2)
    assert governor.period_s(0, 0.2) == pytest.approx(0.5)
    assert governor.strain == ""


@pytest.mark.parametrize(
    ("load", "slower"),
    [
        (Load(78.0, 0.5), False),
        (Load(78.1, 0.5), True),
        (Load(None, 3.0), False),
        (Load(None, 3.1), True),
    ],
)
def test_over_a_limit_the_pace_is_halved(load: Load, slower: bool) -> None:
    assert Machine(load).periods(1) == [pytest.approx(0.4 if slower else 0.2)]


def test_it_gets_slower_step_by_step_and_not_for_ever() -> None:
    machine = Machine(Load(90.0, 0.5))
    assert machine.periods(5) == pytest.approx([0.4, 0.8, 1.6, 1.6, 1.6])
    assert machine.governor.strain.startswith("over 78 °C: looking 1/8 as often")


def test_the_same_strain_is_told_in_the_same_words_whatever_is_measured() -> None:
    machine = Machine(Load(None, 3.5))
    machine.periods(4)
    told = machine.governor.strain
    assert told.startswith("load over 3 a core")
    machine.load = Load(None, 4.2)
    machine.periods(2)
    assert machine.governor.strain == told


def test_it_recovers_only_well_below_the_limit() -> None:
    machine = Machine(Load(90.0, 0.5))
    machine.periods(2)
    machine.load = Load(74.0, 0.5)
    assert machine.periods(2) == pytest.approx([0.8, 0.8])
    machine.load = Load(73.0, 0.5)
    assert machine.periods(3) == pytest.approx([0.4, 0.2, 0.2])
    assert machine.governor.strain == ""


def test_the_machine_is_not_asked_at_every_frame() -> None:
    machine = Machine()
    for step in range(40):
        machine.governor.period_s(1, step * SENSE_EVERY_S / 40)
    assert machine.asked == 1
    machine.governor.period_s(1, SENSE_EVERY_S)
    assert machine.asked == 2
