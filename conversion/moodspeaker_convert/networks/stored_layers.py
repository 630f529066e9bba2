"""The weights in a Keras file, layer by layer, without building its network."""

from __future__ import annotations

import io
import math
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """A layer's name and its arrays, in the order in which Keras keeps them."""

    name: str
    arrays: tuple[Any, ...]

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """The arrays' shapes."""
        return tuple(tuple(array.shape) for array in self.arrays)

    @property
    def kind(self) -> tuple[int, ...]:
        """The arrays' ranks: convolutions, dense and normalising layers all differ in it."""
        return tuple(len(shape) for shape in self.shapes)

    @property
    def size(self) -> int:
        """Numbers in all arrays together."""
        return sum(math.prod(shape) for shape in self.shapes)


def read(path: Path) -> list[StoredLayer]:
    """The layers that hold weights. Raises OSError, ValueError, KeyError or BadZipFile."""
    h5py = backends.imported("h5py")
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            content = io.BytesIO(archive.read("model.weights.h5"))
        with h5py.File(content, "r") as file:
            return newer(file)
    with h5py.File(path, "r") as file:
        root = file.get("model_weights", file)
        return older(root) if names_in(root, "layer_names") else newer(file)


def older(root: Any) -> list[StoredLayer]:
    """Of a .h5 or .hdf5: a group for each layer; an inner model is one group of all its weights."""
    found: dict[str, list[Any]] = {}
    for layer in names_in(root, "layer_names"):
        group = root[layer]
        for weight in names_in(group, "weight_names"):
            # "block1_conv1/kernel:0" in one, "vgg16/block1_conv1/kernel:0" in the other.
            owner = weight.split("/")[-2] if "/" in weight else layer
            if "seed_generator" not in weight:
                found.setdefault(owner, []).append(group[weight][()])
    return [StoredLayer(name, tuple(arrays)) for name, arrays in found.items()]


def names_in(group: Any, attribute: str) -> list[str]:
    """A list of names, which Keras cuts in numbered pieces where it is long."""
    keys = [key for key in group.attrs if re.fullmatch(attribute + r"\d*", key)]
    keys.sort(key=numbers_apart)
    names = (name for key in keys for name in group.attrs[key])
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


def newer(file: Any) -> list[StoredLayer]:
    """Of a .weights.h5: a group `vars` for each layer, which tells the layer's name."""
    found: list[tuple[str, StoredLayer]] = []

    def visit(path: str, group: Any) -> None:
        if not path.endswith("/vars") or not path.startswith("layers/") or not len(group):
            return
        name = str(group.attrs.get("name", path.split("/")[-2]))
        if "seed_generator" not in path:
            arrays = tuple(group[key][()] for key in sorted(group, key=int))
            found.append((path, StoredLayer(name, arrays)))

    file.visititems(visit)
    if not found:
        raise ValueError("no layer with weights in it")
    return [layer for _, layer in sorted(found, key=lambda one: numbers_apart(one[0]))]


def numbers_apart(text: str) -> list[int | str]:
    """A key that sorts conv2d, conv2d_2, conv2d_10 in this order."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text)]
