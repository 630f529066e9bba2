"""What the subcommands do. Importing this takes a while: the command line does it late."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from moodspeaker_convert.export import artefact, pipeline
from moodspeaker_convert.faces.calibration import parse_index
from moodspeaker_convert.faces.data import load_data, read_row_numbers
from moodspeaker_convert.measuring import evaluation, scorers
from moodspeaker_convert.training import trainer
from moodspeaker_convert.training.run_files import read_json, read_record

if TYPE_CHECKING:
    import argparse


def train(options: argparse.Namespace) -> None:
    """`train`: splits, trains, leaves model and record in a folder."""
    data = load_data(options.data)
    excluded = read_row_numbers(options.exclude, len(data.images)) if options.exclude else None
    plan = trainer.TrainingPlan(
        options.arch, options.labels, options.epochs, options.batch, options.seed
    )
    record = trainer.train(data, plan, options.out, excluded=excluded, resume=options.resume)
    accuracy, epoch = record.figures["val_accuracy"], record.figures["best_epoch"]
    print(f"{options.out / 'model.keras'}: validation accuracy {accuracy:.4f} (epoch {epoch})")


def convert(options: argparse.Namespace) -> None:
    """`convert`: calibrates, converts, verifies, writes model and manifest."""
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


def evaluate(options: argparse.Namespace) -> None:
    """`evaluate`: every figure of a model on a split."""
    data = load_data(options.data)
    rows = data.rows(options.split)
    scorer = scorers.open_scorer(options.model, options.runtime)
    result = evaluation.evaluate(scorer, data, options.labels, rows)
    print(json.dumps(result, indent=2) if options.json else table(result))
    if options.split == "Training":
        print("a model knows these pictures from its training", file=sys.stderr)


def summary(options: argparse.Namespace, manifest: dict[str, Any]) -> str:
    """The outcome of a conversion for people."""
    path, found = options.out / f"{options.name}.tflite", manifest["metrics"]["validation"]
    return (
        f"{path}: validation accuracy float {found['float_accuracy']:.4f}, "
        f"int8 {found['int8_accuracy']:.4f}, agreement {found['agreement']:.4f}"
    )


def table(result: dict[str, Any]) -> str:
    """The figures for people, a line a class."""
    lines = [
        f"{result['protocol']}: accuracy {result['accuracy']:.4f}, "
        f"macro-F1 {result['macro_f1']:.4f}, {result['n']} pictures, {result['runtime']}"
    ]
    for name in ("plain_vote", "without_contempt"):
        if name in result:
            one = result[name]
            lines.append(f"{name}: accuracy {one['accuracy']:.4f}, {one['n']} pictures")
    for label, one in result["per_class"].items():
        lines.append(
            f"{label:<10}recall {one['recall']:.3f}  precision {one['precision']:.3f}  "
            f"{one['n']:>5} pictures"
        )
    return "\n".join(lines)
