"""Puts weights that were learnt elsewhere into a fresh network: ImageNet's, or a file's."""

from __future__ import annotations

import contextlib
import math
import socket
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks import stored_layers, transfer
from moodspeaker_convert.networks.stored_layers import StoredLayer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moodspeaker_convert.networks.layers import Shape

STALL_SECONDS = 30.0
LEAST_SHARE = 0.5
# Standard deviations of ImageNet's channels, of pixels 0..1.
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True)
class Fit:
    """Layers of a network, each with the stored layer that it can take."""

    pairs: tuple[tuple[Any, StoredLayer], ...]

    @property
    def parameters(self) -> int:
        """Numbers that would be taken."""
        return sum(stored.size for _, stored in self.pairs)


def start_from_imagenet(model: Any, name: str, shape: Shape) -> None:
    """Downloads the base's weights and puts them into `model`. Raises ToolkitError."""
    if name not in transfer.BASES:
        raise ToolkitError(
            f"nobody trained {name} on ImageNet",
            f"give --weights none or a file, or choose from {', '.join(transfer.BASES)}",
        )
    trained = downloaded(name, shape)
    stored = [StoredLayer(layer.name, tuple(layer.get_weights())) for layer in trained.layers]
    take(model, [layer for layer in stored if layer.arrays], "ImageNet's weights")


def start_from_file(model: Any, path: str) -> None:
    """Puts a file's weights (.weights.h5, .h5, .hdf5, .keras) into `model`.

    Of a wider network of the same plan the strongest channels are taken. Raises ToolkitError.
    """
    try:
        stored = stored_layers.read(Path(path))
    except FileNotFoundError as error:
        raise ToolkitError(f"{path} is missing", "give a weights file, or none") from error
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ToolkitError(
            f"{path} holds no Keras weights: {error}", "give a .weights.h5, .h5 or .keras file"
        ) from error
    # Late: it brings numpy, and the command line that lists the networks must not wait for that.
    from moodspeaker_convert.networks import slimming  # noqa: PLC0415

    take(model, slimming.wider(model, stored) or stored, path)


def downloaded(name: str, shape: Shape) -> Any:
    """The base with ImageNet's weights, from Keras' cache or its server."""
    try:
        # Keras writes its progress to stdout, which is for results.
        with stalls_limited(), contextlib.redirect_stdout(sys.stderr):
            return transfer.base(name, shape, "imagenet")
    except ToolkitError:
        raise
    # Keras raises a bare Exception for a failed download.
    except Exception as error:
        raise ToolkitError(
            f"ImageNet's weights of {name} cannot be downloaded: {error}",
            "go online, or give --weights FILE or none",
        ) from error


@contextlib.contextmanager
def stalls_limited() -> Iterator[None]:
    """Connections that are opened meanwhile give up after STALL_SECONDS without a byte."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def take(model: Any, stored: Sequence[StoredLayer], source: str) -> None:
    """Puts in what fits, and says how much. Raises ToolkitError when that is under half."""
    layers = [layer for layer in model.layers if layer.weights]
    fit = max(by_order(layers, stored), by_name(layers, stored), key=lambda one: one.parameters)
    share = fit.parameters / model.count_params()
    if share < LEAST_SHARE:
        raise ToolkitError(
            f"{source}: only {100 * share:.0f} % of the weights of {model.name} are in there",
            "give weights of the same network, or none",
        )
    for layer, one in fit.pairs:
        # Not set_weights: some layers work out more from what they load.
        layer.load_own_variables({str(n): array for n, array in enumerate(loadable(one))})
    print(f"{source}: {len(fit.pairs)} of {len(layers)} layers taken", file=sys.stderr)


def by_name(layers: Sequence[Any], stored: Sequence[StoredLayer]) -> Fit:
    """Layers that have the same name and shapes; of the rest, what follows in order."""
    named = {one.name: one for one in stored}
    found = [(layer, named[layer.name]) for layer in layers if layer.name in named]
    pairs = [pair for pair in found if shapes_of(pair[0]) == pair[1].shapes]
    taken = {layer.name for layer, _ in pairs}
    rest = by_order(
        [layer for layer in layers if layer.name not in taken],
        [one for one in stored if one.name not in taken],
    )
    return Fit((*pairs, *rest.pairs))


def by_order(layers: Sequence[Any], stored: Sequence[StoredLayer]) -> Fit:
    """The n-th of its kind with the n-th of its kind, up to the first that differs.

    Keras numbers unnamed layers anew in every process, so that their names tell nothing. A kind
    is the ranks of a layer's arrays; newer files keep the order only within a class of layers.
    """
    pairs: list[tuple[Any, StoredLayer]] = []
    for kind in dict.fromkeys(one.kind for one in stored):
        own = [layer for layer in layers if tuple(map(len, shapes_of(layer))) == kind]
        for layer, one in zip(own, (one for one in stored if one.kind == kind), strict=False):
            if shapes_of(layer) != one.shapes:
                break
            pairs.append((layer, one))
    return Fit(tuple(pairs))


def shapes_of(layer: Any) -> tuple[tuple[int, ...], ...]:
    """The shapes of a layer's weights."""
    return tuple(tuple(weight.shape) for weight in layer.weights)


def loadable(stored: StoredLayer) -> tuple[Any, ...]:
    """The arrays, with true variances in the one layer whose public file holds deviations.

    Keras makes up for that file with one more layer in its EfficientNets, which ours lack.
    """
    if stored.shapes != ((3,), (3,), ()):
        return stored.arrays
    mean, variance, *rest = stored.arrays
    pairs = zip(variance.tolist(), IMAGENET_STD, strict=True)
    if all(math.isclose(value, std, abs_tol=1e-4) for value, std in pairs):
        variance = variance**2
    return (mean, variance, *rest)
