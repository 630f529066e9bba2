"""Following faces, and looking twice, with detectors that see what they are shown."""

from __future__ import annotations

import numpy as np
import pytest

from fakes.vision import FakeDetector
from moodspeaker.types import Box, Face
from moodspeaker.vision.finder import (
    FaceFinder,
    InHalves,
    LateDetector,
    SecondLook,
    overlap,
    shifted,
    square_round,
)

EVERY = 4


class Room:
    """People of 40x40 pixels in a picture; a part of it is known by where its memory begins."""

    def __init__(self, *corners: tuple[float, float]) -> None:
        self.corners = list(corners)
        self.whole = np.zeros((240, 320), dtype=np.uint8)

    def picture(self, shape: tuple[int, int] = (240, 320)) -> np.ndarray:
        """A new picture; its pixels do not matter."""
        self.whole = np.zeros(shape, dtype=np.uint8)
        return self.whole


class Eye:
    """Implements ports.Detector: finds whoever's middle is in the part it is shown."""

    def __init__(self, room: Room, score: float = 0.9) -> None:
        self.room = room
        self.score = score
        self.blind = False
        self.shown: list[tuple[int, int, int, int]] = []

    def detect(self, image: np.ndarray) -> tuple[Face, ...]:
        """Faces in pixels of `image`."""
        whole = self.room.whole
        offset = image.ctypes.data - whole.ctypes.data
        top, left = divmod(offset, whole.shape[1])
        height, width = image.shape
        self.shown.append((left, top, width, height))
        if self.blind:
            return ()
        return tuple(
            Face(
                Box(x - left, y - top, 40, 40),
                self.score - 0.01 * number,
                ((x - left + 10, y - top + 15), (x - left + 30, y - top + 15)),
            )
            for number, (x, y) in enumerate(self.room.corners)
            if left <= x + 20 < left + width and top <= y + 20 < top + height
        )


class Scene:
    """A finder over two eyes that look into one room."""

    def __init__(self, *corners: tuple[float, float], every: int = EVERY) -> None:
        self.room = Room(*corners)
        self.near, self.whole = Eye(self.room), Eye(self.room)
        self.finder = FaceFinder(self.near, self.whole, every)

    def look(self, times: int = 1, shape: tuple[int, int] = (240, 320)) -> tuple[Face, ...]:
        """What the last of so many calls finds."""
        for _ in range(times):
            found = self.finder.detect(self.room.picture(shape))
        return found

    @property
    def looks(self) -> tuple[int, int]:
        """(near looks, whole looks) so far."""
        return len(self.near.shown), len(self.whole.shown)


def corners(faces: tuple[Face, ...]) -> list[tuple[float, float]]:
    """Where they are, from left to right."""
    return sorted((face.box.x, face.box.y) for face in faces)


def test_the_first_call_looks_at_the_whole_picture() -> None:
    scene = Scene((100, 100))
    assert corners(scene.look()) == [(100, 100)]
    assert scene.looks == (0, 1)


def test_the_next_call_looks_at_a_square_twice_as_large_round_the_face() -> None:
    scene = Scene((100, 100))
    scene.look(2)
    assert scene.near.shown == [(80, 80, 80, 80)]
    assert scene.looks == (1, 1)


def test_a_face_found_near_has_box_and_eyes_in_pixels_of_the_picture() -> None:
    scene = Scene((100, 100))
    scene.look()
    scene.room.corners = [(110, 95)]
    (face,) = scene.look()
    assert face.box == Box(110, 95, 40, 40)
    assert face.eyes == ((120, 110), (140, 110))


def test_a_face_that_walks_is_followed_without_a_whole_look() -> None:
    scene = Scene((0, 100), every=100)
    for step in range(20):
        scene.room.corners = [(step * 14, 100)]
        assert corners(scene.look()) == [(step * 14, 100)]
    assert scene.looks == (19, 1)


@pytest.mark.parametrize(("calls", "whole"), [(EVERY - 1, 1), (EVERY, 1), (EVERY + 1, 2)])
def test_every_so_many_calls_the_whole_picture_is_looked_at(calls: int, whole: int) -> None:
    scene = Scene((100, 100))
    scene.look(calls)
    assert scene.looks[1] == whole


def test_every_one_looks_at_the_whole_picture_always() -> None:
    scene = Scene((100, 100), every=1)
    scene.look(5)
    assert scene.looks == (0, 5)


def test_somebody_new_is_seen_at_the_next_whole_look() -> None:
    scene = Scene((100, 100))
    scene.look()
    scene.room.corners.append((240, 20))
    assert len(scene.look(EVERY - 1)) == 1
    assert len(scene.look()) == 2


