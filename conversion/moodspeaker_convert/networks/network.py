"""What the toolkit needs of a trained network, and the kind that Keras 3 holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker_convert.networks.layers import Shape

# Numbers in one batch: 256 small grey pictures, 27 of 224x224x3.
BATCH_NUMBERS = 4_000_000
LARGEST_BATCH = 256
TOLERANCE = 1e-3


class Network(Protocol):
    """One picture in, one probability a class out."""

    @property
    def name(self) -> str:
        """What its makers called it."""

    @property
    def input_shape(self) -> Shape:
        """Height, width and channels of a picture."""

    @property
    def width(self) -> int:
        """Classes."""

    @property
    def parameters(self) -> int:
        """Trained numbers."""

    def predict(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[n, width] of inputs float32[n, height, width, channels]."""


@dataclass(frozen=True, slots=True)
class KerasNetwork:
    """A Keras 3 model with one picture as its input."""

    model: Any

    @property
    def name(self) -> str:
        """The model's name."""
        return str(self.model.name)

    @property
    def input_shape(self) -> Shape:
        """Height, width and channels."""
        height, width, channels = self.model.inputs[0].shape[1:]
        return int(height), int(width), int(channels)

    @property
    def width(self) -> int:
        """Classes."""
        return int(self.model.outputs[0].shape[-1])

    @property
    def parameters(self) -> int:
        """Trained numbers."""
        return int(self.model.count_params())

    def predict(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """In batches that fit into memory."""
        size = batch_size(self.input_shape)
        return np.asarray(self.model.predict(inputs, batch_size=size, verbose=0), np.float32)


def pictured(model: Any, path: Path, size: tuple[int, int] | None) -> Any:
    """`model` with its picture's size fixed and its batch open.

    Raises ToolkitError for any other input or output.
    """
    inputs, outputs = ends_of(model)
    check_ends(path, [tuple(one.shape) for one in inputs], [tuple(one.shape) for one in outputs])
    shape = fixed_shape(path, tuple(inputs[0].shape), size)
    if tuple(inputs[0].shape) == (None, *shape):
        return model
    keras = backends.keras()
    image = keras.Input(shape)
    try:
        return keras.Model(image, model(image), name=model.name)
    except ValueError as error:
        raise ToolkitError(
            f"{path} cannot take pictures of {shape}: {first_line(error)}", "give another size"
        ) from error


def ends_of(model: Any) -> tuple[list[Any], list[Any]]:
    """The input and output tensors; none of a model that was never built."""
    try:
        return list(model.inputs or ()), list(model.outputs or ())
    except (AttributeError, ValueError):
        return [], []


def check_ends(path: Path, inputs: list[Any], outputs: list[Any]) -> None:
    """Raises ToolkitError unless shapes tell of one picture in and one row of classes out."""
    remedy = "export the part that turns one picture into one row of probabilities"
    if len(inputs) != 1 or len(outputs) != 1:
        raise ToolkitError(
            f"{path} has {len(inputs)} inputs and {len(outputs)} outputs, not one of each", remedy
        )
    if len(inputs[0]) != 4 or inputs[0][-1] not in (1, 3):
        raise ToolkitError(
            f"{path} takes {inputs[0]}, not pictures (batch, height, width, 1 or 3 channels)",
            remedy,
        )
    if len(outputs[0]) != 2 or outputs[0][-1] is None or outputs[0][-1] < 2:
        raise ToolkitError(f"{path} gives {outputs[0]}, not (batch, classes)", remedy)


def fixed_shape(path: Path, shape: tuple[Any, ...], size: tuple[int, int] | None) -> Shape:
    """Height, width, channels, with open sizes from `size`. Raises ToolkitError."""
    _, height, width, channels = shape
    wanted = size or (height, width)
    if None in wanted:
        raise ToolkitError(f"{path} leaves the picture's size open", "give height and width")
    for own, asked in zip((height, width), wanted, strict=True):
        if own not in (None, asked):
            raise ToolkitError(
                f"{path} takes pictures of {height}x{width}, not {wanted[0]}x{wanted[1]}",
                "leave the size to the network",
            )
    return int(wanted[0]), int(wanted[1]), int(channels)


def check_outputs(network: Network) -> None:
    """Raises ToolkitError unless random pictures give probabilities."""
    if isinstance(network, KerasNetwork) and last_activation(network.model) == "softmax":
        return
    rng = np.random.default_rng(0)
    outputs = network.predict(rng.uniform(-1, 1, (4, *network.input_shape)).astype(np.float32))
    # A comparison with NaN is false, so that it is refused too.
    if not ((outputs >= 0).all() and (np.abs(outputs.sum(axis=1) - 1) <= TOLERANCE).all()):
        raise ToolkitError(
            f"{network.name} does not end in a softmax: its outputs are no probabilities",
            "add a softmax layer at its end, and save again",
        )


def last_activation(model: Any) -> str:
    """The name of what the last layer applies; empty where it does not say."""
    last = model.layers[-1]
    if hasattr(last, "layers"):
        return last_activation(last)
    if type(last).__name__ == "Softmax":
        return "softmax"
    return str(getattr(getattr(last, "activation", None), "__name__", ""))


def batch_size(shape: Shape) -> int:
    """How many pictures of `shape` go through at once."""
    return max(1, min(LARGEST_BATCH, BATCH_NUMBERS // (shape[0] * shape[1] * shape[2])))


def first_line(error: BaseException) -> str:
    """The first line of what an error says, cut where it is long."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
