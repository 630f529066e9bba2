"""`convert`: calibrates, converts, verifies, writes model and manifest."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker_convert.commands.arguments import (
    add_data,
    add_labels,
    names,
    not_negative,
    plain_name,
    share,
    subcommand,
)

if TYPE_CHECKING:
    import argparse

    from moodspeaker_convert.commands.arguments import Subcommands
    from moodspeaker_convert.export.pipeline import Conversion
    from moodspeaker_convert.export.subject import Contract, Subject
    from moodspeaker_convert.faces.data import FaceData


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "convert", "make and verify an int8 TFLite file", run)
    command.add_argument("model", type=Path, help=".keras, .h5 or .hdf5 file, or SavedModel folder")
    add_data(command)
    command.add_argument(
        "--calibration",
        type=Path,
        help="index of Training rows, or a manifest that holds one (default: the training's own)",
    )
    command.add_argument("--out", type=Path, default=Path("models"), help="folder to write into")
    command.add_argument("--name", default="emotion", type=plain_name, help="of the two files")
    command.add_argument("--force", action="store_true", help="overwrite")
    command.add_argument(
        "--no-gate", action="store_true", help="write the files though the gate refuses them"
    )
    command.add_argument("--json", action="store_true", help="print the manifest")
    add_contract(command)


def add_contract(command: argparse.ArgumentParser) -> None:
    """What a network without training.json does not tell itself."""
    stranger = command.add_argument_group("a network without training.json beside it")
    add_labels(stranger, "what its data is labelled by")
    stranger.add_argument(
        "--label-names", type=names, default=(), metavar="A,B,...",
        help="its outputs in their order (default: those of --labels)",
    )  # fmt: skip
    stranger.add_argument("--mean", type=float, default=0.0, help="it sees (pixel - mean) / std")
    stranger.add_argument("--std", type=float, default=255.0, help="it sees (pixel - mean) / std")
    stranger.add_argument("--equalise", default="none", choices=("none", "histogram", "clahe"))
    stranger.add_argument("--margin", type=share, default=0.1, help="round the face, of its side")
    stranger.add_argument("--seed", type=not_negative, default=1, help="of calibration rows")


def run(options: argparse.Namespace) -> None:
    """The whole way from a trained model to two files."""
    from moodspeaker_convert.export import artefact, pipeline
    from moodspeaker_convert.faces.data import load_data

    # Cheap refusals come before TensorFlow is loaded.
    artefact.refuse_overwrite(options.out, options.name, options.force)
    data = load_data(options.data)
    conversion = pipeline.convert(subject_of(options, data), data, options.name)
    print(conversion.report.as_text(), file=sys.stderr)
    if options.json and not (conversion.report.passed or options.no_gate):
        print(json.dumps({"gate": conversion.report.as_json()}, indent=2))
    pipeline.write(conversion, options.out, options.name, enforce=not options.no_gate)
    text = artefact.as_text(conversion.manifest).rstrip()
    print(text if options.json else summary(options, conversion))


def subject_of(options: argparse.Namespace, data: FaceData) -> Subject:
    """The network with its record, or with what the options tell."""
    from dataclasses import replace

    from moodspeaker_convert.export import subject
    from moodspeaker_convert.faces.calibration import parse_index
    from moodspeaker_convert.training.run_files import read_json

    if options.model.with_name("training.json").exists():
        found = subject.own_training(options.model, data)
    else:
        found = subject.strangers(options.model, data, contract_of(options))
    if not options.calibration:
        return found
    content = read_json(options.calibration, "give --calibration an index or a manifest")
    return replace(found, calibrating=parse_index(content))


def contract_of(options: argparse.Namespace) -> Contract:
    """The options of a stranger's network."""
    from moodspeaker_convert.export.subject import Contract

    return Contract(
        options.labels, options.label_names, options.mean, options.std, options.equalise,
        options.margin, options.seed,
    )  # fmt: skip


def summary(options: argparse.Namespace, conversion: Conversion) -> str:
    """The outcome for people."""
    path, found = options.out / f"{options.name}.tflite", conversion.report.comparisons[0]
    return (
        f"{path}: accuracy float {found.float_accuracy:.4f}, int8 {found.int8_accuracy:.4f}, "
        f"agreement {found.agreement:.4f} on {found.n} pictures"
    )
