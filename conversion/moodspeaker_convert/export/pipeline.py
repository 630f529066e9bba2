"""A trained model to a verified int8 file with its manifest: the whole way."""

from __future__ import annotations

import importlib.metadata
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker.vision.manifest import parse_manifest, sha256_of
from moodspeaker.vision.tflite import TfliteModel
from moodspeaker_convert.errors import DataError
from moodspeaker_convert.export import artefact
from moodspeaker_convert.export.quantise import int8_tflite
from moodspeaker_convert.export.temperature import fit_temperature
from moodspeaker_convert.export.verification import (
    Comparison,
    check_comparison,
    check_file,
    compare,
)
from moodspeaker_convert.faces import calibration, truths
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.measuring.evaluation import evaluate
from moodspeaker_convert.measuring.scorers import KerasScorer, TfliteScorer, raw_outputs

if TYPE_CHECKING:
    from moodspeaker_convert.faces.calibration import CalibrationIndex
    from moodspeaker_convert.faces.data import FaceData
    from moodspeaker_convert.measuring.scorers import Scorer
    from moodspeaker_convert.training.run_files import TrainingRecord

TEST_SPLIT = "PublicTest"
PACKAGES = ("tensorflow-cpu", "tensorflow", "keras", "numpy")


@dataclass(frozen=True, slots=True)
class Trained:
    """A Keras model, the record of its training, and the data it was trained on."""

    scorer: KerasScorer
    record: TrainingRecord
    data: FaceData


def convert(
    trained: Trained, index: CalibrationIndex, folder: Path, name: str, *, force: bool = False
) -> dict[str, Any]:
    """Writes `name`.tflite and `name`.json into `folder`; the manifest.

    Raises ToolkitError when files would be overwritten, DataError when the data is not that of
    the training, VerificationFailed when int8 lost too much; then nothing is written.
    """
    artefact.refuse_overwrite(folder, name, force)
    check_data(trained)
    images = calibration.calibration_images(index, trained.data, trained.record.validation_rows)
    content = int8_tflite(trained.scorer.model, network_inputs(images, trained.scorer.input))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"{name}.tflite"
        path.write_bytes(content)
        manifest = verified_manifest(trained, index, path, name)
    artefact.write_artefact(folder, name, content, manifest)
    return manifest


def check_data(trained: Trained) -> None:
    """Raises DataError unless this is the data of the training."""
    if trained.data.sha256 != trained.record.data_sha256:
        raise DataError("the model was trained on other data", "give --data that file")


def verified_manifest(
    trained: Trained, index: CalibrationIndex, path: Path, name: str
) -> dict[str, Any]:
    """The manifest of the int8 file at `path`. Raises VerificationFailed."""
    check_file(path, trained.scorer.model.count_params())
    model = TfliteModel(path)
    rows, record = trained.record.validation_rows, trained.record
    faces, truth = trained.data.images[rows], truths.classes(trained.data, record.label_set)[rows]
    outputs = raw_outputs(model, faces, record.input)
    result = compare(truth, trained.scorer.scores(faces), outputs)
    check_comparison(result)
    plain = artefact.manifest_of(
        name=name,
        labels=record.labels,
        spec=record.input,
        temperature=fit_temperature(outputs, truth),
        quantisation=quantisation(model),
        sha256=sha256_of(path),
        recipe=recipe(record, index),
        data={"sha256": record.data_sha256, "labels": record.label_set, "rows": record.counts},
        metrics={"validation": asdict(result)},
    )
    return plain | {"metrics": metrics(trained, model, plain, result)}


def metrics(
    trained: Trained, model: TfliteModel, manifest: dict[str, Any], result: Comparison
) -> dict[str, Any]:
    """The manifest's figures: validation, and the test split where the data holds one."""
    found: dict[str, Any] = {"validation": asdict(result)}
    data, label_set = trained.data, trained.record.label_set
    if (data.usage == 1).any():
        rows = data.rows(TEST_SPLIT)
        scorers: dict[str, Scorer] = {
            "float": trained.scorer,
            "int8": TfliteScorer(model, parse_manifest(manifest)),
        }
        found[TEST_SPLIT] = {
            kind: short(evaluate(scorer, data, label_set, rows)) for kind, scorer in scorers.items()
        }
    return found


def short(figures: dict[str, Any]) -> dict[str, Any]:
    """Without the confusion and what belongs to one run."""
    return {key: figures[key] for key in ("protocol", "accuracy", "macro_f1", "n")} | {
        "recall": {label: line["recall"] for label, line in figures["per_class"].items()}
    }


def quantisation(model: TfliteModel) -> dict[str, Any]:
    """Scale and zero point of the input and the output, as the tensors tell."""
    return {
        name: {"scale": float(scale), "zero_point": int(zero_point)}
        for name, (scale, zero_point) in (
            ("input", model.inputs[0]["quantization"]),
            ("output", model.outputs[0]["quantization"]),
        )
    }


def recipe(record: TrainingRecord, index: CalibrationIndex) -> dict[str, Any]:
    """What it takes to make the same file again."""
    return {
        "training": record.arguments,
        "best_epoch": record.figures["best_epoch"],
        "quantisation": "int8 in and out, batch 1, post-training",
        "calibration": index.as_json(),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """The installed packages that shape the file."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
