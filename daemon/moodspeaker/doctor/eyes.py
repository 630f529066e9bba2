"""The emotion model and the face detector: their files, and whether they run."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.app.detectors import chosen, open_detector
from moodspeaker.app.factories import model_path
from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.errors import ModelError
from moodspeaker.runtime.assets import DETECTORS, asset_folder
from moodspeaker.vision.emotion import TfliteEmotionModel
from moodspeaker.vision.manifest import sha256_of
from moodspeaker.vision.tflite import find_runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moodspeaker.config.schema import Vision
    from moodspeaker.doctor.finding import Finding
    from moodspeaker.ports import GreyImage

RUNS = 5
MADE_SIZE = (240, 320)


def examine_model(vision: Vision) -> Finding:
    """Files, hash, runtime, and one made picture through it."""
    path = model_path(vision)
    try:
        runtime = find_runtime(vision.runtime)[0]
    except ModelError as error:
        return wrong(
            "model",
            f"there is nothing to run it: {error.what}",
            f"{sys.prefix}/bin/pip install ai-edge-litert; vision.runtime: auto takes any",
        )
    missing = [str(p) for p in (path, path.with_suffix(".json")) if not p.is_file()]
    if missing:
        return wrong(
            "model",
            f"{' and '.join(missing)} missing",
            "sudo scripts/install --upgrade brings ours; or set vision.model to a file with its "
            ".json beside it",
        )
    try:
        model = TfliteEmotionModel(path, vision.runtime)
        took_ms = median_ms(lambda: model.read(made_picture()))
    except ModelError as error:
        return unfit(error)
    return fine("model", f"{model.manifest.name}, {took_ms:.1f} ms a face ({runtime})")


def model_told(state: Mapping[str, Any]) -> Finding | None:
    """What a running service says of it; None where it is well there, too."""
    health = str(state.get("model_health", "ok"))
    if health in ("ok", "starting"):
        return None
    return wrong(
        "model",
        f"the service says: {health}",
        "sudo systemctl restart moodspeaker; journalctl -u moodspeaker says more",
    )


def unfit(error: ModelError) -> Finding:
    """Files that are there and will not do."""
    if "sha256 differs" in error.what:
        return wrong(
            "model",
            f"its file was changed: {error.what}",
            "sudo scripts/install --upgrade brings ours again; your own: convert it anew",
        )
    return wrong(
        "model",
        f"it will not do: {error.what}",
        "sudo scripts/install --upgrade brings ours again; your own: moodspeaker-convert inspect",
    )


def examine_detector(vision: Vision, folder: Path | None = None) -> Finding:
    """The same for the detector; `folder` is where fetched files lie."""
    damaged = asset_fault(vision, folder or asset_folder())
    if damaged:
        return damaged
    try:
        detector = open_detector(vision)
        took_ms = median_ms(lambda: detector.detect(made_picture()))
    except ModelError as error:
        return wrong(
            "detector",
            f"it will not do: {error.what}",
            "set vision.detector_model to a file that fits vision.detector, or take both away",
        )
    return fine("detector", f"{chosen(vision)}, {took_ms:.1f} ms a picture without a face")


def asset_fault(vision: Vision, folder: Path) -> Finding | None:
    """What is wrong with the files that `moodspeaker fetch` brings; None where none is needed."""
    if vision.detector not in ("auto", "blazeface") or vision.detector_model is not None:
        return None
    for asset in DETECTORS:
        path = folder / asset.name
        if not path.is_file():
            return wrong(
                "detector",
                f"{path} is missing: faces are found more slowly, or not at all",
                "moodspeaker fetch (with sudo where the program is root's) brings it",
            )
        if sha256_of(path) != asset.sha256:
            return wrong(
                "detector",
                f"{path} is not the file that was pinned (sha256 differs)",
                "moodspeaker fetch (with sudo where the program is root's) brings it again",
            )
    return None


def median_ms(action: Callable[[], object]) -> float:
    """Of a few runs; the first of all, which makes ready, does not count."""
    action()
    times_ms = []
    for _ in range(RUNS):
        began_s = time.perf_counter()
        action()
        times_ms.append(1e3 * (time.perf_counter() - began_s))
    return median(times_ms)


def made_picture() -> GreyImage:
    """Noise: nobody's picture."""
    return np.random.default_rng(1).integers(0, 256, MADE_SIZE, dtype=np.uint8)
