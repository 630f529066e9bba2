"""The config file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from moodspeaker.app.music_settings import unknown_music
from moodspeaker.config.load import load_config, parse_config
from moodspeaker.config.schema import Config
from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.doctor.finding import Finding

NAME = "config"


def examine_config(path: Path) -> tuple[Config, tuple[Finding, ...]]:
    """The config in force, the defaults where the file will not do, and what is to say of it."""
    try:
        config = load_config(path)
    except ConfigError as error:
        found = unopened(path) or tuple(problem(path, line) for line in error.problems)
        rest, left_out = good_sections(path)
        what = f"the defaults for {', '.join(left_out)}" if left_out else "the defaults"
        return rest, (*found, fine(NAME, f"what follows is examined with {what}"))
    odd = tuple(
        wrong(NAME, f"{path}: {line}", f"mend it, then: moodspeaker check-config {path}")
        for line in unknown_music(config.music)
    )
    return config, odd or (fine(NAME, str(path)),)


def good_sections(path: Path) -> tuple[Config, tuple[str, ...]]:
    """The config of those sections that have no problem, and the names of the others."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return Config(), ()
    if not isinstance(data, dict):
        return Config(), ()
    good = {name: value for name, value in data.items() if is_good({name: value})}
    left_out = tuple(str(name) for name in data if name not in good)
    # Profiles lie over the other sections, and may not go with what is left of them.
    return (as_config(good), left_out) if is_good(good) else (Config(), ())


def is_good(data: dict[str, object]) -> bool:
    """Whether the schema takes it."""
    try:
        as_config(data)
    except ConfigError:
        return False
    return True


def as_config(data: dict[str, object]) -> Config:
    """Raises ConfigError."""
    return parse_config(yaml.safe_dump(data), NAME)


def problem(path: Path, line: str) -> Finding:
    """One line of the file; it has its own hint."""
    return wrong(NAME, line, f"mend that line, then: moodspeaker check-config {path}")


def unopened(path: Path) -> tuple[Finding, ...]:
    """Where there is nothing to read, or we may not."""
    try:
        with path.open("rb"):
            return ()
    except FileNotFoundError:
        return (
            wrong(
                NAME,
                f"there is no {path}",
                f"an empty file will do: sudo touch {path}; or name another with --config",
            ),
        )
    except PermissionError:
        return (wrong(NAME, f"{path} may not be read by you", "run `sudo moodspeaker doctor`"),)
    except OSError as error:
        return (
            wrong(
                NAME,
                f"{path} cannot be read: {error.strerror}",
                "it must be a text file; name another with --config",
            ),
        )
