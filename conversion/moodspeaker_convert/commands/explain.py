"""`explain`: Grad-CAM pictures of what a model looks at."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker_convert.commands.arguments import DATA_HELP, subcommand
from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    from moodspeaker_convert.commands.arguments import Subcommands
    from moodspeaker_convert.measuring.pictures import Picture


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "explain", "draw what a model looks at (Grad-CAM)", run)
    command.add_argument("model", type=Path, help=".keras file beside its training.json")
    command.add_argument(
        "images", type=Path, nargs="*", metavar="IMAGE", help="picture that is a face crop already"
    )
    command.add_argument("--data", type=Path, help=f"for --rows: {DATA_HELP}")
    command.add_argument("--rows", type=row_numbers, default=(), help="rows of --data, as in 1,2,3")
    command.add_argument("--out", type=Path, required=True, help="folder for the PNG files")
    command.add_argument("--layer", help="layer to watch (default: behind the last convolution)")
    command.add_argument("--label", help="label to explain (default: the most probable)")
    command.add_argument("--force", action="store_true", help="overwrite")


def run(options: argparse.Namespace) -> None:
    """Draws a file a face."""
    from tqdm import tqdm

    from moodspeaker_convert.measuring import charts, explanation, gradcam, pictures, scorers

    # Cheap refusals come before TensorFlow is loaded.
    faces = wanted(options)
    paths = pictures.targets(faces, options.out, options.force)
    scorer = scorers.open_keras(options.model)
    cam = gradcam.GradCam(gradcam.keras_model(scorer.network), options.layer)
    options.out.mkdir(parents=True, exist_ok=True)
    bar = tqdm(list(zip(faces, paths, strict=True)), unit="face", disable=None)
    lines = []
    for face, path in bar:
        found = explanation.explain(scorer, cam, face.pixels, options.label)
        label, share = found.predicted
        title = f"{face.name}: {label} {share:.2f}, layer {cam.layer}"
        charts.save(explanation.panel(found, title), path)
        lines.append(f"{path}: {label} {share:.2f}, heat for {found.label}")
    print("\n".join(lines))


def wanted(options: argparse.Namespace) -> list[Picture]:
    """The faces to explain. Raises ToolkitError without any, DataError."""
    from moodspeaker_convert.faces.data import load_data
    from moodspeaker_convert.measuring import pictures

    if bool(options.rows) != bool(options.data):
        raise ToolkitError("--rows and --data go together", "give both or neither")
    faces = [pictures.read(path) for path in options.images]
    if options.rows:
        faces += pictures.of_rows(load_data(options.data), options.rows)
    if not faces:
        raise ToolkitError("there is nothing to explain", "name pictures, or --data and --rows")
    return faces


def row_numbers(text: str) -> tuple[int, ...]:
    """Row numbers between commas. Raises ArgumentTypeError."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of row numbers, as in 1,2,3")
    return tuple(dict.fromkeys(map(int, parts)))
