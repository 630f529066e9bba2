"""Trained networks from their files: .keras, .h5 and .hdf5 of Keras 2 and 3, SavedModel folders."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks import legacy, network, saved_model
from moodspeaker_convert.networks.file_facts import facts_of
from moodspeaker_convert.networks.network import KerasNetwork

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker_convert.networks.file_facts import FileFacts
    from moodspeaker_convert.networks.network import Network


def load_network(path: Path, size: tuple[int, int] | None = None) -> Network:
    """The network at `path`, ready to predict and to convert.

    `size` is (height, width), for a network that leaves them open. Raises ToolkitError for what
    does not load, does not take one picture, or does not end in a softmax.
    """
    if path.is_dir():
        found: Network = saved_model.open_folder(path, size)
    else:
        found = from_file(path, size)
    network.check_outputs(found)
    return found


def load_keras(path: Path) -> Any:
    """A Keras model that Keras 3 can hold, ready to predict. Raises ToolkitError."""
    return load_model(path, facts_of(path))


def from_file(path: Path, size: tuple[int, int] | None) -> Network:
    """A Keras file's network, through tf-keras where Keras 3 cannot. Raises ToolkitError."""
    facts = facts_of(path)
    try:
        model = load_model(path, facts)
    except ToolkitError:
        if not facts.legacy:
            raise
        return legacy.through_tf_keras(path, size)
    return KerasNetwork(network.pictured(model, path, size))


def load_model(path: Path, facts: FileFacts) -> Any:
    """By Keras 3, with stand-ins for layers whose old settings it refuses. Raises ToolkitError."""
    keras = backends.keras()
    if facts.legacy:
        # What the plain way cannot load shows again below, or in tf-keras.
        with contextlib.suppress(*LOADING_ERRORS):
            return keras.models.load_model(path, compile=False)
    stand_ins = legacy.stand_ins() if facts.legacy else None
    try:
        return keras.models.load_model(path, custom_objects=stand_ins, compile=False)
    except LOADING_ERRORS as error:
        raise ToolkitError(
            f"{path} does not load: {network.first_line(error)}",
            "save it with Keras 3, of layers that Keras itself has",
        ) from error


LOADING_ERRORS = (
    OSError, ValueError, TypeError, KeyError, AttributeError, ImportError, IndexError, RuntimeError,
)  # fmt: skip
