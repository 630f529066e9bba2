"""A Keras network as a PyTorch module with the same weights.

On two cores a step took 0.3 to 1 times as long as with Keras on TensorFlow, the less the wider the
net, and 0.6 times as long as with Keras on PyTorch; and it is what machines with a GPU have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

LAYERS = frozenset(
    ("InputLayer", "Conv2D", "BatchNormalization", "ReLU", "Add", "GlobalAveragePooling2D")
) | {"Dropout", "Dense"}


@dataclass(frozen=True, slots=True)
class Step:
    """One Keras layer: its name, its kind, and the layers that feed it."""

    name: str
    kind: str
    sources: tuple[str, ...]


def twin_of(model: Any) -> Any:
    """A torch.nn.Module from NCHW pictures to logits: the last layer's softmax is left out.

    Raises ToolkitError for a layer that has no counterpart here.
    """
    torch = backends.torch()
    steps = steps_of(model)
    # By place: Keras numbers its layers on through the life of a process.
    parts = [part_of(model.get_layer(step.name), step) for step in steps]

    class Twin(torch.nn.Module):  # type: ignore[misc, name-defined]
        """Walks the Keras graph in its own order."""

        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(parts)

        def forward(self, image: Any) -> Any:
            values: dict[str, Any] = {}
            for step, part in zip(steps, self.parts, strict=True):
                given = [values[source] for source in step.sources] or [image]
                values[step.name] = part(sum(given[1:], given[0]))
            return values[steps[-1].name]

    twin = Twin()
    put_weights(twin, model)
    return twin.to(memory_format=torch.channels_last)


def put_weights(twin: Any, model: Any) -> None:
    """Copies the Keras model's weights into its twin."""
    torch = backends.torch()
    with torch.no_grad():
        for step, tensors in tensors_of(twin, model):
            for tensor, value in zip(
                tensors, model.get_layer(step.name).get_weights(), strict=True
            ):
                tensor.copy_(torch.from_numpy(np.ascontiguousarray(turned(value))))


def take_weights(twin: Any, model: Any) -> list[NDArray[np.float32]]:
    """The twin's weights, in the order of `model.get_weights()`."""
    taken = []
    for _, tensors in tensors_of(twin, model):
        taken += [turned_back(tensor.detach().cpu().numpy()) for tensor in tensors]
    return taken


def steps_of(model: Any) -> tuple[Step, ...]:
    """The layers of a functional Keras model, each after those that feed it."""
    steps = tuple(
        Step(layer["name"], layer["class_name"], tuple(histories(layer["inbound_nodes"])))
        for layer in model.get_config()["layers"]
    )
    strange = [step for step in steps if step.kind not in LAYERS]
    if strange:
        raise ToolkitError(
            f"--engine torch has no layer {strange[0].kind}", "train with --engine keras"
        )
    return steps


def histories(node: Any) -> Iterator[str]:
    """The names of the layers whose outputs stand anywhere in a node's arguments."""
    if isinstance(node, dict):
        if "keras_history" in node:
            yield node["keras_history"][0]
        node = list(node.values())
    if isinstance(node, list | tuple):
        for part in node:
            yield from histories(part)


def part_of(layer: Any, step: Step) -> Any:
    """The torch module that does what a Keras layer does."""
    nn = backends.torch().nn
    if step.kind == "Conv2D":
        return convolution(layer)
    if step.kind == "BatchNormalization":
        width = layer.input.shape[-1]
        return nn.BatchNorm2d(width, eps=layer.epsilon, momentum=1 - layer.momentum)
    if step.kind == "GlobalAveragePooling2D":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    if step.kind == "Dense":
        return nn.Linear(layer.input.shape[-1], layer.units)
    if step.kind == "Dropout":
        return nn.Dropout(layer.rate)
    return nn.ReLU() if step.kind == "ReLU" else nn.Identity()


def convolution(layer: Any) -> Any:
    """Keras pads `same` by what the last stride needs, more at the bottom right than before."""
    nn = backends.torch().nn
    channels, size, stride = layer.input.shape[-1], layer.kernel_size[0], layer.strides[0]
    if layer.activation.__name__ != "linear" or layer.kernel_size[1] != size:
        raise ToolkitError(
            f"--engine torch cannot do the layer {layer.name}", "train with --engine keras"
        )
    before, after = (
        padding(layer.input.shape[1], size, stride) if layer.padding == "same" else (0, 0)
    )
    even = before if before == after else 0
    made = nn.Conv2d(channels, layer.filters, size, stride, even, bias=layer.use_bias)
    if before == after:
        return made
    return nn.Sequential(nn.ZeroPad2d((before, after, before, after)), made)


def padding(side: int, size: int, stride: int) -> tuple[int, int]:
    """Zeros before and after a side of `side` pixels."""
    whole = max((-(-side // stride) - 1) * stride + size - side, 0)
    return whole // 2, whole - whole // 2


def tensors_of(twin: Any, model: Any) -> Iterator[tuple[Step, list[Any]]]:
    """The tensors of each layer with weights, in Keras' order."""
    for step, part in zip(steps_of(model), twin.parts, strict=True):
        if step.kind == "BatchNormalization":
            yield step, [part.weight, part.bias, part.running_mean, part.running_var]
        elif step.kind in ("Conv2D", "Dense"):
            yield step, list(part.parameters())


def turned(value: NDArray[np.float32]) -> NDArray[np.float32]:
    """Keras' order of axes, (..., in, out), to PyTorch's, (out, in, ...)."""
    return np.moveaxis(value, (-1, -2), (0, 1)) if value.ndim > 1 else value


def turned_back(value: NDArray[np.float32]) -> NDArray[np.float32]:
    """PyTorch's order of axes to Keras'."""
    return np.moveaxis(value, (0, 1), (-1, -2)) if value.ndim > 1 else value
