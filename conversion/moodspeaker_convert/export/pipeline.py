"""A trained network to a verified int8 file with its manifest: the whole way."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.vision.manifest import parse_manifest, sha256_of
from moodspeaker.vision.tflite import RUNTIMES, TfliteModel
from moodspeaker_convert.errors import VerificationFailed
from moodspeaker_convert.export import artefact
from moodspeaker_convert.export.gate import inspect_conversion
from moodspeaker_convert.export.quantise import int8_tflite
from moodspeaker_convert.export.temperature import fit_temperature
from moodspeaker_convert.faces import label_sets, truths
from moodspeaker_convert.faces.calibration import calibration_images
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.measuring import evaluation
from moodspeaker_convert.measuring.scorers import NetworkScorer, TfliteScorer, raw_outputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.export.gate import GateReport
    from moodspeaker_convert.export.subject import Subject
    from moodspeaker_convert.faces.data import FaceData
    from moodspeaker_convert.measuring.measured import Measured
    from moodspeaker_convert.measuring.scorers import Scorer

TEST_SPLIT = "PublicTest"
PACKAGES = ("tensorflow-cpu", "tensorflow", "keras", "torch", "numpy")


@dataclass(frozen=True, slots=True)
class Conversion:
    """What came out: the files' contents, and what the gate says of them."""

    model: bytes
    manifest: dict[str, Any]
    report: GateReport


def convert(subject: Subject, data: FaceData, name: str) -> Conversion:
    """Calibrates, converts, verifies; writes nothing.

    Raises ToolkitError for a network that cannot become int8, DataError for calibration rows that
    are no training material.
    """
    images = calibration_images(subject.calibrating, data, subject.verifying)
    content = int8_tflite(subject.network, network_inputs(images, subject.input))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"{name}.tflite"
        path.write_bytes(content)
        return verified(subject, data, path, name)


def write(conversion: Conversion, folder: Path, name: str, *, enforce: bool = True) -> None:
    """Puts model and manifest in place. Raises VerificationFailed where the gate refuses."""
    if enforce and not conversion.report.passed:
        check = conversion.report.first_failure
        raise VerificationFailed(f"{check.name}: {check.found} ({check.limit})", check.remedy)
    artefact.write_artefact(folder, name, conversion.model, conversion.manifest)


def verified(subject: Subject, data: FaceData, path: Path, name: str) -> Conversion:
    """The conversion at `path`, measured in every runtime that is installed."""
    plain = manifest_of(subject, path, name)
    before = answers(NetworkScorer(subject.network, subject.labels, subject.input), subject, data)
    raw = parse_manifest(plain)
    after = {
        runtime: answers(TfliteScorer(TfliteModel(path, runtime), raw), subject, data)
        for runtime in installed_runtimes()
    }
    report = inspect_conversion(path, subject.network.parameters, before, after)
    warm = plain | {"output": {"softmax": True, "temperature": temperature(subject, data, path)}}
    return Conversion(
        path.read_bytes(), warm | {"metrics": metrics(subject, data, path, warm, report)}, report
    )


def manifest_of(subject: Subject, path: Path, name: str) -> dict[str, Any]:
    """The manifest before anything is measured: no temperature, no figures."""
    return artefact.manifest_of(
        name=name,
        labels=subject.labels,
        spec=subject.input,
        temperature=1.0,
        quantisation=quantisation(TfliteModel(path)),
        sha256=sha256_of(path),
        recipe=subject.recipe
        | {
            "quantisation": "int8 in and out, batch 1, post-training, a scale a channel",
            "calibration": subject.calibrating.as_json(),
            "versions": versions(),
        },
        data=subject.data,
        metrics={},
    )


def installed_runtimes() -> tuple[str, ...]:
    """Every runtime of the device that is installed here."""
    return tuple(
        name for name, module in RUNTIMES.items()
        if importlib.util.find_spec(module.split(".", maxsplit=1)[0]) is not None
    )  # fmt: skip


def answers(scorer: Scorer, subject: Subject, data: FaceData) -> Measured:
    """The scorer's answers to the verifying rows that have a truth."""
    measured = evaluation.measure(scorer, data, subject.label_set, subject.verifying).measured
    return measured.known()


def temperature(subject: Subject, data: FaceData, path: Path) -> float:
    """Fitted to rows that never trained; 1 where nobody knows which ones did."""
    if not subject.held_out:
        return 1.0
    rows, truth = truth_by_label(subject, data)
    model = TfliteModel(path)
    outputs = raw_outputs(model, data.images[rows], subject.input)
    return fit_temperature(outputs, truth, model.output_step)


def truth_by_label(subject: Subject, data: FaceData) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The verifying rows whose truth is one of the network's labels, and its place among them."""
    names, labels = label_sets.names_of(subject.label_set), subject.labels
    places = np.asarray([labels.index(name) if name in labels else -1 for name in names] + [-1])
    truth = places[truths.classes(data, subject.label_set)[subject.verifying]]
    return subject.verifying[truth >= 0], truth[truth >= 0]


def metrics(
    subject: Subject, data: FaceData, path: Path, manifest: dict[str, Any], report: GateReport
) -> dict[str, Any]:
    """The manifest's figures: validation, and the test split where the data holds one."""
    found: dict[str, Any] = {"gate": report.as_json()}
    if (data.usage == 1).any():
        rows = data.rows(TEST_SPLIT)
        scorers: dict[str, Scorer] = {
            "float": NetworkScorer(subject.network, subject.labels, subject.input),
            "int8": TfliteScorer(TfliteModel(path), parse_manifest(manifest)),
        }
        found[TEST_SPLIT] = {
            kind: short(evaluation.evaluate(scorer, data, subject.label_set, rows))
            for kind, scorer in scorers.items()
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


def versions() -> dict[str, str]:
    """The installed packages that shape the file."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
