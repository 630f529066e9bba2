"""A model file and its manifest, written together or not at all."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from moodspeaker.vision.manifest import FORMAT, parse_manifest
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.faces.label_sets import VALENCE_AROUSAL
from moodspeaker_convert.whole_files import whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from moodspeaker.vision.manifest import InputSpec

NUMBERS = re.compile(r"\[[-\d.,e\s]+\]")


def refuse_overwrite(folder: Path, name: str, force: bool) -> None:
    """Raises ToolkitError when either file stands already and `force` is not given."""
    standing = [path for path in paths(folder, name) if path.exists()]
    if standing and not force:
        raise ToolkitError(f"{standing[0]} exists", "give --force or another --name")


def paths(folder: Path, name: str) -> tuple[Path, Path]:
    """The model file and the manifest."""
    return folder / f"{name}.tflite", folder / f"{name}.json"


def manifest_of(
    *,
    name: str,
    labels: Sequence[str],
    spec: InputSpec,
    temperature: float,
    quantisation: dict[str, Any],
    sha256: str,
    recipe: dict[str, Any],
    data: dict[str, Any],
    metrics: dict[str, Any],
) -> dict[str, Any]:
    """The manifest's JSON object. Raises ToolkitError for a label without a place in the plane."""
    unknown = [label for label in labels if label not in VALENCE_AROUSAL]
    if unknown:
        raise ToolkitError(
            f"label {unknown[0]!r} has no valence and arousal", "use the labels of models/README.md"
        )
    return {
        "format": FORMAT,
        "name": name,
        "labels": list(labels),
        "input": {field: getattr(spec, field) for field in spec.__slots__},
        "output": {"softmax": True, "temperature": temperature},
        "quantisation": quantisation,
        "valence_arousal": {label: list(VALENCE_AROUSAL[label]) for label in labels},
        "recipe": recipe,
        "data": data,
        "metrics": metrics,
        "sha256": sha256,
    }


def write_artefact(folder: Path, name: str, model: bytes, manifest: dict[str, Any]) -> None:
    """Puts both files in place, complete.

    Should the power fail between the two, the device refuses the pair by its hash.
    """
    if parse_manifest(manifest).sha256 != hashlib.sha256(model).hexdigest():
        raise ToolkitError("the manifest belongs to another model", "convert again")
    folder.mkdir(parents=True, exist_ok=True)
    with whole(*paths(folder, name)) as (model_part, manifest_part):
        model_part.write_bytes(model)
        manifest_part.write_text(as_text(manifest), encoding="utf-8")


def as_text(manifest: dict[str, Any]) -> str:
    """Indented JSON, with lists of numbers on one line."""
    text = json.dumps(manifest, indent=2)
    return NUMBERS.sub(lambda found: json.dumps(json.loads(found[0])), text) + "\n"
