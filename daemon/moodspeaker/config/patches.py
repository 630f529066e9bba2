"""Sections of which every field may be left out, to be laid over a whole one."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pydantic import create_model, model_serializer

from moodspeaker.config.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SerializerFunctionWrapHandler


class Patch(Section):
    """Holds what was set, a null included; dumps nothing else."""

    @model_serializer(mode="wrap")
    def only_what_was_set(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A default must not look like a choice."""
        return {key: value for key, value in handler(self).items() if key in self.model_fields_set}


def patch_of(section: type[Section]) -> type[Patch]:
    """The same fields with the same constraints, in inner sections too; no rules between them."""
    fields: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            inner = patch_of(kind)
            fields[name] = (inner, inner())
        else:
            fields[name] = (kind, deepcopy(field))
    return create_model(
        f"{section.__name__}Patch", __base__=Patch, __doc__=section.__doc__, **fields
    )


def laid_over(base: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Two dumps as one: what `patch` holds wins, at any depth."""
    return {**base} | {
        key: laid_over(base.get(key, {}), value) if isinstance(value, dict) else value
        for key, value in patch.items()
    }
