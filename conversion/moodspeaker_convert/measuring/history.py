"""The epochs of a training, where they lie beside a model or in its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.training.run_files import read_json

if TYPE_CHECKING:
    from pathlib import Path

History: TypeAlias = list[dict[str, float]]
REMEDY = "take the damaged file away, or train again"


def find_history(model: Path) -> History:
    """A line an epoch; empty where nothing is known of them. Raises DataError for a damaged file.

    A .keras file has history.json beside it, a .tflite file the manifest's recipe.
    """
    if model.suffix == ".keras":
        path = model.with_name("history.json")
        return checked(read_json(path, REMEDY), path) if path.exists() else []
    path = model.with_suffix(".json")
    content = read_json(path, REMEDY) if path.exists() else None
    recipe = content.get("recipe") if isinstance(content, dict) else None
    return checked(recipe.get("history", []), path) if isinstance(recipe, dict) else []


def checked(lines: Any, path: Path) -> History:
    """The lines with their numbers. Raises DataError."""
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise DataError(f"{path} holds no list of epochs", REMEDY)
    return [
        {name: float(value) for name, value in line.items() if isinstance(value, int | float)}
        for line in lines
    ]
