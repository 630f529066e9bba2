"""Milliseconds a frame, from a colour picture to emotions: ours, and the PyPI package fer's.

    bench_pipeline.py --data FOLDER --fer WHEELFOLDER [--rounds N]

FOLDER/media holds photos and clips (`no_face` in a name: nobody on it), WHEELFOLDER the unpacked
wheel of fer. All look at the same frames, turn by turn, on one thread. fer runs as it comes: its
FER class with OpenCV's Haar cascade, its TFLite model and TensorFlow.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from moodspeaker.app.factories import open_looker, open_watch
from moodspeaker.config.schema import Config
from moodspeaker.vision.frames import MemoryFrame, grey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from moodspeaker.ports import Frame
    from moodspeaker.types import Observation

    Picture = NDArray[np.uint8]
    Pipeline = Callable[[Picture], int]

SIZES = ((640, 480), (320, 240))
FPS = 5
WARM_UP = 5
NOBODY = "no_face"


def searching() -> Pipeline:
    """How many faces ours sees where it searches every frame whole."""
    config = Config()
    return counting(open_looker(config).look, config)


def as_served() -> Pipeline:
    """How many faces the service sees: it follows faces, and sleeps while nothing moves."""
    config = Config()
    return counting(open_watch(config).look, config)


def counting(look: Callable[[Frame], Observation], config: Config) -> Pipeline:
    """`look` over colour pictures, `FPS` of them a second."""
    times = iter(range(sys.maxsize))

    def looking(picture: Picture) -> int:
        return look(MemoryFrame(next(times) / FPS, grey(picture), config.camera.detect_width)).faces

    return looking


def rival(folder: Path) -> Pipeline:
    """How many faces fer sees, with its default settings."""
    sys.path.insert(0, str(folder))
    stand_in_for_pkg_resources(folder)
    from fer.fer import FER  # noqa: PLC0415 - its folder is known only now

    detector = FER()
    return lambda picture: len(detector.detect_emotions(picture))


def stand_in_for_pkg_resources(folder: Path) -> None:
    """fer asks pkg_resources for the path of its model; setuptools has it no longer."""
    module: Any = ModuleType("pkg_resources")
    module.resource_filename = lambda package, name: str(folder / package / name)
    sys.modules["pkg_resources"] = module


@dataclass(slots=True)
class Figures:
    """What one pipeline took and found, a number a frame."""

    times_ms: list[float] = field(default_factory=list)
    found: list[int] = field(default_factory=list)

    @property
    def median_ms(self) -> float:
        """Of all frames."""
        return statistics.median(self.times_ms)

    @property
    def share(self) -> float:
        """Of the frames with at least one face found."""
        return sum(map(bool, self.found)) / len(self.found)

    def look(self, pipeline: Pipeline, picture: Picture, *, count: bool) -> None:
        """One frame; not counted while all is still warming up."""
        began_s = time.perf_counter()
        faces = pipeline(picture)
        took_ms = (time.perf_counter() - began_s) * 1e3
        if count:
            self.times_ms.append(took_ms)
            self.found.append(faces)


def measure(pictures: list[Picture], pipelines: tuple[Pipeline, ...], rounds: int) -> list[Figures]:
    """Each pipeline on each picture; who goes first changes with every picture."""
    figures = [Figures() for _ in pipelines]
    pairs = list(zip(figures, pipelines, strict=True))
    for number, picture in enumerate([*pictures[:WARM_UP], *(pictures * rounds)]):
        for one, pipeline in pairs if number % 2 else reversed(pairs):
            one.look(pipeline, picture, count=number >= WARM_UP)
    return figures


def frames(path: Path) -> Iterator[Picture]:
    """A photo, or a clip at `FPS` frames a second."""
    if path.suffix == ".jpg":
        photo = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if photo is not None:
            yield photo.astype(np.uint8, copy=False)
        return
    capture = cv2.VideoCapture(str(path))
    step = max(1, round(capture.get(cv2.CAP_PROP_FPS) / FPS))
    number = 0
    while (read := capture.read())[0]:
        if number % step == 0:
            yield read[1].astype(np.uint8, copy=False)
        number += 1
    capture.release()


def covering(picture: Picture, size: tuple[int, int]) -> Picture:
    """Scaled and cut to `size`, (width, height), round the middle."""
    height, width = picture.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    large = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top, left = (large.shape[0] - size[1]) // 2, (large.shape[1] - size[0]) // 2
    return np.ascontiguousarray(large[top : top + size[1], left : left + size[0]])


def main() -> None:
    """Prints a line for each size, with somebody and with nobody there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fer", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    files = sorted((options.data / "media").glob("*.jpg"))
    files += sorted((options.data / "media").glob("*.mp4"))
    print(f"{'size':<10}{'on it':<10}{'frames':<8}{'pipeline':<12}{'ms':>8}{'to fer':>8}"
          f"{'face found':>12}")  # fmt: skip
    theirs = rival(options.fer.resolve())
    for size in SIZES:
        for who in ("a face", "nobody"):
            chosen = [path for path in files if (NOBODY in path.stem) == (who == "nobody")]
            pictures = [covering(frame, size) for path in chosen for frame in frames(path)]
            pipelines = {"searching": searching(), "as served": as_served(), "fer": theirs}
            figures = measure(pictures, tuple(pipelines.values()), options.rounds)
            for name, one in zip(pipelines, figures, strict=True):
                print(f"{'x'.join(map(str, size)):<10}{who:<10}{len(one.found):<8}{name:<12}"
                      f"{one.median_ms:>8.2f}{one.median_ms / figures[-1].median_ms:>8.2f}"
                      f"{one.share:>12.0%}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
