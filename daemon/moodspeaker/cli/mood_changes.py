"""Settings of the mood engine, changed on the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from moodspeaker.config.load import load_config, parse_config
from moodspeaker.config.schema import Config
from moodspeaker.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECTION = "mood"


def changed_config(path: Path | None, changes: Sequence[str]) -> Config:
    """The file's config, or the defaults, with settings of its section mood set to others.

    Raises ConfigError.
    """
    config = load_config(path) if path else Config()
    data = config.model_dump(mode="json")
    for change in changes:
        key, equals, text = change.partition("=")
        names = key.strip().split(".")
        if not equals or not all(names):
            raise ConfigError((f"--set {change}: no setting (write KEY=VALUE)",))
        put(data, in_mood(names, change), scalar(text, change))
    try:
        return parse_config(yaml.safe_dump(data), "--set")
    except ConfigError as error:
        # The line is one of the merged text, which nobody has seen.
        lines = tuple(re.sub(r"^--set:\d+ ", "--set ", line) for line in error.problems)
        raise ConfigError(lines) from error


def in_mood(names: list[str], change: str) -> list[str]:
    """The whole name. Raises ConfigError for another section's setting, which changes nothing."""
    if names[0] == SECTION:
        return names
    if len(names) > 1 and names[0] in Config.model_fields:
        raise ConfigError((f"--set {change}: only settings of mood count in a replay",))
    return [SECTION, *names]


def scalar(text: str, change: str) -> Any:
    """As YAML reads it. Raises ConfigError."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError((f"--set {change}: {text!r} is no YAML value",)) from error


def put(data: dict[str, Any], names: list[str], value: Any) -> None:
    """Sets what is nested so deep; the schema finds what should not be there."""
    for name in names[:-1]:
        inner = data.get(name)
        if not isinstance(inner, dict):
            inner = data[name] = {}
        data = inner
    data[names[-1]] = value
