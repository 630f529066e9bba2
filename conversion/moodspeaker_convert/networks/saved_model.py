"""SavedModel folders, of whatever Keras or TensorFlow wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks.network import (
    batch_size,
    check_ends,
    first_line,
    fixed_shape,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker_convert.networks.layers import Shape

SIGNATURE = "serving_default"


@dataclass(frozen=True, slots=True)
class SavedNetwork:
    """A signature with one picture as its input. `batch` is None where any number goes in.

    `kept` is what must live as long as the network: the loaded folder, and where it lies.
    """

    name: str
    input_shape: Shape
    width: int
    signature: Any
    batch: int | None
    kept: tuple[Any, ...]

    @property
    def parameters(self) -> int:
        """Numbers in the variables that the signature reads."""
        return sum(int(np.prod(variable.shape)) for variable in self.signature.variables)

    def predict(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """In batches that fit into memory, or as the signature fixes them."""
        size = self.batch or batch_size(self.input_shape)
        starts = range(0, len(inputs), size)
        rows = [self.rows(inputs[start : start + size], size) for start in starts]
        return np.concatenate(rows) if rows else np.empty((0, self.width), np.float32)

    def rows(self, inputs: NDArray[np.float32], size: int) -> NDArray[np.float32]:
        """One batch; a short one is filled up where the signature wants all of `size`."""
        missing = size - len(inputs) if self.batch else 0
        filled = np.concatenate([inputs, np.repeat(inputs[:1], missing, axis=0)])
        return np.asarray(self.call(filled), np.float32)[: len(inputs)]

    def call(self, values: Any) -> Any:
        """The output tensor of an input tensor."""
        (given,) = self.signature.structured_input_signature[1]
        tensor = backends.tensorflow().convert_to_tensor(values, "float32")
        (output,) = self.signature(**{given: tensor}).values()
        return output

    def frozen(self) -> Any:
        """A function of one picture (1, height, width, channels) that holds its weights."""
        tf = backends.tensorflow()
        freezing = backends.imported("tensorflow.python.framework.convert_to_constants")
        spec = tf.TensorSpec((1, *self.input_shape), tf.float32)
        one = tf.function(self.call).get_concrete_function(spec)
        return freezing.convert_variables_to_constants_v2(one)


def open_folder(
    path: Path, size: tuple[int, int] | None = None, *, name: str = "", keep: Any = None
) -> SavedNetwork:
    """The network in a folder, called `name` or as the folder is. Raises ToolkitError.

    `keep` lives as long as the network.
    """
    loaded = load(path)
    signature = loaded.signatures[SIGNATURE]
    given = list(signature.structured_input_signature[1].values())
    outputs = list(signature.structured_outputs.values())
    check_ends(path, [shape_of(one) for one in given], [shape_of(one) for one in outputs])
    shape = shape_of(given[0])
    if given[0].dtype.name != "float32" or shape[0] not in (None, 1):
        raise ToolkitError(
            f"{path} takes {shape} {given[0].dtype.name}, not any number of float32 pictures",
            "export it again with a float32 input whose batch is open",
        )
    picture, width = fixed_shape(path, shape, size), shape_of(outputs[0])[-1]
    return SavedNetwork(name or path.name, picture, width, signature, shape[0], (loaded, keep))


def load(path: Path) -> Any:
    """The loaded folder, which has our signature. Raises ToolkitError."""
    tf = backends.tensorflow()
    try:
        loaded = tf.saved_model.load(str(path))
    except (OSError, ValueError, KeyError, RuntimeError, tf.errors.OpError) as error:
        raise ToolkitError(
            f"{path} is no SavedModel folder, or damaged: {first_line(error)}",
            "name a folder that holds saved_model.pb and variables",
        ) from error
    if SIGNATURE not in getattr(loaded, "signatures", {}):
        raise ToolkitError(f"{path} has no signature {SIGNATURE}", "export it with model.export")
    return loaded


def shape_of(spec: Any) -> tuple[Any, ...]:
    """A tensor's shape with None for what is open; empty where even the rank is."""
    return tuple(spec.shape) if spec.shape.rank is not None else ()
