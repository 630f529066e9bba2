"""Models that come without a manifest or record of ours, as other projects publish them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.errors import ModelError
from moodspeaker.vision.manifest import InputSpec, Manifest, parse_manifest, sha256_of
from moodspeaker.vision.tflite import TfliteModel
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.measuring.ops import op_names
from moodspeaker_convert.measuring.scorers import (
    NetworkScorer,
    TfliteScorer,
    check_width,
    open_scorer,
)
from moodspeaker_convert.networks.loading import load_network
from moodspeaker_convert.training.run_files import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker_convert.measuring.scorers import Scorer


@dataclass(frozen=True, slots=True)
class Described:
    """What nobody can read from a bare file: its labels, and that it sees (pixel - mean) / std."""

    labels: tuple[str, ...]
    mean: float
    std: float


def open_model(
    path: Path, runtime: str, manifest: Path | None = None, described: Described | None = None
) -> Scorer:
    """The model at `path`, with `manifest` for its own, or `described` where it has none.

    The sha256 of a `manifest` that is given by name is not checked. Raises ModelError,
    ToolkitError or DataError.
    """
    if not path.exists():
        raise ToolkitError(f"{path} is missing", "name a model file")
    if path.suffix != ".tflite":
        if described is None or path.with_name("training.json").is_file():
            return open_scorer(path, runtime)
        return bare_network(path, described)
    if manifest is None and path.with_suffix(".json").is_file():
        return open_scorer(path, runtime)
    if manifest is None and described is None:
        raise ToolkitError(
            f"{path} has no manifest beside it", "give --manifest, or --label-names, --mean, --std"
        )
    model = TfliteModel(path, runtime)
    found = read_manifest(manifest) if manifest else bare_manifest(path, model, described)
    check_width(path, model.output_shape[-1], found.labels)
    return TfliteScorer(model, found)


def bare_network(path: Path, described: Described) -> NetworkScorer:
    """A Keras file or SavedModel by what was said of it. Raises ToolkitError, ModelError."""
    network = load_network(path)
    check_width(path, network.width, described.labels)
    height, width, channels = network.input_shape
    spec = InputSpec(
        height, width, channels, "grey", described.mean, described.std, "none", margin=0.0
    )
    return NetworkScorer(network, described.labels, spec)


def read_manifest(path: Path) -> Manifest:
    """A manifest under any name. Raises DataError, ModelError."""
    content = read_json(path, "name a manifest")
    try:
        return parse_manifest(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} is no usable manifest: {error!r}", "name another") from error


def bare_manifest(path: Path, model: TfliteModel, described: Described | None) -> Manifest:
    """A manifest from the file's shapes and what was said of it."""
    if described is None:
        raise ToolkitError(f"{path} has no manifest", "give --label-names, --mean, --std")
    shape = model.input_shape
    if len(shape) != 4 or shape[0] != 1 or shape[3] not in (1, 3):
        raise ModelError(f"{path} takes {shape}", "wanted: (1, height, width, 1 or 3)")
    height, width, channels = shape[1:]
    spec = InputSpec(
        height, width, channels, "grey", described.mean, described.std, "none", margin=0.0
    )
    # A QUANTIZE or DEQUANTIZE may follow it.
    softmax = any(op.name == "SOFTMAX" for op in op_names(path)[-2:])
    points = ((0.0, 0.0),) * len(described.labels)
    return Manifest(path.stem, described.labels, spec, softmax, 1.0, points, sha256_of(path))