def test_a_face_lost_near_is_looked_for_in_the_whole_picture_in_the_same_call() -> None:
    scene = Scene((100, 100))
    scene.look()
    scene.room.corners = [(250, 10)]
    assert corners(scene.look()) == [(250, 10)]
    assert scene.looks == (1, 2)


def test_one_of_two_faces_lost_brings_a_whole_look() -> None:
    scene = Scene((20, 100), (200, 100))
    scene.look()
    scene.room.corners = [(20, 100)]
    assert corners(scene.look()) == [(20, 100)]
    assert scene.looks == (2, 2)


def test_with_nobody_there_every_call_is_a_whole_look() -> None:
    scene = Scene()
    scene.look(3)
    assert scene.looks == (0, 3)


@pytest.mark.parametrize(("people", "near"), [(2, 2), (3, 3), (4, 0)])
def test_up_to_three_faces_are_followed(people: int, near: int) -> None:
    scene = Scene(*((10 + 75 * number, 100) for number in range(people)))
    assert len(scene.look(2)) == people
    assert scene.looks[0] == near


def test_neighbours_are_not_mistaken_for_one_another() -> None:
    scene = Scene((100, 100), (130, 135))
    scene.look()
    assert corners(scene.look()) == [(100, 100), (130, 135)]
    assert scene.looks == (2, 1)


def test_two_near_looks_that_find_the_same_face_give_it_once() -> None:
    scene = Scene((100, 100), (150, 100))
    scene.look()
    scene.room.corners = [(125, 100)]
    assert corners(scene.look()) == [(125, 100)]


def test_faces_found_near_come_most_certain_first() -> None:
    scene = Scene((200, 100), (20, 100))
    scene.look()
    assert [face.box.x for face in scene.look()] == [200, 20]


def test_another_size_of_picture_brings_a_whole_look() -> None:
    scene = Scene((100, 100))
    scene.look()
    scene.look(shape=(480, 640))
    assert scene.looks == (0, 2)


def test_a_reset_forgets() -> None:
    scene = Scene((100, 100))
    scene.look()
    scene.finder.reset()
    scene.look()
    assert scene.looks == (0, 2)


def test_a_square_is_pushed_into_the_picture() -> None:
    scene = Scene((-10, 210))
    scene.look(2)
    assert scene.near.shown == [(0, 160, 80, 80)]


def test_a_square_larger_than_the_picture_is_clipped_to_it() -> None:
    assert square_round(Box(100, 60, 150, 150), 2.0, (240, 320)) == (20, 0, 320, 240)


def test_a_box_outside_the_picture_is_lost_and_nothing_is_looked_at_near() -> None:
    assert square_round(Box(400, 100, 20, 20), 2.0, (240, 320)) == (0, 0, 0, 0)
    near, whole = Eye(Room()), Outside()
    finder = FaceFinder(near, whole)
    picture = np.zeros((240, 320), dtype=np.uint8)
    finder.detect(picture)
    assert len(finder.detect(picture)) == 1
    assert near.shown == []
    assert whole.calls == 2


class Outside:
    """Implements ports.Detector: a face beyond the border."""

    def __init__(self) -> None:
        self.calls = 0

    def detect(self, image: np.ndarray) -> tuple[Face, ...]:
        """Always the same."""
        self.calls += 1
        return (Face(Box(400, 100, 20, 20), 0.9),)


def test_a_second_look_gives_the_second_detectors_face() -> None:
    room = Room((100, 100))
    rough, near = Eye(room, score=0.2), Eye(room, score=0.8)
    (face,) = SecondLook(rough, near).detect(room.picture())
    assert (face.score, face.box) == (0.8, Box(100, 100, 40, 40))
    assert near.shown == [(80, 80, 80, 80)]


def test_two_finds_that_turn_out_to_be_one_face_give_it_once() -> None:
    doubtful, real = Room((100, 100), (150, 100)), Room((125, 100))
    real.whole = doubtful.picture()
    near = Eye(real)
    faces = SecondLook(Eye(doubtful), near).detect(doubtful.whole)
    assert corners(faces) == [(125, 100)]
    assert len(near.shown) == 2


def test_what_is_not_found_again_is_no_face() -> None:
    room = Room((100, 100))
    near = Eye(room)
    near.blind = True
    assert SecondLook(Eye(room, score=0.2), near).detect(room.picture()) == ()


