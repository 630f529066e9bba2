"""The settings in force: the file's, under a profile's, under a person's, under quiet hours'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from moodspeaker.config.patches import laid_over
from moodspeaker.config.problems import message
from moodspeaker.config.section import Section
from moodspeaker.config.tunable import TUNABLES
from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.config.nodes import KeyPath
    from moodspeaker.config.schema import Config

SectionT = TypeVar("SectionT", bound=Section)


class SettingsRefused(MoodspeakerError):
    """Settings that do not go together; `path` is where, from the section on."""

    def __init__(self, what: str, path: KeyPath) -> None:
        super().__init__(what)
        self.path = path


def effective(
    config: Config,
    profile: str | None,
    tuned: Mapping[str, float],
    quiet: bool,
    policy: str | None = None,
) -> Config:
    """`config` with its sections mood and music as they are in force.

    `profile` is a name of `config.profiles`, None for none; `tuned` holds numbers, `policy` the
    choice of one, None for the file's. Raises SettingsRefused for the first thing that does not
    pass the schema.
    """
    patch = config.profiles[profile].model_dump() if profile is not None else {}
    mood = checked("mood", config.mood, laid_over(patch.get("mood", {}), of("mood", tuned)))
    by_hand: dict[str, Any] = {**of("music", tuned), **({"policy": policy} if policy else {})}
    if quiet and config.quiet_hours.music == "calm":
        by_hand["policy"] = "calm"
    music = checked("music", config.music, laid_over(patch.get("music", {}), by_hand))
    return config.model_copy(update={"mood": mood, "music": music})


def of(section: str, tuned: Mapping[str, float]) -> dict[str, float]:
    """Those of the tuned numbers that belong to it."""
    return {n: whole(value) for n, value in tuned.items() if TUNABLES[n].section == section}


def checked(name: str, section: SectionT, changes: Mapping[str, Any]) -> SectionT:
    """The section with its changes, its own rules held. Raises SettingsRefused."""
    if not changes:
        return section
    try:
        return type(section).model_validate(laid_over(section.model_dump(), changes))
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsRefused(message(first), (name, *first["loc"])) from error


def whole(value: float) -> float:
    """An int where there is nothing after the point: numbers come from JSON and MQTT."""
    return int(value) if float(value).is_integer() else value
