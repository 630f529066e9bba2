"""`compare`: models side by side, such as float against int8."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker_convert.commands.arguments import (
    add_data,
    add_labels,
    add_runtime,
    add_split,
    names,
    not_negative,
    positive,
    subcommand,
)
from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    from moodspeaker_convert.commands.arguments import Subcommands
    from moodspeaker_convert.measuring.bare_models import Described
    from moodspeaker_convert.measuring.comparison import Entry, Line


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "compare", "measure models side by side", run)
    command.add_argument(
        "models", type=Path, nargs="+", help=".tflite or .keras; the first is the measure"
    )
    add_data(command)
    add_split(command)
    add_labels(command, "what to measure against")
    add_runtime(command)
    command.add_argument("--limit", type=positive, help="at most so many faces, drawn by --seed")
    command.add_argument("--seed", type=not_negative, default=1, help="of the draw")
    command.add_argument(
        "--manifest",
        type=named_manifest,
        action="append",
        default=[],
        metavar="MODEL=MANIFEST",
        help="manifest of a file that has none beside it; its sha256 is not checked",
    )
    command.add_argument(
        "--label-names", type=names, metavar="A,B,C", help="labels of files without manifest"
    )
    command.add_argument(
        "--mean", type=float, default=127.5, help="files without manifest see (pixel - mean) / std"
    )
    command.add_argument("--std", type=above_zero, default=127.5, help="see --mean")
    command.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(options: argparse.Namespace) -> None:
    """Opens, measures and prints."""
    from moodspeaker_convert.faces import label_sets, truths
    from moodspeaker_convert.faces.data import load_data
    from moodspeaker_convert.measuring.comparison import compare
    from moodspeaker_convert.measuring.shares import sampled

    data = load_data(options.data)
    wanted = truths.classes(data, options.labels)
    rows = data.rows(options.split)
    rows = sampled(rows[wanted[rows] >= 0], options.limit, options.seed)
    threads = keras_threads(options.models)
    known = label_sets.names_of(options.labels)
    lines = compare(entries(options), data.images[rows], wanted[rows], known)
    heads = {"split": options.split, "labels": options.labels, "n": len(rows), "threads": threads}
    if options.json:
        print(json.dumps(heads | {"models": [asdict(line) for line in lines]}, indent=2))
    else:
        print(", ".join(f"{name} {value}" for name, value in heads.items()))
        print("\n".join(table(lines)))


def keras_threads(models: list[Path]) -> str:
    """What the times were taken on; Keras is held to one thread before it starts."""
    from moodspeaker_convert.measuring.timing import hold_keras_to_one_thread

    if any(path.suffix != ".tflite" for path in models) and not hold_keras_to_one_thread():
        return "1, Keras all"
    return "1"


def entries(options: argparse.Namespace) -> list[Entry]:
    """Every model, a .tflite under each runtime that is asked for. Raises MoodspeakerError."""
    from moodspeaker_convert.measuring.bare_models import open_model
    from moodspeaker_convert.measuring.comparison import Entry

    manifests = dict(options.manifest)
    strange = sorted(set(manifests) - set(options.models))
    if strange:
        raise ToolkitError(f"--manifest names {strange[0]}, which is not compared", "name a model")
    bare, found = described(options), []
    for path in options.models:
        for runtime in runtimes(path, options.runtime):
            found.append(Entry(path, open_model(path, runtime, manifests.get(path), bare)))
    return found


def runtimes(path: Path, wanted: str) -> list[str]:
    """Every installed one for a .tflite under `auto`."""
    from moodspeaker.errors import ModelError
    from moodspeaker.vision.tflite import RUNTIMES, find_runtime

    if path.suffix != ".tflite" or wanted != "auto":
        return [wanted]
    found = []
    for name in RUNTIMES:
        try:
            found.append(find_runtime(name)[0])
        except ModelError:
            continue
    return found or [wanted]


def described(options: argparse.Namespace) -> Described | None:
    """What the options say of files without a manifest."""
    from moodspeaker_convert.measuring.bare_models import Described

    if options.label_names is None:
        return None
    return Described(options.label_names, options.mean, options.std)


def table(lines: list[Line]) -> list[str]:
    """The figures for people."""
    width = max(len(line.model) for line in lines)
    return [
        f"{'model':<{width}}  {'runtime':<14}{'KB':>8}{'parameters':>12}{'ms a face':>11}"
        f"{'accuracy':>10}{'macro-F1':>10}{'agreement':>11}{'mean diff':>11}",
        *(
            f"{line.model:<{width}}  {line.runtime:<14}{line.kilobytes:>8.1f}{line.parameters:>12}"
            f"{line.ms_per_face:>11.3f}{line.accuracy:>10.4f}{line.macro_f1:>10.4f}"
            f"{line.agreement:>11.4f}{line.mean_difference:>11.4f}"
            for line in lines
        ),
    ]


def named_manifest(text: str) -> tuple[Path, Path]:
    """MODEL=MANIFEST. Raises ArgumentTypeError."""
    model, equals, manifest = text.rpartition("=")
    if not (model and equals and manifest):
        raise argparse.ArgumentTypeError(f"{text!r} is not MODEL=MANIFEST")
    return Path(model), Path(manifest)


def above_zero(text: str) -> float:
    """A number above 0. Raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return number