@pytest.mark.parametrize(("doubtful", "looks"), [(3, 3), (4, 4), (5, 4)])
def test_after_four_looks_in_vain_no_more_is_looked_at_again(doubtful: int, looks: int) -> None:
    room = Room(*((10 + 60 * number, 100) for number in range(doubtful)))
    near = Eye(room)
    near.blind = True
    SecondLook(Eye(room), near).detect(room.picture())
    assert len(near.shown) == looks


def test_a_crowd_is_looked_at_again_to_the_last_face() -> None:
    room = Room(*((5 + 45 * number, 100) for number in range(7)))
    assert len(SecondLook(Eye(room), Eye(room)).detect(room.picture())) == 7


@pytest.mark.parametrize(("score", "faces", "asked"), [(0.79, 0, 1), (0.8, 1, 0), (0.81, 1, 0)])
def test_a_judge_is_asked_where_the_second_look_leaves_a_doubt(
    score: float, faces: int, asked: int
) -> None:
    room = Room((100, 100))
    judge = Eye(room)
    judge.blind = True
    finder = SecondLook(Eye(room), Eye(room, score), judge)
    assert len(finder.detect(room.picture())) == faces
    assert len(judge.shown) == asked


def test_a_judge_who_finds_it_too_leaves_the_face_as_the_second_look_gave_it() -> None:
    room = Room((100, 100))
    finder = SecondLook(Eye(room), Eye(room, 0.7), judge=Eye(room, 0.3))
    (face,) = finder.detect(room.picture())
    assert face.score == 0.7


def test_a_judge_who_finds_something_else_says_no() -> None:
    room, other = Room((100, 100)), Room((125, 125))
    other.whole = room.picture()
    finder = SecondLook(Eye(room), Eye(room, 0.7), judge=Eye(other))
    assert finder.detect(room.whole) == ()


@pytest.mark.parametrize(("moved", "share"), [(0, 1.0), (10, 0.6), (40, 0.0), (100, 0.0)])
def test_overlap_is_what_is_shared_of_all_that_is_covered(moved: float, share: float) -> None:
    assert overlap(Box(0, 0, 40, 40), Box(moved, 0, 40, 40)) == pytest.approx(share)


def test_a_face_without_eyes_is_shifted_without_eyes() -> None:
    assert shifted(Face(Box(1, 2, 3, 4), 0.5), 10, 20) == Face(Box(11, 22, 3, 4), 0.5)


def test_a_late_detector_is_opened_when_it_is_first_asked_and_once() -> None:
    opened = []

    def opening() -> FakeDetector:
        opened.append(1)
        return FakeDetector((Face(Box(1, 2, 30, 30), 0.9),))

    late = LateDetector(opening)
    assert opened == []
    picture = np.zeros((240, 320), dtype=np.uint8)
    assert late.detect(picture) == late.detect(picture)
    assert opened == [1]


class Spots:
    """Implements ports.Detector: a face of 20 pixels round every white pixel it is shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[int, ...]] = []

    def detect(self, image: np.ndarray) -> tuple[Face, ...]:
        """In the order of the rows."""
        self.shown.append(image.shape)
        rows, columns = np.nonzero(image)
        return tuple(
            Face(Box(float(x) - 10, float(y) - 10, 20, 20), 0.9)
            for x, y in zip(columns, rows, strict=True)
        )


@pytest.mark.parametrize(("shape", "part"), [((240, 320), (240, 176)), ((320, 240), (176, 240))])
def test_halves_are_cut_along_the_longer_side_and_overlap(
    shape: tuple[int, int], part: tuple[int, int]
) -> None:
    half, coarse = Spots(), Spots()
    InHalves(half, coarse).detect(np.zeros(shape, dtype=np.uint8))
    assert half.shown == [part, part]
    assert coarse.shown == [(320, 320)]


@pytest.mark.parametrize("place", [(5, 7), (120, 144), (120, 160), (120, 175), (230, 315)])
def test_a_face_in_either_half_or_in_both_is_given_once_and_where_it_is(
    place: tuple[int, int],
) -> None:
    picture = np.zeros((240, 320), dtype=np.uint8)
    picture[place] = 255
    (face,) = InHalves(Spots(), FakeDetector()).detect(picture)
    assert face.box.centre == (place[1], place[0])


def test_a_face_too_large_for_the_halves_is_found_in_the_whole() -> None:
    large = Face(Box(60, 40, 160, 160), 0.9)
    found = InHalves(FakeDetector(), FakeDetector((large,))).detect(np.zeros((240, 320), np.uint8))
    assert found == (large,)
