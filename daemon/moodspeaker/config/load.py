"""From a YAML file to a `Config`, or to every problem in it at once."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ValidationError

from moodspeaker.config.nodes import Document, KeyPath
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
    if problems:
        raise ConfigError(tuple(text for _, text in sorted(problems)))
    return config


def plain(data: Any, depth: int = 0) -> Any:
    """YAML's data as JSON knows it: keys and dates as text, an empty section as `{}`."""
    if isinstance(data, dict):
        return {str(key): plain(value, depth + 1) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(item, depth + 1) for item in data]
    if data is None and depth <= 1:
        return {}
    return data if isinstance(data, str | int | float | None) else str(data)


def problem_line(error: ErrorDetails, document: Document, name: str) -> tuple[int, str]:
    """(line, text) of one pydantic error."""
    path = plain_path(error["loc"])
    line = document.line_of(path)
    what = message(error)
    hint = hint_for(error, path)
    return line, f"{name}:{line} {dotted(path)}: {what}" + (f" ({hint})" if hint else "")


def message(error: ErrorDetails) -> str:
    """The problem in words, without pydantic's own prefix, with the value that is wrong."""
    if error["type"] == "extra_forbidden":
        return "unknown key"
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, ")
    text = error["msg"][:1].lower() + error["msg"][1:]
    shown = error["input"]
    return text if isinstance(shown, dict | list) else f"{text}, not {shown!r}"


def hint_for(error: ErrorDetails, path: KeyPath) -> str:
    """The nearest known name for a wrong one; the remedy where YAML read something unmeant."""
    if error["type"] == "extra_forbidden":
        known = keys_at(path[:-1])
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        options = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        near = difflib.get_close_matches(error["input"], options, n=1)
        return f"did you mean {near[0]}?" if near else ""
    wants_text = error["type"] in ("string_type", "literal_error")
    if wants_text and isinstance(error["input"], bool | int | float):
        return "YAML reads this as a number or a yes/no: write it in quotes"
    return ""


def keys_at(path: KeyPath) -> list[str]:
    """The keys that the schema knows in the section at `path`."""
    model: type[BaseModel] = Config
    for part in path:
        inner = model.model_fields[str(part)].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)


def plain_path(loc: tuple[str | int, ...]) -> KeyPath:
    """pydantic's location without the names it adds for the members of a union."""
    path: list[str | int] = []
    model: Any = Config
    for part in loc:
        fields = getattr(model, "model_fields", None)
        if fields is None:
            break
        path.append(part)
        model = fields[part].annotation if part in fields else None
    return tuple(path)


def unique(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """One error a place: a union reports one for each of its members, the first says enough."""
    return list({plain_path(error["loc"]): error for error in reversed(errors)}.values())


def dotted(path: KeyPath) -> str:
    """`section.key`; the whole file where there is no path."""
    return ".".join(str(part) for part in path) or "the file"


def yaml_problem(error: Exception, name: str) -> str:
    """One line for a text that is no YAML."""
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    line = mark.line + 1 if mark else 1
    return f"{name}:{line} not YAML: {what} (check indentation, colons and quotes)"
