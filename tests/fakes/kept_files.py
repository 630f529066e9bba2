"""The state files, each with contents that carry a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.mood.neutral import PersonalNeutral
from moodspeaker.runtime.announced_file import AnnouncedFile
from moodspeaker.runtime.lists_file import ListsFile
from moodspeaker.runtime.neutral_file import NeutralFile
from moodspeaker.runtime.switches import Switches, SwitchFile
from moodspeaker.runtime.tuning_file import Tuning, TuningFile
from moodspeaker.runtime.volume_memo import VolumeMemo
from moodspeaker.types import Emotion, Scores

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCORES = Scores.from_mapping({Emotion.HAPPY: 1.0})
LONG = tuple(f"a list with a long name, number {n}" for n in range(400))
"""Longer than a page, so that half of it can be seen."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds: the number it was written with, as far as the file can tell."""

    number: int


@dataclass(frozen=True, slots=True)
class StateFile:
    """One of them: `save` writes what stands for a number, `load` reads what stands for one.

    `told` is what of the number can be told again; `load` gives None for an absent file.
    """

    name: str
    save: Callable[[Path, int], None]
    load: Callable[[Path], Kept | None]
    told: Callable[[int], int] = lambda number: number

    def content(self, number: int) -> Kept:
        """What `load` gives after `save` with that number."""
        return Kept(self.told(number))


def read_tuning(state: Path) -> Kept | None:
    """A damaged one would be empty."""
    return Kept(TuningFile(state).load().wrong.get(Emotion.HAPPY, -1))


def read_switches(state: Path) -> Kept:
    """One bit of the number."""
    return Kept(int(SwitchFile(state / "switches.json").load().camera))


def read_volume(state: Path) -> Kept | None:
    """None where there is no memo, as after every third save."""
    volume = VolumeMemo(state).load()
    return None if volume is None else Kept(volume)


def read_lists(state: Path) -> Kept:
    """Whole lists only."""
    first, *rest = ListsFile(state).load() or ("-1", *LONG)
    assert tuple(rest) == LONG
    return Kept(int(first))


def read_announced(state: Path) -> Kept:
    """Whole announcements only."""
    stored = AnnouncedFile(state).load()
    assert not stored or stored.keys() >= set(LONG)
    return Kept(int(stored.get("number", "-1")))


def read_neutral(state: Path) -> Kept | None:
    """Its number of frames."""
    neutral = NeutralFile(state).load()
    return neutral and Kept(neutral.frames)


FILES = (
    StateFile(
        "tuning", lambda s, n: TuningFile(s).save(Tuning(wrong={Emotion.HAPPY: n})), read_tuning
    ),
    StateFile(
        "switches",
        lambda s, n: SwitchFile(s / "switches.json").save(Switches(camera=bool(n % 2))),
        read_switches,
        lambda number: number % 2,
    ),
    StateFile("lists", lambda s, n: ListsFile(s).save((str(n), *LONG)), read_lists),
    StateFile(
        "announced",
        lambda s, n: AnnouncedFile(s).save({"number": str(n), **dict.fromkeys(LONG, "sensor")}),
        read_announced,
    ),
    StateFile(
        "neutral", lambda s, n: NeutralFile(s).save(PersonalNeutral(SCORES, 1.0, n)), read_neutral
    ),
    StateFile("volume", lambda s, n: VolumeMemo(s).save(n % 100), read_volume, lambda n: n % 100),
)
