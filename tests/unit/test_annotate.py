"""What is drawn into a picture, and how it gets into a file."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from fakes.vision import sure
from moodspeaker.errors import MoodspeakerError
from moodspeaker.types import Box, Emotion, Face, FaceReading, Hindrance, Observation, Trouble
from moodspeaker.vision.annotate import (
    COLOURS,
    annotated,
    fitting,
    free_place,
    panel_lines,
    shared,
    strip_text,
    uncrowded,
)
from moodspeaker.vision.picture_output import VideoFile, open_output

if TYPE_CHECKING:
    from pathlib import Path

POINTS = tuple((0.5, -0.25) for _ in Emotion)
SIZES = [(180, 320), (240, 320), (480, 640), (1080, 1920), (1920, 1080), (48, 48), (20, 300)]


def reading(
    box: Box, emotion: Emotion = Emotion.HAPPY, hindrance: Hindrance | None = None
) -> FaceReading:
    """A face with eyes where eyes are."""
    eyes = tuple((box.x + box.width * share, box.y + box.height * 0.4) for share in (0.3, 0.7))
    return FaceReading(Face(box, 0.75, eyes), sure(emotion), 0.5, hindrance)  # type: ignore[arg-type]


def seen(*readings: FaceReading, trouble: Trouble | None = None) -> Observation:
    """A frame with those faces, 2.5 s from the start."""
    scores = readings[0].scores if readings else None
    return Observation(2.5, len(readings), scores, 0.5, readings, points=POINTS, trouble=trouble)


def grey(height: int, width: int) -> np.ndarray:
    """An even picture."""
    return np.full((height, width), 128, np.uint8)


def test_the_panel_tells_everything_about_a_face() -> None:
    lines = panel_lines(reading(Box(0, 0, 50, 50), hindrance=Hindrance.BLURRED), POINTS)
    assert [line.text for line in lines] == [
        "happy 0.90",
        "angry 0.02",
        "val +0.50  aro -0.25",
        "face 0.75  quality 0.50",
        "blurred",
    ]
    assert lines[0].share == pytest.approx(0.9)


def test_the_panel_says_nothing_of_a_plane_that_is_unknown_nor_of_no_hindrance() -> None:
    assert len(panel_lines(reading(Box(0, 0, 50, 50)), ())) == 3


def test_the_strip_tells_frame_time_faces_and_trouble() -> None:
    assert strip_text(seen(reading(Box(0, 0, 9, 9))), 7) == "frame 7   2.50 s   1 face"
    assert strip_text(seen(trouble=Trouble.DARK), 0).endswith("no face   too dark to see a face")


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_pictures_of_any_size_keep_it_and_have_all_text_inside(height: int, width: int) -> None:
    side = min(height, width) * 0.4
    corners = [(0.0, 0.0), (width - side, 0.0), (width * 0.4, height - side), (-side / 2, side)]
    readings = [reading(Box(x, y, side, side), hindrance=Hindrance.TURNED) for x, y in corners]
    picture = annotated(grey(height, width), seen(*readings), 1.0, 123456)
    assert picture.shape == (height, width, 3)
    panels = [panel_lines(each, POINTS) for each in readings]
    style = fitting((height, width), panels)
    for lines in uncrowded(panels, style, height * width):
        panel_width, panel_height = style.size(lines)
        assert panel_width <= width
        assert panel_height + style.line <= height


@pytest.mark.parametrize("height", [240, 480, 1080])
def test_text_grows_with_the_picture_and_stays_readable(height: int) -> None:
    style = fitting((height, height * 4 // 3), [panel_lines(reading(Box(0, 0, 9, 9)), POINTS)])
    assert style.text_px == pytest.approx(max(9, height * 0.02))


def test_the_box_is_drawn_in_the_leading_emotions_colour_and_scaled() -> None:
    picture = annotated(grey(480, 640), seen(reading(Box(100, 80, 60, 60), Emotion.SAD)), 2.0, 0)
    colour = COLOURS[Emotion.SAD]
    assert picture[220, 200].tolist() == list(colour)
    assert picture[220, 319].tolist() == list(colour)
    assert picture[220, 190].tolist() != list(colour)


def test_the_eyes_are_ringed() -> None:
    with_eyes = reading(Box(100, 80, 200, 200))
    without = FaceReading(Face(with_eyes.face.box, 0.75), with_eyes.scores, 0.5)
    pictures = [annotated(grey(480, 640), seen(each), 1.0, 0) for each in (with_eyes, without)]
    rows, columns = np.nonzero((pictures[0] != pictures[1]).any(axis=2))
    assert (abs(rows - 160) < 15).all()
    assert (np.minimum(abs(columns - 160), abs(columns - 240)) < 15).all()
    assert len(rows)


def test_the_given_picture_stays_as_it_was() -> None:
    image = grey(240, 320)
    annotated(image, seen(reading(Box(10, 10, 90, 90))), 1.0, 0)
    assert (image == 128).all()


def test_panels_hide_neither_faces_nor_one_another_while_there_is_room() -> None:
    boxes = [Box(x, 180, 100, 100) for x in (40, 180, 320, 460, 600, 740)]
    taken: list[Box] = []
    for box in boxes:
        others = [other for other in boxes if other is not box]
        taken.append(free_place((240, 100), box, [*others, *taken], (1000, 640)))
    assert not any(shared(a, b) for a, b in combinations([*boxes, *taken], 2))


def test_a_crowd_in_a_small_picture_gets_fewer_lines() -> None:
    crowd = [panel_lines(reading(Box(0, 0, 30, 30)), POINTS) for _ in range(5)]
    small, large = fitting((213, 320), crowd), fitting((667, 1000), crowd)
    assert max(map(len, uncrowded(crowd, small, 213 * 320))) == 2
    assert uncrowded(crowd, large, 667 * 1000) == crowd


def test_an_output_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    source, out = tmp_path / "in.png", tmp_path / "out.png"
    with open_output(out, source) as output:
        output.add(np.zeros((40, 60, 3), np.uint8))
        assert not out.exists()
    assert cv2.imread(str(out)).shape == (40, 60, 3)
    assert list(tmp_path.iterdir()) == [out]


def test_an_output_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out.jpg"
    out.write_text("old")

    def fail() -> None:
        with open_output(out, tmp_path / "in.png") as output:
            output.add(np.zeros((40, 60, 3), np.uint8))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("source", "out", "says"),
    [
        ("in.png", "none/out.png", "no folder"),
        ("in.png", "out.mp4", "for a picture: .png or .jpg"),
        ("in.png", "out.gif", "for a picture: .png or .jpg"),
        ("in.png", "out", "for a picture: .png or .jpg"),
        ("in.png", "in.png", "the source itself"),
        ("in.mp4", "out.png", "for a video: .mp4"),
        ("folder", "out.png", "for a folder of pictures"),
        ("folder", "folder", "the source itself"),
    ],
)
def test_an_output_that_does_not_suit_is_refused_at_the_start(
    tmp_path: Path, source: str, out: str, says: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "in.png").write_bytes(b"")
    before = sorted(tmp_path.iterdir())
    with (
        pytest.raises(MoodspeakerError, match=re.escape(says)),
        open_output(tmp_path / out, tmp_path / source),
    ):
        pass
    assert sorted(tmp_path.iterdir()) == before


def test_a_video_keeps_its_pace_and_takes_pictures_of_odd_and_other_sizes(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    video = VideoFile(path, 12.5)
    for shape in ((121, 161, 3), (121, 161, 3), (400, 100, 3), (10, 10, 3)):
        video.add(np.full(shape, 200, np.uint8))
    video.finish()
    capture = cv2.VideoCapture(str(path))
    found = [capture.get(x) for x in (cv2.CAP_PROP_FPS, cv2.CAP_PROP_FRAME_COUNT)]
    assert found == pytest.approx([12.5, 4])
    assert capture.read()[1].shape == (122, 162, 3)


def test_a_video_without_a_frame_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MoodspeakerError, match="0 of 0 frames"):
        VideoFile(tmp_path / "out.mp4", 25).finish()
