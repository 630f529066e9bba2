"""Models that can be measured: a TFLite file with its manifest, or a Keras file with its record."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from tqdm import tqdm

from moodspeaker.errors import ModelError
from moodspeaker.vision.emotion import probabilities
from moodspeaker.vision.manifest import load_manifest
from moodspeaker.vision.preprocess import network_input
from moodspeaker.vision.tflite import TfliteModel
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.networks.loading import load_keras
from moodspeaker_convert.training.run_files import read_record

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.vision.manifest import InputSpec, Manifest


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
        return np.stack([probabilities(output, softmax, temperature) for output in outputs])


@dataclass(frozen=True, slots=True)
class KerasScorer:
    """Runs a Keras model in batches; it must end in a softmax."""

    model: Any
    labels: tuple[str, ...]
    input: InputSpec
    runtime: str = "keras"

    def scores(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The network's own output."""
        inputs = network_inputs(images, self.input)
        outputs: NDArray[np.float64] = np.asarray(
            self.model.predict(inputs, batch_size=256, verbose=0), dtype=np.float64
        )
        return outputs


def open_scorer(path: Path, runtime: str = "auto") -> Scorer:
    """The model at `path`, by its suffix. Raises ModelError, ToolkitError or DataError."""
    if path.suffix == ".tflite":
        manifest = load_manifest(path)
        model = TfliteModel(path, runtime)
        check_width(path, model.outputs[0]["shape"][-1], manifest.labels)
        return TfliteScorer(model, manifest)
    if path.suffix == ".keras":
        return open_keras(path)
    raise ToolkitError(f"{path} is neither .tflite nor .keras", "name a model file")


def open_keras(path: Path) -> KerasScorer:
    """A trained model beside its record. Raises ModelError, ToolkitError or DataError."""
    record = read_record(path)
    model = load_keras(path)
    check_width(path, model.output_shape[-1], record.labels)
    return KerasScorer(model, record.labels, record.input)


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
