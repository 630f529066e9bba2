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

# Of the short-range model, chosen on photos and clips: docs/decisions.md.
# Half of a 4:3 picture: 384 of the whole.
ROUGH_PIXELS, ROUGH_SCORE = 288, 0.2
NEAR_PIXELS, NEAR_SCORE = 80, 0.6
# Of the full-range model, where the short-range one leaves a doubt.
JUDGE_SCORE = 0.5


def open_follower(vision: Vision) -> Detector:
    """Finds a face anywhere, and from then on near where it was. Raises ModelError."""
    from moodspeaker.vision.finder import FaceFinder  # noqa: PLC0415 - loads OpenCV

    if chosen(vision) == "blazeface" and fetched(vision):
        near = near_sighted(vision)
        return FaceFinder(near, far_sighted(vision, near), vision.whole_every)
    whole = open_detector(vision)
    if chosen(vision) == "blazeface":
        # One of its own takes as long for a part of the picture as for all of it.
        return whole
    return FaceFinder(whole, whole, vision.whole_every)


def open_detector(vision: Vision) -> Detector:
    """Finds the faces of a whole picture. Raises ModelError."""
    name = chosen(vision)
    if name == "blazeface":
        own = vision.detector_model
        if own is None and fetched(vision):
            return far_sighted(vision, near_sighted(vision))
        return blazeface(
            Path(own).expanduser() if own else asset_path(DETECTOR), vision.min_score, vision
        )
    if name == "yunet":
        from moodspeaker.vision.yunet import YuNetDetector  # noqa: PLC0415 - loads OpenCV

        if vision.detector_model is None:
            raise ModelError(
                "vision.detector yunet has no file of its own", "set vision.detector_model"
            )
        return YuNetDetector(Path(vision.detector_model).expanduser(), vision.min_score)
    if vision.detector == "auto":
        log.warning("no BlazeFace model: using the slower haar (run: moodspeaker fetch)")
    from moodspeaker.vision.haar import HaarDetector  # noqa: PLC0415 - loads OpenCV

    return HaarDetector(vision.min_face)


def chosen(vision: Vision) -> str:
    """The detector's name: auto is blazeface where its file is, else haar."""
    if vision.detector != "auto":
        return vision.detector
    there = vision.detector_model is not None or asset_path(DETECTOR).is_file()
    return "blazeface" if there else "haar"


def fetched(vision: Vision) -> bool:
    """Whether both of MediaPipe's models are there, and no other is wanted."""
    both = all(asset_path(asset).is_file() for asset in (SHORT_RANGE, DETECTOR))
    return vision.detector_model is None and both


def near_sighted(vision: Vision) -> Detector:
    """The short-range model for a square round a face. Raises ModelError."""
    return blazeface(asset_path(SHORT_RANGE), NEAR_SCORE, vision, longer=NEAR_PIXELS)


def far_sighted(vision: Vision, near: Detector) -> Detector:
    """The short-range model over the whole picture, each find looked at again from `near`."""
    from moodspeaker.vision.finder import (  # noqa: PLC0415 - loads OpenCV
        InHalves,
        LateDetector,
        SecondLook,
    )

    rough = blazeface(asset_path(SHORT_RANGE), ROUGH_SCORE, vision, longer=ROUGH_PIXELS)
    judge = LateDetector(lambda: blazeface(asset_path(DETECTOR), JUDGE_SCORE, vision))
    return SecondLook(InHalves(rough, near), near, judge)


def blazeface(path: Path, least: float, vision: Vision, longer: int | None = None) -> Detector:
    """Raises ModelError."""
    from moodspeaker.vision.blazeface import BlazeFaceDetector  # noqa: PLC0415 - the runtime

    return BlazeFaceDetector(path, least, vision.runtime, longer)
