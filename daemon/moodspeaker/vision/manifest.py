"""The manifest beside a model file: what goes in, what comes out, and which file it belongs to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
EQUALISERS = ("none", "histogram", "clahe")


@dataclass(frozen=True, slots=True)
class InputSpec:
    """The picture a model wants: the network sees (pixel - mean) / std of 0..255 pixels.

    `margin` is the share of the face box's side that is added on every side before cropping.
    """

    height: int
    width: int
    channels: int
    colour: str
    mean: float
    std: float
    equalise: str
    margin: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """One model's contract. `valence_arousal` follows `labels`, each value in -1..1."""

    name: str
    labels: tuple[str, ...]
    input: InputSpec
    softmax: bool
    temperature: float
    valence_arousal: tuple[tuple[float, float], ...]
    sha256: str


def load_manifest(model: Path) -> Manifest:
    """The checked manifest of `model` (same name, ending .json).

    Raises ModelError when either file is missing or unreadable, or the model is not the file
    that the manifest describes.
    """
    path = model.with_suffix(".json")
    for needed in (model, path):
        if not needed.is_file():
            raise ModelError(f"{needed} is missing", "a model needs its .tflite and its .json")
    try:
        manifest = parse_manifest(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} is no usable manifest: {error!r}", "convert again") from error
    try:
        found = sha256_of(model)
    except OSError as error:
        raise ModelError(f"{model} cannot be read: {error.strerror}", "check its rights") from error
    if found != manifest.sha256:
        raise ModelError(
            f"{model} is not the file that {path.name} describes (sha256 differs)",
            "install model and manifest together",
        )
    return manifest


def parse_manifest(data: dict[str, Any]) -> Manifest:
    """A manifest from its JSON object. Raises ValueError, KeyError or TypeError."""
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']} is not {FORMAT}")
    labels = tuple(str(label) for label in data["labels"])
    points = data["valence_arousal"]
    spec = InputSpec(**data["input"])
    if spec.equalise not in EQUALISERS:
        raise ValueError(f"equalise {spec.equalise!r} is none of {', '.join(EQUALISERS)}")
    if spec.channels not in (1, 3) or spec.std <= 0:
        raise ValueError(f"input of {spec.channels} channels, std {spec.std}")
    return Manifest(
        name=str(data["name"]),
        labels=labels,
        input=spec,
        softmax=bool(data["output"]["softmax"]),
        temperature=float(data["output"]["temperature"]),
        valence_arousal=tuple((float(points[x][0]), float(points[x][1])) for x in labels),
        sha256=str(data["sha256"]),
    )


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
