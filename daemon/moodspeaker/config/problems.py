"""A problem of the schema in a person's words: what is wrong, where, and what was meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from moodspeaker.config.nodes import KeyPath

DAY_HOURS = 24

Place = type[BaseModel] | Any
"""What the schema has at a path: a section, a mapping of them, or anything else."""


def message(error: ErrorDetails) -> str:
    """The problem in words, without pydantic's own prefix, with the value that is wrong."""
    if error["type"] == "extra_forbidden":
        return "unknown key"
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, ")
    text = error["msg"][:1].lower() + error["msg"][1:]
    shown = error["input"]
    return text if isinstance(shown, dict | list) else f"{text}, not {shown!r}"


def hint_for(error: ErrorDetails, path: KeyPath, root: type[BaseModel]) -> str:
    """The nearest known name for a wrong one; the remedy where YAML read something unmeant."""
    if error["type"] == "extra_forbidden":
        known = keys_at(path[:-1], root)
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        options = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        near = difflib.get_close_matches(error["input"], options, n=1)
        return f"did you mean {near[0]}?" if near else ""
    wants_text = error["type"] in ("string_type", "literal_error")
    if wants_text and isinstance(error["input"], bool | int | float):
        if path[-1] == "hours":
            return hours_hint(error["input"])
        return "YAML reads this as a number or a yes/no: write it in quotes"
    return ""


def hours_hint(value: float) -> str:
    """How a time of day has to be written; without quotes 22:00 is 22 sixties to YAML."""
    hour, minute = divmod(int(value), 60)
    read = f"YAML reads {hour}:{minute:02} as this number: " if 1 <= hour <= DAY_HOURS else ""
    return f"{read}write a span in quotes, as '22:00-07:00'"


def keys_at(path: KeyPath, root: type[BaseModel]) -> list[str]:
    """The keys that the schema knows in the section at `path`."""
    place: Place = root
    for part in path:
        place = inner(place, part)
    return list(place.model_fields) if is_section(place) else []


def plain_path(loc: tuple[str | int, ...], root: type[BaseModel]) -> KeyPath:
    """pydantic's location without what it adds: names of a union's members, `[key]`."""
    path: list[str | int] = []
    place: Place = root
    for part in loc:
        if not is_section(place) and get_origin(place) is not dict:
            break
        path.append(part)
        # The name of an entry is wrong itself: pydantic goes on as if into its value.
        if get_origin(place) is dict and loc[-1] == "[key]":
            break
        place = inner(place, part)
    return tuple(path)


def inner(place: Place, part: str | int) -> Place:
    """What the schema has at the key `part` of `place`; None where it knows no such key."""
    if is_section(place):
        field = place.model_fields.get(str(part))
        return field.annotation if field else None
    return get_args(place)[1] if get_origin(place) is dict else None


def is_section(place: Place) -> bool:
    """Whether it has keys that the schema knows."""
    return isinstance(place, type) and issubclass(place, BaseModel)


def dotted(path: KeyPath) -> str:
    """`section.key`; the whole file where there is no path."""
    return ".".join(str(part) for part in path) or "the file"
