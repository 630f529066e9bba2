"""`convert`: calibrates, converts, verifies, writes model and manifest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker_convert.commands.arguments import add_data, plain_name, subcommand

if TYPE_CHECKING:
    import argparse

    from moodspeaker_convert.commands.arguments import Subcommands


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "convert", "make and verify an int8 TFLite file", run)
    command.add_argument("model", type=Path, help=".keras file beside its training.json")
    add_data(command)
    command.add_argument(
        "--calibration",
        type=Path,
        help="index of Training rows, or a manifest that holds one (default: the training's own)",
    )
    command.add_argument("--out", type=Path, default=Path("models"), help="folder to write into")
    command.add_argument("--name", default="emotion", type=plain_name, help="of the two files")
    command.add_argument("--force", action="store_true", help="overwrite")
    command.add_argument("--json", action="store_true", help="print the manifest")


def run(options: argparse.Namespace) -> None:
    """The whole way from a trained model to two files."""
    from moodspeaker_convert.export import artefact, pipeline
    from moodspeaker_convert.faces.calibration import parse_index
    from moodspeaker_convert.faces.data import load_data
    from moodspeaker_convert.measuring import scorers
    from moodspeaker_convert.training.run_files import read_json, read_record

    # Cheap refusals come before TensorFlow is loaded.
    artefact.refuse_overwrite(options.out, options.name, options.force)
    record, data = read_record(options.model), load_data(options.data)
    index = record.calibration
    if options.calibration:
        index = parse_index(
            read_json(options.calibration, "give --calibration an index or a manifest")
        )
    trained = pipeline.Trained(scorers.open_keras(options.model), record, data)
    manifest = pipeline.convert(trained, index, options.out, options.name, force=options.force)
    print(artefact.as_text(manifest).rstrip() if options.json else summary(options, manifest))


def summary(options: argparse.Namespace, manifest: dict[str, Any]) -> str:
    """The outcome of a conversion for people."""
    path, found = options.out / f"{options.name}.tflite", manifest["metrics"]["validation"]
    return (
        f"{path}: validation accuracy float {found['float_accuracy']:.4f}, "
        f"int8 {found['int8_accuracy']:.4f}, agreement {found['agreement']:.4f}"
    )
