"""Where a network looks: Grad-CAM (Selvaraju and others, arXiv 1610.02391)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks.network import KerasNetwork

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.networks.network import Network

# What they give is the convolutions' map again, thinned out.
THINNING = ("Pool", "Dropout", "Input", "Padding")


class GradCam:
    """One model and one of its layers, for any number of faces."""

    def __init__(self, model: Any, layer: str | None = None) -> None:
        """`layer` is the name of a layer that gives maps; without one it is the last such.

        The last is the one behind the last convolution, with the normalisation, short cut and
        ReLU that belong to it. Raises ToolkitError, which lists the layers.
        """
        self.layer = map_layer(model, layer)
        watched = model.get_layer(self.layer).output
        self._both = backends.keras().Model(model.inputs, [watched, before_softmax(model)])

    def heat(self, face: NDArray[np.float32], label: int) -> NDArray[np.float32]:
        """What speaks for `label`, 0..1 in the layer's own size f32[h,w]; all 0 where nothing does.

        `face` is f32[1,height,width,channels] as the network sees it, `label` an index.
        """
        tf = backends.tensorflow()
        image = tf.convert_to_tensor(face)
        with tf.GradientTape() as tape:
            # A tape follows nothing by itself in a model whose weights are frozen.
            tape.watch(image)
            maps, scores = self._both(image, training=False)
            score = scores[:, label]
        slopes = tape.gradient(score, maps)
        return weighted(maps[0].numpy(), slopes[0].numpy())


def keras_model(network: Network) -> Any:
    """The Keras model of a network, without what was put round it. Raises ToolkitError."""
    if not isinstance(network, KerasNetwork):
        raise ToolkitError(
            f"{network.name} is no Keras 3 model, so its layers cannot be watched",
            "save it as .keras with Keras 3",
        )
    model = network.model
    # A size that was left open is fixed by an input and the whole model as its only layer.
    while len(model.layers) == 2 and hasattr(model.layers[1], "layers"):
        model = model.layers[1]
    return model


def weighted(maps: NDArray[np.float32], slopes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The channels of `maps` [h,w,c] added up by their mean slope, what is below 0 left out."""
    total = np.maximum(maps @ slopes.mean(axis=(0, 1)), 0)
    highest = float(total.max())
    heat: NDArray[np.float32] = total / highest if highest > 0 else total
    return heat


def map_layer(model: Any, wanted: str | None) -> str:
    """The name of the layer to watch. Raises ToolkitError, which lists those that there are."""
    names = [layer.name for layer in model.layers if gives_map(layer)]
    if not names:
        raise ToolkitError(f"{model.name} has no layer that gives maps", "name a convolutional one")
    if wanted is not None and wanted not in names:
        raise ToolkitError(
            f"no layer {wanted!r} that gives maps", f"choose from {', '.join(names)}"
        )
    return wanted or names[-1]


def gives_map(layer: Any) -> bool:
    """Whether a layer's output is f32[n,h,w,c] and more than its input thinned out."""
    shape = getattr(layer.output, "shape", ())
    return len(shape) == 4 and not any(word in type(layer).__name__ for word in THINNING)


def before_softmax(model: Any) -> Any:
    """The scores that the model's softmax gets; its slopes vanish where the model is sure."""
    keras, last = backends.keras(), model.layers[-1]
    if isinstance(last, keras.layers.Softmax):
        return last.input
    if getattr(last, "activation", None) is not keras.activations.softmax:
        return model.outputs[0]
    linear = type(last).from_config(last.get_config() | {"activation": "linear"})
    scores = linear(last.input)
    linear.set_weights(last.get_weights())
    return scores
