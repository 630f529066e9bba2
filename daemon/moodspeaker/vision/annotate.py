"""Draws what was seen into the picture it was seen in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker.mood.affect import point_of
from moodspeaker.types import Box, Emotion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker.ports import GreyImage
    from moodspeaker.types import FaceReading, Observation

    Picture = NDArray[np.uint8]
    """u8[h, w, 3], BGR."""
    Colour = tuple[int, int, int]

FONT = cv2.FONT_HERSHEY_SIMPLEX
TEXT_SHARE = 0.02
"""Height of a capital, in shares of the picture's shorter side."""
LEAST_TEXT_PX = 9
CROWDED = 0.4
"""Share of the picture that panels may take; more, and their lower lines are left out."""
GRID = 16
"""Places tried along either side of the picture where there is none beside a face."""
SHADE = 0.3
"""How much of the picture shines through behind text."""
WHITE = (255, 255, 255)
COLOURS = {
    Emotion.ANGRY: (70, 70, 235),
    Emotion.DISGUST: (80, 170, 90),
    Emotion.FEAR: (215, 105, 175),
    Emotion.HAPPY: (50, 200, 245),
    Emotion.SAD: (235, 150, 75),
    Emotion.SURPRISE: (60, 145, 255),
    Emotion.NEUTRAL: (200, 200, 200),
}
"""BGR."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; `share` 0..1 is drawn as a bar behind it."""

    text: str
    share: float = 0.0
    colour: Colour = WHITE


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes in pixels, all from the height of a capital."""

    text_px: float

    @property
    def scale(self) -> float:
        """OpenCV's: the font is 21 pixels high at 1."""
        return self.text_px / 21

    @property
    def stroke(self) -> int:
        """Of letters and frames."""
        return max(1, round(self.text_px / 10))

    @property
    def gap(self) -> int:
        """Round a line of text."""
        return max(1, round(self.text_px * 0.45))

    @property
    def line(self) -> int:
        """From one line of text to the next."""
        return round(self.text_px) + 2 * self.gap

    def size(self, lines: tuple[Line, ...]) -> tuple[int, int]:
        """(width, height) of a panel with these lines."""
        widths = (cv2.getTextSize(x.text, FONT, self.scale, self.stroke)[0][0] for x in lines)
        return max(widths) + 2 * self.gap, len(lines) * self.line


def annotated(image: GreyImage, seen: Observation, factor: float, number: int) -> Picture:
    """`image` in BGR with every face of `seen`, whose boxes are `factor` times smaller.

    Of each face: box, eyes, the two leading emotions, valence and arousal, the detector's score,
    quality; of a crowd in a small picture the emotions alone. A strip at the bottom tells frame
    `number`, time, faces and what is wrong.
    """
    picture = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
    height, width = image.shape
    strip = (Line(strip_text(seen, number)),)
    panels = [panel_lines(reading, seen.points) for reading in seen.readings]
    style = fitting(image.shape, [strip, *panels])
    for reading in seen.readings:
        draw_face(picture, style, reading, factor)
    boxes = [reading.face.box.scaled(factor) for reading in seen.readings]
    draw_panels(picture, style, boxes, uncrowded(panels, style, image.size))
    draw_panel(picture, style, Box(0, height - style.line, width, style.line), strip)
    return picture


def strip_text(seen: Observation, number: int) -> str:
    """The line at the bottom."""
    faces = f"{seen.faces} face{'' if seen.faces == 1 else 's'}" if seen.faces else "no face"
    wrong = (str(seen.trouble),) if seen.trouble else ()
    return "   ".join((f"frame {number}", f"{seen.time_s:.2f} s", faces, *wrong))


def panel_lines(reading: FaceReading, points: tuple[tuple[float, float], ...]) -> tuple[Line, ...]:
    """What is written beside a face."""
    first, second = reading.scores.ranked()[:2]
    scores = reading.scores
    lines = [Line(f"{e} {scores[e]:.2f}", scores[e], COLOURS[e]) for e in (first, second)]
    if points:
        valence, arousal = point_of(scores, points)
        lines.append(Line(f"val {valence:+.2f}  aro {arousal:+.2f}"))
    lines.append(Line(f"face {reading.face.score:.2f}  quality {reading.quality:.2f}"))
    return (*lines, Line(reading.hindrance)) if reading.hindrance else tuple(lines)


def uncrowded(panels: list[tuple[Line, ...]], style: Style, area: int) -> list[tuple[Line, ...]]:
    """The panels with as many lines as there is room for in `area` square pixels."""
    for most in (*range(max(map(len, panels), default=1), 1, -1), 1):
        fewer = [lines[:most] for lines in panels]
        if sum(w * h for w, h in map(style.size, fewer)) <= CROWDED * area:
            break
    return fewer


def colour_of(reading: FaceReading) -> Colour:
    """By the leading emotion."""
    return COLOURS[reading.scores.ranked()[0]]


def fitting(shape: tuple[int, ...], panels: list[tuple[Line, ...]]) -> Style:
    """The size that suits a picture of (height, width), or the largest one that fits in it."""
    height, width = shape
    style = Style(max(LEAST_TEXT_PX, TEXT_SHARE * min(height, width)))
    while style.text_px > 1:
        sizes = [style.size(lines) for lines in panels]
        if all(w <= width and h + style.line <= height for w, h in sizes):
            break
        style = Style(0.9 * style.text_px)
    return style


