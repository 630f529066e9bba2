"""A small JSON file that is there whole or not at all, a power cut included."""

from __future__ import annotations

import json
import os
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

DRAFTING = Lock()
"""One at a time: two of the same file would write into one another's draft."""


def read_json(path: Path, missing: object) -> Any:
    """Its content, `missing` where there is no such file. Raises OSError and ValueError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return missing
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def write_json(path: Path, content: object) -> None:
    """Has reached the disk, its name too, when this returns. May be called from any thread.

    Raises OSError, and `path` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with DRAFTING:
        with draft.open("w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        settle(path.parent)


def settle(folder: Path) -> None:
    """What was renamed or removed there stays so through a power cut. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
