"""Recall by distance, false finds and milliseconds of face detectors, in one run.

    .venv/bin/python scripts/bench_detectors.py --data FOLDER [--yunet ONNX] [--back TFLITE]

FOLDER holds `media` (photos and clips of faces, and a clip `*no_face*` without any) and
`data/fer2013_train_publictest.npz`. Faces are cut out where the full-range model finds them at
full size, and pasted so that they are so many pixels wide into pictures of 640x480 without a face.
A face counts as found by a box of a score of at least 0.5 that overlaps the true one by 0.3.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker.app.detectors import open_detector
from moodspeaker.config.schema import Vision
from moodspeaker.errors import ModelError
from moodspeaker.runtime.assets import ASTRONAUT, DETECTOR, ROOM, SHORT_RANGE, asset_path
from moodspeaker.types import Box, Face
from moodspeaker.vision.blazeface import BlazeFaceDetector
from moodspeaker.vision.clips import is_picture, open_clip, read_picture
from moodspeaker.vision.finder import overlap
from moodspeaker.vision.haar import CASCADE, HaarDetector
from moodspeaker.vision.preprocess import resized
from moodspeaker.vision.yunet import YuNetDetector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moodspeaker.ports import Detector, GreyImage

SIZE = (640, 480)
FACE_WIDTHS = (20, 30, 40, 60, 100)
CROWD_WIDTHS = (20, 30, 40, 60)
TIMED_WIDTH = 40
CROWD = 100
PLACES = 3
CONTEXT = 2.2
"""Side of the square that is cut out, in widths of the face."""
CLIP_STEP = 48
LEAST = 0.5
SAME = 0.3
ROUNDS = 40
WARM_UP = 5
SEED = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """A face with what is round it; `box` in pixels of `image`."""

    image: GreyImage
    box: Box


@dataclass(frozen=True, slots=True)
class Scene:
    """A made picture, and where its face is."""

    image: GreyImage
    truth: Box


class FerHaar:
    """The cascade as the fer package calls it: no equalising, no face below 50 pixels."""

    def __init__(self) -> None:
        self._cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / CASCADE))

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """Faces; every one counts as certain."""
        found = self._cascade.detectMultiScale(
            image, scaleFactor=1.1, minNeighbors=5, flags=cv2.CASCADE_SCALE_IMAGE, minSize=(50, 50)
        )
        return tuple(Face(Box(*(float(n) for n in box)), 1.0) for box in found)


def main() -> None:
    """Prints one table for each set of faces, then false finds and times."""
    options = arguments()
    cv2.setNumThreads(1)
    detectors = known_detectors(options)
    backgrounds = list(rooms(options.data))
    near = {w: list(staged(cuts(options.data), backgrounds, w, PLACES)) for w in FACE_WIDTHS}
    print("\nrecall, %, of faces of photos and clips")
    print_recall(detectors, near)
    crowded = {w: list(staged(crowd(options.data), backgrounds, w, 1)) for w in CROWD_WIDTHS}
    print("\nrecall, %, of FER2013 PublicTest's faces")
    print_recall(detectors, crowded)
    empty = [*backgrounds, *frames_without_a_face(options.data)]
    print(f"\nfaces found in {len(empty)} pictures without any; ms a picture (median, in turns)")
    print_costs(detectors, empty, near[TIMED_WIDTH][:ROUNDS])


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Recall and speed of face detectors.")
    parser.add_argument("--data", type=Path, required=True, help="folder with media and data")
    parser.add_argument("--yunet", type=Path, help="YuNet's ONNX file")
    parser.add_argument("--back", type=Path, help="BlazeFace's back model, a TFLite file")
    return parser.parse_args()


def known_detectors(options: argparse.Namespace) -> dict[str, Detector]:
    """By name; says which are not there."""
    short = asset_path(SHORT_RANGE)
    found: dict[str, Detector] = {
        "BlazeFace full": BlazeFaceDetector(asset_path(DETECTOR), LEAST),
        "BlazeFace short": BlazeFaceDetector(short, LEAST),
        "BlazeFace short, 384": BlazeFaceDetector(short, LEAST, longer=384),
        "the service's": open_detector(Vision()),
        "Haar as fer": FerHaar(),
        "Haar, ours": HaarDetector(20),
    }
    if options.back:
        found["BlazeFace back"] = BlazeFaceDetector(options.back, LEAST)
    try:
        if options.yunet:
            found["YuNet"] = YuNetDetector(options.yunet, LEAST)
        else:
            print("YuNet left out: no file is given by --yunet")
    except ModelError as error:
        print(f"YuNet left out: {error}")
    return found


def rooms(data: Path) -> Iterable[GreyImage]:
    """Pictures of 640x480 without a face: a table, and what the clip shows."""
    yield resized(read_picture(asset_path(ROOM)), *SIZE)
    for frame in frames_without_a_face(data):
        height, width = frame.shape
        side = min(height * SIZE[0] // SIZE[1], width)
        left = (width - side) // 2
        yield resized(np.ascontiguousarray(frame[:, left : left + side]), *SIZE)


def frames_without_a_face(data: Path) -> Iterable[GreyImage]:
    """Every frame of such clips, 640 pixels wide in its own proportions."""
    for path in sorted((data / "media").glob("*no_face*")):
        for _, frame in open_clip(path).frames():
            yield shrunk(frame, SIZE[0] / frame.shape[1])


def cuts(data: Path) -> Iterable[Cut]:
    """Every face of the photos, and of every 48th frame of the clips."""
    finder = BlazeFaceDetector(asset_path(DETECTOR), 0.7)
    media = (p for p in sorted((data / "media").iterdir()) if "no_face" not in p.name)
    for path in (asset_path(ASTRONAUT), *media):
        step = 1 if is_picture(path) else CLIP_STEP
        for number, (_, image) in enumerate(open_clip(path).frames()):
            if number % step == 0:
                yield from (cut(image, face.box) for face in finder.detect(image))


def cut(image: GreyImage, box: Box) -> Cut:
    """The square round a face, as far as it is in the picture."""
    half = CONTEXT * box.width / 2
    x, y = box.centre
    left, top = max(0, round(x - half)), max(0, round(y - half))
    part = image[top : round(y + half), left : round(x + half)]
    return Cut(np.ascontiguousarray(part), Box(box.x - left, box.y - top, box.width, box.height))


def crowd(data: Path) -> Iterable[Cut]:
    """PublicTest pictures, drawn; the face fills the picture."""
    with np.load(data / "data" / "fer2013_train_publictest.npz") as loaded:
        images = loaded["images"][loaded["usage"] == 1]
    for index in np.random.default_rng(SEED).choice(len(images), CROWD, replace=False):
        yield Cut(images[index], Box(0, 0, *images[index].shape[::-1]))


def staged(
    faces: Iterable[Cut], backgrounds: list[GreyImage], width: int, places: int
) -> Iterable[Scene]:
    """Each face, `width` pixels wide, at drawn places of drawn backgrounds."""
    chance = np.random.default_rng(SEED)
    for face in faces:
        factor = width / face.box.width
        small = resized(face.image, *(max(1, round(n * factor)) for n in face.image.shape[::-1]))
        for _ in range(places):
            image = backgrounds[chance.integers(len(backgrounds))].copy()
            x = int(chance.integers(SIZE[0] - small.shape[1] + 1))
            y = int(chance.integers(SIZE[1] - small.shape[0] + 1))
            image[y : y + small.shape[0], x : x + small.shape[1]] = small
            box = face.box.scaled(factor)
            yield Scene(image, Box(box.x + x, box.y + y, box.width, box.height))


def print_recall(detectors: dict[str, Detector], scenes: dict[int, list[Scene]]) -> None:
    """A line a detector and picture width."""
    pictures = len(next(iter(scenes.values())))
    print(f"{f'{pictures} pictures a width':<27}{'at':>4}" + "".join(f"{w:>6}px" for w in scenes))
    for name, detector in detectors.items():
        for width in (SIZE[0], SIZE[0] // 2):
            shares = [recall(detector, some, width / SIZE[0]) for some in scenes.values()]
            print(f"{name:<27}{width:>4}" + "".join(f"{share:>8.0f}" for share in shares))


def recall(detector: Detector, scenes: list[Scene], factor: float) -> float:
    """Per cent of the scenes whose face is found in a picture `factor` times as large."""
    found = 0
    for scene in scenes:
        faces = certain(detector, shrunk(scene.image, factor))
        found += any(overlap(face.box, scene.truth.scaled(factor)) > SAME for face in faces)
    return 100 * found / len(scenes)


def print_costs(detectors: dict[str, Detector], empty: list[GreyImage], timed: list[Scene]) -> None:
    """False finds and milliseconds, a line a detector."""
    widths = (SIZE[0], SIZE[0] // 2)
    times = {width: milliseconds(detectors, timed, width / SIZE[0]) for width in widths}
    print(f"{'':<27}" + "".join(f"{f'false, {w}':>12}{f'ms, {w}':>10}" for w in widths))
    for name, detector in detectors.items():
        line = f"{name:<27}"
        for width in widths:
            pictures = [shrunk(image, width / SIZE[0]) for image in empty]
            false = sum(len(certain(detector, picture)) for picture in pictures)
            line += f"{false:>12}{times[width][name]:>10.2f}"
        print(line)


def milliseconds(
    detectors: dict[str, Detector], scenes: list[Scene], factor: float
) -> dict[str, float]:
    """The median of each detector; taking turns makes a busy machine slow to all of them alike."""
    times: dict[str, list[float]] = {name: [] for name in detectors}
    for scene in scenes[:WARM_UP] + scenes:
        picture = shrunk(scene.image, factor)
        for name, detector in detectors.items():
            began_s = time.perf_counter()
            detector.detect(picture)
            times[name].append((time.perf_counter() - began_s) * 1e3)
    return {name: statistics.median(kept[WARM_UP:]) for name, kept in times.items()}


def certain(detector: Detector, picture: GreyImage) -> list[Face]:
    """The faces that count."""
    return [face for face in detector.detect(picture) if face.score >= LEAST]


def shrunk(image: GreyImage, factor: float) -> GreyImage:
    """As the service's detector sees it."""
    return resized(image, round(image.shape[1] * factor), round(image.shape[0] * factor))


if __name__ == "__main__":
    main()
