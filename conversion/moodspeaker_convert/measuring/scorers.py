"""Models that can be measured: a TFLite file with its manifest, or a Keras file with its record."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from tqdm import tqdm

from moodspeaker.errors import ModelError
from moodspeaker.vision.emotion import probabilities
from moodspeaker.vision.manifest import load_manifest
from moodspeaker.vision.preprocess import network_input
from moodspeaker.vision.tflite import TfliteModel
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.networks.loading import load_network
from moodspeaker_convert.training.run_files import read_record

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.vision.manifest import InputSpec, Manifest
    from moodspeaker_convert.networks.network import Network

KERAS_FILES = (".keras", ".h5", ".hdf5")
# Pictures that are network tensors at once: a big network wants 600 KB for each.
BLOCK = 512


class Scorer(Protocol):
    """Gives each of its labels a probability."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the columns of `scores`."""

    @property
    def runtime(self) -> str:
        """What runs the model."""

    def scores(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """float64[n, labels], rows summing to 1, of grey faces u8[n, any height, any width]."""


@dataclass(frozen=True, slots=True)
class TfliteScorer:
    """Runs a TFLite file face by face, as the device does."""

    model: TfliteModel
    manifest: Manifest

    @property
    def labels(self) -> tuple[str, ...]:
        """The manifest's labels."""
        return self.manifest.labels

    @property
    def runtime(self) -> str:
        """The interpreter that was found."""
        return self.model.runtime

    def scores(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Probabilities after the manifest's temperature."""
        softmax, temperature = self.manifest.softmax, self.manifest.temperature
        outputs = raw_outputs(self.model, images, self.manifest.input)
        step = self.model.output_step
        return np.stack([probabilities(one, softmax, temperature, step) for one in outputs])


@dataclass(frozen=True, slots=True)
class NetworkScorer:
    """Runs a trained network in batches; it ends in a softmax."""

    network: Network
    labels: tuple[str, ...]
    input: InputSpec
    runtime: str = "keras"

    def scores(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The network's own output."""
        parts = [
            self.network.predict(network_inputs(images[start : start + BLOCK], self.input))
            for start in range(0, len(images), BLOCK)
        ]
        whole: NDArray[np.float64] = np.concatenate(parts).astype(np.float64)
        return whole


def open_scorer(path: Path, runtime: str = "auto") -> Scorer:
    """The model at `path`, by its suffix. Raises ModelError, ToolkitError or DataError."""
    if path.suffix == ".tflite":
        manifest = load_manifest(path)
        model = TfliteModel(path, runtime)
        check_width(path, model.outputs[0]["shape"][-1], manifest.labels)
        return TfliteScorer(model, manifest)
    if path.is_dir() or path.suffix in KERAS_FILES:
        return open_keras(path)
    raise ToolkitError(
        f"{path} is neither .tflite nor {', '.join(KERAS_FILES)}, nor a SavedModel folder",
        "name a model file",
    )


def open_keras(path: Path) -> NetworkScorer:
    """A trained network beside its training.json. Raises ModelError, ToolkitError or DataError."""
    record = read_record(path)
    network = load_network(path)
    check_width(path, network.width, record.labels)
    return NetworkScorer(network, record.labels, record.input)


def raw_outputs(
    model: TfliteModel, images: NDArray[np.uint8], spec: InputSpec
) -> NDArray[np.float32]:
    """The first output for each face, float32[n, labels], before any temperature."""
    shape = (1, spec.height, spec.width, spec.channels)
    if model.input_shape != shape:
        raise ModelError(f"the model takes {model.input_shape}, not {shape}", "convert again")
    quiet = None if len(images) > 500 and sys.stderr.isatty() else True
    faces = tqdm(images, desc=model.runtime, unit="face", disable=quiet)
    return np.stack([model.run(network_input(face, spec))[0][0] for face in faces])


def check_width(path: Path, width: int, labels: tuple[str, ...]) -> None:
    """Raises ModelError unless there is one output a label."""
    if width != len(labels):
        raise ModelError(f"{path} gives {width} numbers for {len(labels)} labels", "convert again")
