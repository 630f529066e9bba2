"""Libraries that only the analysis of audio needs, imported when it begins."""

from __future__ import annotations

import importlib
from typing import Any

from moodspeaker.errors import LibraryError


def optional(name: str) -> Any:
    """The module. Raises LibraryError where it is not installed."""
    try:
        return importlib.import_module(name)
    # soundfile raises OSError where its C library is missing.
    except (ImportError, OSError) as error:
        raise LibraryError(
            f"{name} cannot be imported: {error}", "pip install 'moodspeaker[library]'"
        ) from error
