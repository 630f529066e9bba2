"""Whose face counts where there are several."""

from __future__ import annotations

import pytest

from fakes.vision import sure
from moodspeaker.mood.faces import MISSED_S, TAKE_OVER_S, FaceChooser, FacePolicy
from moodspeaker.types import Box, Emotion, Face, FaceReading, Observation

ANN = (Box(10, 10, 40, 40), Emotion.HAPPY)
BOB = (Box(100, 10, 38, 38), Emotion.SAD)
SIZE = (200, 100)


def reading(box: Box, emotion: Emotion, quality: float = 1.0) -> FaceReading:
    return FaceReading(Face(box, 0.9), sure(emotion), quality)


def seen(time_s: float, *faces: FaceReading | tuple[Box, Emotion]) -> Observation:
    readings = tuple(f if isinstance(f, FaceReading) else reading(*f) for f in faces)
    first = readings[0] if readings else None
    return Observation(
        time_s, len(readings), first and first.scores, 1.0, readings=readings, size=SIZE
    )


def leader(observation: Observation) -> Emotion | None:
    return observation.scores.ranked()[0] if observation.scores else None


def larger(face: tuple[Box, Emotion], factor: float) -> tuple[Box, Emotion]:
    """The same face nearer by, about the same middle."""
    box, emotion = face
    grown = box.width * factor
    x, y = box.centre
    return Box(x - grown / 2, y - grown / 2, grown, grown), emotion


def test_the_largest_face_counts() -> None:
    chosen = FaceChooser(FacePolicy.LARGEST).choose(seen(0, BOB, ANN))
    assert leader(chosen) is Emotion.HAPPY
    assert chosen.readings[0].face.box == ANN[0]
    assert chosen.faces == len(chosen.readings) == 2


def test_two_faces_of_one_size_do_not_alternate() -> None:
    chooser = FaceChooser(FacePolicy.LARGEST)
    moods = {
        leader(chooser.choose(seen(t / 5, larger(ANN, 0.9 if t % 2 else 1.05), BOB)))
        for t in range(300)
    }
    assert moods == {Emotion.HAPPY}


@pytest.mark.parametrize(
    ("after_s", "expected"),
    [(TAKE_OVER_S - 0.2, Emotion.HAPPY), (TAKE_OVER_S + 0.01, Emotion.SAD)],
)
def test_a_nearer_face_takes_over_after_a_while(after_s: float, expected: Emotion) -> None:
    chooser = FaceChooser(FacePolicy.LARGEST)
    chooser.choose(seen(0, ANN, BOB))
    near = larger(BOB, 1.5)
    for tenth in range(int(after_s * 10) + 1):
        chooser.choose(seen(1 + tenth / 10, ANN, near))
    assert leader(chooser.choose(seen(1 + after_s, ANN, near))) is expected


def test_somebody_who_looks_in_for_a_moment_changes_nothing() -> None:
    chooser = FaceChooser(FacePolicy.LARGEST)
    for tenth in range(200):
        visitor = (larger(BOB, 2),) if tenth % 20 >= 10 else ()
        assert leader(chooser.choose(seen(tenth / 10, ANN, *visitor))) is Emotion.HAPPY


@pytest.mark.parametrize(("gone_s", "expected"), [(MISSED_S, None), (MISSED_S + 0.1, Emotion.SAD)])
def test_nobody_takes_the_place_of_a_face_that_was_only_missed(
    gone_s: float, expected: Emotion | None
) -> None:
    chooser = FaceChooser(FacePolicy.LARGEST)
    chooser.choose(seen(0, ANN, BOB))
    chosen = chooser.choose(seen(gone_s, BOB))
    assert leader(chosen) is expected
    assert chosen.faces == 1


def test_a_face_that_moves_stays_itself() -> None:
    chooser = FaceChooser(FacePolicy.LARGEST)
    for step in range(20):
        box = Box(10 + 8 * step, 10, 40, 40)
        assert leader(chooser.choose(seen(step / 5, (box, Emotion.HAPPY)))) is Emotion.HAPPY


def test_a_clock_that_goes_backwards_keeps_nobody_out() -> None:
    chooser = FaceChooser(FacePolicy.LARGEST)
    chooser.choose(seen(1000, ANN))
    assert leader(chooser.choose(seen(1, BOB))) is Emotion.SAD


def test_the_face_nearest_to_the_centre_counts() -> None:
    assert leader(FaceChooser(FacePolicy.NEAREST_CENTRE).choose(seen(0, ANN, BOB))) is Emotion.SAD


def test_the_happiest_face_counts_however_small() -> None:
    faces = (BOB, (Box(0, 0, 15, 15), Emotion.HAPPY))
    assert leader(FaceChooser(FacePolicy.HAPPIEST).choose(seen(0, *faces))) is Emotion.HAPPY


@pytest.mark.parametrize(("faces", "expected"), [((ANN,), Emotion.HAPPY), ((ANN, BOB), None)])
def test_only_one_reads_nobody_in_company(
    faces: tuple[tuple[Box, Emotion], ...], expected: Emotion | None
) -> None:
    chosen = FaceChooser(FacePolicy.ONLY_ONE).choose(seen(0, *faces))
    assert leader(chosen) is expected
    assert chosen.faces == len(faces)


def test_the_mean_of_all_is_weighted_by_quality() -> None:
    faces = (reading(*ANN, quality=0.9), reading(*BOB, quality=0.3))
    chosen = FaceChooser(FacePolicy.MEAN).choose(seen(0, *faces))
    assert chosen.scores is not None
    assert chosen.scores[Emotion.HAPPY] == pytest.approx(0.75 * 0.9 + 0.25 * (0.1 / 6))
    assert chosen.quality == 0.9
    assert sum(chosen.scores.values) == pytest.approx(1)


def test_the_majority_is_of_faces_and_not_of_pixels() -> None:
    small = Box(150, 60, 12, 12)
    faces = (ANN, BOB, (small, Emotion.SAD))
    chosen = FaceChooser(FacePolicy.MAJORITY).choose(seen(0, *faces))
    assert chosen.scores is not None
    assert chosen.scores[Emotion.SAD] == pytest.approx(0.9)


@pytest.mark.parametrize("policy", [FacePolicy.MEAN, FacePolicy.MAJORITY])
def test_faces_of_no_quality_are_no_reading_together(policy: FacePolicy) -> None:
    faces = (reading(*ANN, quality=0.0), reading(*BOB, quality=0.0))
    assert FaceChooser(policy).choose(seen(0, *faces)).scores is None


@pytest.mark.parametrize("policy", FacePolicy)
def test_no_face_stays_no_face(policy: FacePolicy) -> None:
    empty = seen(0)
    assert FaceChooser(policy).choose(empty) is empty
