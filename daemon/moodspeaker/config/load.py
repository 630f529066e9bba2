"""From a YAML file to a `Config`, or to every problem in it at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from moodspeaker.config.effective import SettingsRefused, effective
from moodspeaker.config.nodes import Document
from moodspeaker.config.problems import dotted, hint_for, message, plain_path
from moodspeaker.config.schema import Config
from moodspeaker.errors import ConfigError

if TYPE_CHECKING:
    import pathlib

    from pydantic_core import ErrorDetails


def load_config(path: pathlib.Path) -> Config:
    """Reads and checks the file.

    Raises ConfigError with every problem, a line each: `FILE:LINE section.key: problem (hint)`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError((f"{path}: not UTF-8 text (byte {error.start})",)) from error
    except OSError as error:
        hint = "give another with --config, or copy config/moodspeaker.yaml there"
        raise ConfigError((f"{path}: cannot be read: {error.strerror} ({hint})",)) from error
    return parse_config(text, str(path))


def parse_config(text: str, name: str) -> Config:
    """The same from text; `name` stands for the file in messages."""
    try:
        document = Document(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError((yaml_problem(error, name),)) from error
    problems = [
        (line, f"{name}:{line} {dotted(path)}: given twice (keep one)")
        for path, line in document.duplicates
    ]
    try:
        config = Config.model_validate_json(json.dumps(plain(document.data)), strict=True)
    except ValidationError as error:
        problems += [problem_line(item, document, name) for item in unique(error.errors())]
    else:
        problems += profile_problems(config, document, name)
    if problems:
        raise ConfigError(tuple(text for _, text in sorted(problems)))
    return config


def plain(data: Any, path: tuple[str, ...] = ()) -> Any:
    """YAML's data as JSON knows it: keys and dates as text, an empty section as `{}`."""
    if isinstance(data, dict):
        return {str(key): plain(value, (*path, str(key))) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(item, (*path, "")) for item in data]
    if data is None and (len(path) <= 1 or path[:-1] == ("profiles",)):
        return {}
    return data if isinstance(data, str | int | float | None) else str(data)


def problem_line(error: ErrorDetails, document: Document, name: str) -> tuple[int, str]:
    """(line, text) of one pydantic error."""
    path = plain_path(error["loc"], Config)
    line = document.line_of(path)
    hint = hint_for(error, path, Config)
    return line, f"{name}:{line} {dotted(path)}: {message(error)}" + (f" ({hint})" if hint else "")


def unique(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """One error a place: a union reports one for each of its members, the first says enough."""
    return list({plain_path(error["loc"], Config): error for error in reversed(errors)}.values())


def profile_problems(config: Config, document: Document, name: str) -> list[tuple[int, str]]:
    """(line, text) of each profile that does not go with what it lies over."""
    problems = []
    for profile in config.profiles:
        try:
            effective(config, profile, {}, quiet=False)
        except SettingsRefused as refused:
            path = ("profiles", profile, *refused.path)
            line = document.line_of(path)
            problems.append((line, f"{name}:{line} {dotted(path)}: {refused.what}"))
    return problems


def yaml_problem(error: Exception, name: str) -> str:
    """One line for a text that is no YAML."""
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    line = mark.line + 1 if mark else 1
    return f"{name}:{line} not YAML: {what} (check indentation, colons and quotes)"