def draw_panels(
    picture: Picture, style: Style, boxes: list[Box], panels: list[tuple[Line, ...]]
) -> None:
    """A panel for each box, none over another nor over a face while there is room."""
    room = picture.shape[1], picture.shape[0] - style.line
    taken: list[Box] = []
    for index, (box, lines) in enumerate(zip(boxes, panels, strict=True)):
        others = [*boxes[:index], *boxes[index + 1 :], *taken]
        place = free_place(style.size(lines), box, others, room)
        draw_link(picture, style, place, box, lines[0].colour)
        draw_panel(picture, style, place, lines)
        taken.append(place)


def free_place(size: tuple[int, int], box: Box, others: list[Box], room: tuple[int, int]) -> Box:
    """Where a panel of `size` hides least, beside `box` rather than elsewhere in `room`."""
    hidden = (box, *others)

    def cost(place: Box) -> float:
        return sum(shared(place, other) for other in hidden)

    beside = [placed(corner, size, room) for corner in corners_beside(box, size)]
    best = min(beside, key=cost)
    if not cost(best):
        return best
    steps = (np.linspace(0, max(0, limit - n), GRID) for limit, n in zip(room, size, strict=True))
    across, down = steps
    anywhere = [placed((x, y), size, room) for x in across for y in down]
    least = min(map(cost, anywhere))
    if least >= cost(best):
        return best
    return min((p for p in anywhere if cost(p) == least), key=lambda place: distance(place, box))


def corners_beside(box: Box, size: tuple[int, int]) -> tuple[tuple[float, float], ...]:
    """Left upper corners of a panel that touches `box`, the most usual place first."""
    width, height = size
    right, below = box.x + box.width, box.y + box.height
    middle = box.x + (box.width - width) / 2
    return (
        (box.x, below),
        (right, box.y),
        (box.x - width, box.y),
        (box.x, box.y - height),
        (right, below - height),
        (box.x - width, below - height),
        (middle, below),
        (middle, box.y - height),
        (box.x, below - height),
    )


def placed(corner: tuple[float, float], size: tuple[int, int], room: tuple[int, int]) -> Box:
    """A panel at `corner`, or as near to it as there is room."""
    x, y = (inside(at, n, limit) for at, n, limit in zip(corner, size, room, strict=True))
    return Box(x, y, *size)


def distance(a: Box, b: Box) -> float:
    """From middle to middle, pixels."""
    (ax, ay), (bx, by) = a.centre, b.centre
    return math.hypot(ax - bx, ay - by)


def inside(start: float, length: int, limit: int) -> int:
    """`start` moved so that `length` pixels from it lie in 0..limit."""
    return max(0, min(round(start), limit - length))


def shared(a: Box, b: Box) -> float:
    """Square pixels that two boxes have in common."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    return max(0.0, width) * max(0.0, height)


def draw_face(picture: Picture, style: Style, reading: FaceReading, factor: float) -> None:
    """The frame round a face, and a ring at each eye."""
    colour, box = colour_of(reading), reading.face.box.scaled(factor)
    cv2.rectangle(picture, *corners_of(box), colour, style.stroke + 1)
    radius = max(1, min(style.gap, round(box.width / 16)))
    for x, y in reading.face.eyes or ():
        centre = round(x * factor), round(y * factor)
        cv2.circle(picture, centre, radius, colour, style.stroke, cv2.LINE_AA)


def corners_of(box: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last pixel."""
    last = round(box.x + box.width) - 1, round(box.y + box.height) - 1
    return (round(box.x), round(box.y)), last


def draw_link(picture: Picture, style: Style, place: Box, box: Box, colour: Colour) -> None:
    """A line from a panel to its face where they do not touch."""
    from_x = min(max(box.centre[0], place.x), place.x + place.width)
    from_y = min(max(box.centre[1], place.y), place.y + place.height)
    to_x = min(max(from_x, box.x), box.x + box.width)
    to_y = min(max(from_y, box.y), box.y + box.height)
    if max(abs(from_x - to_x), abs(from_y - to_y)) > style.gap:
        start, end = (round(from_x), round(from_y)), (round(to_x), round(to_y))
        cv2.line(picture, start, end, colour, style.stroke, cv2.LINE_AA)


def draw_panel(picture: Picture, style: Style, place: Box, lines: tuple[Line, ...]) -> None:
    """Lines of text on a darkened ground."""
    (left, top), (right, bottom) = corners_of(place)
    ground = picture[max(0, top) : bottom + 1, max(0, left) : right + 1]
    ground[:] = (ground * SHADE).astype(np.uint8)
    for row, line in enumerate(lines):
        upper = top + row * style.line
        if line.share:
            width = max(1, round((right - left) * line.share))
            bar = picture[max(0, upper + 1) : upper + style.line - 1, left : left + width]
            bar[:] = (bar * 0.4 + np.array(line.colour) * 0.6).astype(np.uint8)
        foot = (left + style.gap, upper + style.line - style.gap)
        cv2.putText(picture, line.text, foot, FONT, style.scale, WHITE, style.stroke, cv2.LINE_AA)
