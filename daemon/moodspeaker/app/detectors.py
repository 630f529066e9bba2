"""The face detector that the config names. OpenCV and the runtime are imported when needed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.errors import ModelError
from moodspeaker.runtime.assets import DETECTOR, SHORT_RANGE, asset_path

if TYPE_CHECKING:
    from moodspeaker.config.schema import Vision
    from moodspeaker.ports import Detector

log = logging.getLogger(__name__)

DETECTOR_FLOOR = 0.3
"""A detector reports faces down to here; what counts as one is `vision.min_score`."""


def open_follower(vision: Vision) -> Detector:
    """Finds a face anywhere, and from then on near where it was. Raises ModelError."""
    from moodspeaker.vision.finder import FaceFinder  # noqa: PLC0415 - loads OpenCV

    whole = open_detector(vision)
    near = whole
    if chosen(vision) == "blazeface":
        # The full-range model takes as long for a part of the picture as for all of it.
        if vision.detector_model is not None or not asset_path(SHORT_RANGE).is_file():
            return whole
        near = blazeface(asset_path(SHORT_RANGE), vision)
    return whole if vision.whole_every == 1 else FaceFinder(near, whole, vision.whole_every)


def open_detector(vision: Vision) -> Detector:
    """Finds the faces of a whole picture. Raises ModelError."""
    name = chosen(vision)
    if name == "blazeface":
        return blazeface(blazeface_path(vision), vision)
    if name == "yunet":
        from moodspeaker.vision.yunet import YuNetDetector  # noqa: PLC0415 - loads OpenCV

        if vision.detector_model is None:
            raise ModelError(
                "vision.detector yunet has no file of its own", "set vision.detector_model"
            )
        return YuNetDetector(Path(vision.detector_model).expanduser(), DETECTOR_FLOOR)
    if vision.detector == "auto":
        log.warning("no BlazeFace model: using the slower haar (run: moodspeaker fetch)")
    from moodspeaker.vision.haar import HaarDetector  # noqa: PLC0415 - loads OpenCV

    return HaarDetector(vision.min_face)


def chosen(vision: Vision) -> str:
    """The detector's name: auto is blazeface where its file is, else haar."""
    if vision.detector != "auto":
        return vision.detector
    there = vision.detector_model is not None or blazeface_path(vision).is_file()
    return "blazeface" if there else "haar"


def blazeface_path(vision: Vision) -> Path:
    """The user's own file, or the fetched one."""
    own = vision.detector_model
    return Path(own).expanduser() if own else asset_path(DETECTOR)


def blazeface(path: Path, vision: Vision) -> Detector:
    """Raises ModelError."""
    from moodspeaker.vision.blazeface import BlazeFaceDetector  # noqa: PLC0415 - the runtime

    return BlazeFaceDetector(path, DETECTOR_FLOOR, vision.runtime)
