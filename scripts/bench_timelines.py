"""Timelines with known moods, made of real faces that the shipped model has read."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker.mood.score_lines import LoggedFrame
from moodspeaker.types import EMOTION_INDEX, Box, Emotion, Face, FaceReading, Mood, Observation
from moodspeaker.vision.quality import QualityLimits, assess
from moodspeaker_convert.faces import truths
from moodspeaker_convert.faces.data import read_row_numbers
from moodspeaker_convert.faces.label_sets import CONTEMPT, names_of
from moodspeaker_convert.faces.splits import split_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.ports import EmotionModel, GreyImage
    from moodspeaker.types import Hindrance, Scores
    from moodspeaker_convert.faces.data import FaceData

    Rows = NDArray[np.int64]
    Flags = NDArray[np.bool_]

STEP_S = 0.5
HOUR_S = 3600.0
MOOD_LEAST_S, MOOD_MEAN_S = 60.0, 900.0
SIDE = 48
VERSIONS = 4
"""How many slightly different pictures of one face there are."""
SHIFT_PX, ZOOM, NOISE = 2.0, (0.94, 1.06), 3.0
DARKENED = (0.06, 0.15)
FACE_SCORE = 0.9
BOXES = 64
BOX_JITTER = 0.1
SECOND_SIDE = 0.92
"""Of the second person's box, as a share of the first one's."""
SEATS = ((100.0, 100.0), (250.0, 110.0))
PICTURE = (400, 300)


@dataclass(frozen=True, slots=True)
class Spells:
    """Something that comes `per_hour` times and lasts for a while."""

    per_hour: float
    shortest_s: float
    longest_s: float


AWAY = Spells(2, 20, 300)
DARK = Spells(1, 30, 300)
SECOND = Spells(1, 60, 300)


@dataclass(frozen=True, slots=True)
class Read:
    """What one picture of a face gave."""

    scores: Scores
    quality: float
    hindrance: Hindrance | None


Reads = tuple[tuple[Read, ...], tuple[Read, ...]]
"""The versions of one face: (in the light, in the dark)."""


def read_faces(images: Iterable[GreyImage], model: EmotionModel, seed: int) -> list[Reads]:
    """Every image in all its versions, read by `model`."""
    rng = np.random.default_rng(seed)
    return [
        (
            tuple(read(shaken(image, rng, 1.0), model) for _ in range(VERSIONS)),
            tuple(read(shaken(image, rng, rng.uniform(*DARKENED)), model) for _ in range(VERSIONS)),
        )
        for image in images
    ]


def shaken(image: GreyImage, rng: np.random.Generator, light: float) -> GreyImage:
    """A little shifted and scaled, `light` times as bright, with a sensor's noise."""
    shift_x, shift_y = rng.uniform(-SHIFT_PX, SHIFT_PX, 2)
    zoom = rng.uniform(*ZOOM)
    middle = SIDE / 2 * (1 - zoom)
    matrix = np.array([[zoom, 0, middle + shift_x], [0, zoom, middle + shift_y]])
    moved = cv2.warpAffine(image, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    noisy = moved * light + rng.normal(0, NOISE, moved.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def read(image: GreyImage, model: EmotionModel) -> Read:
    """Scores and quality of a picture that is a face and no more."""
    face = Face(Box(0, 0, SIDE, SIDE), FACE_SCORE)
    return Read(model.read(image), *assess(image, face, SIDE, QualityLimits()))


def by_mood(data: FaceData, rows: Rows, label_set: str) -> tuple[Rows, ...]:
    """For each emotion the places in `rows` that show it; contempt counts as neutral."""
    names = [Emotion.NEUTRAL if name == CONTEMPT else name for name in names_of(label_set)]
    places = np.array([EMOTION_INDEX[Emotion(name)] for name in names] + [-1])
    truth = places[truths.classes(data, label_set)[rows]]
    return tuple(np.flatnonzero(truth == index) for index in range(len(Emotion)))


def timeline(
    faces: list[Reads], members: tuple[Rows, ...], persistence_s: float, hours: float, seed: int
) -> list[LoggedFrame]:
    """Frames every `STEP_S`; the same seed gives the same moods and spells at any persistence.

    `members` are the places in `faces` for each emotion. Of two faces the largest comes first.
    """
    rng = np.random.default_rng(seed)
    count = round(hours * HOUR_S / STEP_S)
    moods = true_moods(rng, count)
    away, dark, second = (spells(rng, count, kind) for kind in (AWAY, DARK, SECOND))
    streams = [moods, other_moods(rng, moods, second)]
    reads = [held(rng, stream, members, persistence_s) for stream in streams]
    versions, boxes = rng.integers(0, VERSIONS, (2, count)), rng.integers(0, BOXES, (2, count))
    seats = [seat_boxes(rng, 0, 1.0), seat_boxes(rng, 1, SECOND_SIDE)]

    def reading(person: int, at: int) -> FaceReading:
        found = faces[reads[person][at]][int(dark[at])][versions[person][at]]
        face = seats[person][boxes[person][at]]
        return FaceReading(face, found.scores, found.quality, found.hindrance)

    emotions = [Mood(emotion.value) for emotion in Emotion]
    return [
        nobody(at)
        if away[at]
        else LoggedFrame(
            seen(at, [reading(person, at) for person in range(1 + int(second[at]))]),
            emotions[moods[at]],
        )
        for at in range(count)
    ]


def nobody(at: int) -> LoggedFrame:
    """An empty room."""
    return LoggedFrame(Observation(at * STEP_S, 0, None, 0.0, size=PICTURE), Mood.ABSENT)


def seen(at: int, readings: list[FaceReading]) -> Observation:
    """What the looker makes of these faces."""
    readings.sort(key=lambda reading: -reading.face.box.area)
    largest = readings[0]
    return Observation(
        time_s=at * STEP_S,
        faces=len(readings),
        scores=largest.scores,
        quality=largest.quality,
        readings=tuple(readings),
        hindrance=largest.hindrance,
        size=PICTURE,
    )


def true_moods(rng: np.random.Generator, count: int) -> Rows:
    """The place of the true mood in each frame; each change goes to any other one alike."""
    moods = np.empty(count, dtype=np.int64)
    mood, at = int(rng.integers(len(Emotion))), 0
    while at < count:
        lasts_s = MOOD_LEAST_S + rng.exponential(MOOD_MEAN_S - MOOD_LEAST_S)
        end = at + round(lasts_s / STEP_S)
        moods[at:end] = mood
        mood, at = (mood + int(rng.integers(1, len(Emotion)))) % len(Emotion), end
    return moods


def spells(rng: np.random.Generator, count: int, kind: Spells) -> Flags:
    """In which frames it lasts."""
    mask = np.zeros(count, dtype=np.bool_)
    between_s = HOUR_S / kind.per_hour - (kind.shortest_s + kind.longest_s) / 2
    end_s = 0.0
    while end_s < count * STEP_S:
        start_s = end_s + rng.exponential(between_s)
        end_s = start_s + rng.uniform(kind.shortest_s, kind.longest_s)
        mask[round(start_s / STEP_S) : round(end_s / STEP_S)] = True
    return mask


def other_moods(rng: np.random.Generator, moods: Rows, present: Flags) -> Rows:
    """The second person's mood in each frame: one at a visit, another than the first one's."""
    starts = np.flatnonzero(np.diff(present.astype(np.int8), prepend=0) == 1)
    others = moods.copy()
    for start, end in itertools.pairwise([*starts, len(moods)]):
        others[start:end] = (moods[start] + rng.integers(1, len(Emotion))) % len(Emotion)
    return others


def held(
    rng: np.random.Generator, moods: Rows, members: tuple[Rows, ...], persistence_s: float
) -> Rows:
    """Which face is shown in each frame: one of the mood's, for a random time.

    The time is exponential with that mean, seen only every `STEP_S`.
    """
    fresh = rng.random(len(moods)) < 1 - math.exp(-STEP_S / persistence_s)
    fresh |= np.diff(moods, prepend=-1) != 0
    starts = np.flatnonzero(fresh)
    chosen = np.empty(len(starts), dtype=np.int64)
    for mood, own in enumerate(members):
        wanted = moods[starts] == mood
        chosen[wanted] = rng.choice(own, int(wanted.sum()))
    shown: Rows = chosen[np.cumsum(fresh) - 1]
    return shown


def seat_boxes(rng: np.random.Generator, seat: int, share: float) -> tuple[Face, ...]:
    """Boxes of somebody who keeps their seat, `share` times `SIDE` wide, as detectors jitter."""
    x, y = SEATS[seat]
    sides = SIDE * share * rng.uniform(1 - BOX_JITTER, 1 + BOX_JITTER, BOXES)
    shifts = SIDE * rng.uniform(-BOX_JITTER, BOX_JITTER, (BOXES, 2))
    return tuple(
        Face(Box(x + dx - side / 2, y + dy - side / 2, side, side), FACE_SCORE)
        for side, (dx, dy) in zip(sides.tolist(), shifts.tolist(), strict=True)
    )


def chosen_rows(data: FaceData, split: str, folder: Path, model: Path) -> Rows:
    """PublicTest, or the Training rows that did not train `model`, which are for tuning only."""
    if split == "test":
        return data.rows("PublicTest")
    recipe = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))["recipe"]
    training = recipe["training"]
    excluded = read_row_numbers(folder / "test_duplicates.txt", len(data.label))
    seed = training.get("split_seed")
    seed = training["seed"] if seed is None else seed
    return split_rows(data, training["label_set"], seed, excluded).validation
