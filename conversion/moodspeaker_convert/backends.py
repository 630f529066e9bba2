"""TensorFlow and Keras, imported only when something trains or converts: they take seconds."""

from __future__ import annotations

import importlib
from typing import Any

from moodspeaker_convert.errors import ToolkitError


def keras() -> Any:
    """The keras module. Raises ToolkitError."""
    return imported("keras")


def tensorflow() -> Any:
    """The tensorflow module. Raises ToolkitError."""
    return imported("tensorflow")


def imported(name: str) -> Any:
    """A module that comes with the convert extra. Raises ToolkitError."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ToolkitError(
            f"{name} cannot be imported: {error}", "pip install 'moodspeaker[convert]'"
        ) from error
