"""The schema as a commented YAML file, and a config back as YAML."""

from __future__ import annotations

import textwrap
import types
import typing
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel

from moodspeaker.config.schema import Config

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

HEAD = """\
# moodspeaker: every key, with its meaning, range and default.
# Every key may be left out, and so may the file's whole text.
# Check a changed file with `moodspeaker check-config FILE`.
"""


def documented_yaml() -> str:
    """`config/moodspeaker.yaml`: all defaults, a comment above each key."""
    return HEAD + "\n".join(section_lines(Config(), 0)) + "\n"


def as_yaml(config: Config) -> str:
    """The effective config; it holds paths of password files, never passwords."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def section_lines(section: BaseModel, depth: int) -> list[str]:
    """The lines of one section and of those inside it."""
    pad, lines = "  " * depth, []
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            meaning = " ".join((type(value).__doc__ or "").split())
            lines += ["", *comment(meaning, pad), f"{pad}{name}:", *section_lines(value, depth + 1)]
        else:
            text = f"{field.description} [{limits(field)}]"
            shown = [*comment(text, pad), *example_lines(name, field, pad)]
            lines += [*([""] if field.examples else []), *shown, f"{pad}{name}: {scalar(value)}"]
    return lines


def example_lines(name: str, field: FieldInfo, pad: str) -> list[str]:
    """The field with its example, as comment lines; nothing where it has none."""
    if not field.examples:
        return []
    text = yaml.safe_dump({name: field.examples[0]}, sort_keys=False)
    return [f"{pad}# {line}" for line in text.splitlines()]


def comment(text: str, pad: str) -> list[str]:
    """`text` as comment lines of at most 100 characters."""
    return [f"{pad}# {line}" for line in textwrap.wrap(text, 96 - len(pad), break_on_hyphens=False)]


def limits(field: FieldInfo) -> str:
    """Type, range and choices in a few words."""
    bounds = {type(item).__name__: item for item in all_metadata(field)}
    words = [kind_of(field.annotation)]
    for name, sign in (("Ge", ">="), ("Gt", ">"), ("Le", "<="), ("MultipleOf", "multiple of")):
        if name in bounds:
            value = next(iter(vars_of(bounds[name])))
            words.append(f"{sign} {value:g}")
    return ", ".join(words)


def all_metadata(field: FieldInfo) -> list[Any]:
    """The field's own constraints and those of its annotated type."""
    inner = [
        part for arg in get_args(field.annotation) for part in getattr(arg, "__metadata__", ())
    ]
    return [*field.metadata, *inner]


def vars_of(bound: Any) -> list[float]:
    """The number of an annotated-types bound (they have one slot each)."""
    return [
        getattr(bound, name) for name in ("ge", "gt", "le", "multiple_of") if hasattr(bound, name)
    ]


def kind_of(annotation: Any) -> str:
    """A type in a word: number, whole number, text, true/false or the choices."""
    if get_origin(annotation) is Literal:
        return " | ".join(str(choice) for choice in get_args(annotation))
    if get_origin(annotation) in (types.UnionType, typing.Union):
        kinds = [kind_of(part) for part in get_args(annotation) if part is not types.NoneType]
        return " or ".join(dict.fromkeys(kinds)) + optional_of(annotation)
    if get_origin(annotation) is typing.Annotated:
        return kind_of(get_args(annotation)[0])
    if get_origin(annotation) is dict:
        return "names with settings"
    if get_origin(annotation) is tuple:
        return f"list of {kind_of(get_args(annotation)[0])}s"
    names = {bool: "true | false", int: "whole number", float: "number", str: "text"}
    return names[annotation]


def optional_of(annotation: Any) -> str:
    """Says that null is allowed, where it is."""
    return " or null" if types.NoneType in get_args(annotation) else ""


def scalar(value: object) -> str:
    """A value as it stands in YAML."""
    return yaml.safe_dump(value, default_flow_style=True).removesuffix("\n...\n").strip()


if __name__ == "__main__":
    print(documented_yaml(), end="")  # noqa: T201 - this is how config/moodspeaker.yaml is made
