"""TensorFlow, Keras and PyTorch, imported only where they are needed: they take seconds."""

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


def torch() -> Any:
    """The torch module. Raises ToolkitError."""
    return imported("torch", "pip install torch, or train with --engine keras")


def imported(name: str, remedy: str = "pip install 'moodspeaker[convert]'") -> Any:
    """A module that is only needed here. Raises ToolkitError.

    tflite-runtime 2.14 loads no model ("vector::reserve") where TensorFlow was imported first,
    so it goes first where it is installed.
    """
    with contextlib.suppress(ImportError):
        importlib.import_module("tflite_runtime.interpreter")
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ToolkitError(f"{name} cannot be imported: {error}", remedy) from error
