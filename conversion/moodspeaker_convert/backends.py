"""TensorFlow and Keras, imported only when something trains or converts: they take seconds."""

from __future__ import annotations

import contextlib
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
    """A module that comes with the convert extra. Raises ToolkitError.

    tflite-runtime 2.14 loads no model ("vector::reserve") where TensorFlow was imported first,
    so it goes first where it is installed.
    """
    with contextlib.suppress(ImportError):
        importlib.import_module("tflite_runtime.interpreter")
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ToolkitError(
            f"{name} cannot be imported: {error}", "pip install 'moodspeaker[convert]'"
        ) from error
