"""A small JSON file that is there whole or not at all, a power cut included."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def read_json(path: Path, missing: object) -> Any:
    """Its content, `missing` where there is no such file. Raises OSError and ValueError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return missing
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def write_json(path: Path, content: object) -> None:
    """Raises OSError, and `path` is as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
