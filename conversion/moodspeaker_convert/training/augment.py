"""Small changes to a face that leave its expression as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far each change may go; 0 switches it off.

    Angles in degrees, brightness and noise (standard deviation) in grey levels, blur (standard
    deviation) in pixels, the rest shares.
    """

    rotation_degrees: float = 15.0
    zoom: float = 0.15
    shift: float = 0.1
    contrast: float = 0.3
    brightness: float = 30.0
    blur: float = 1.5
    blur_chance: float = 0.2
    noise: float = 8.0
    erase_chance: float = 0.2
    erase_side: float = 0.3
    mirror: bool = True


NOTHING = Augmentation(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, mirror=False)
LEAST_BLUR = 0.3


def augmented(
    image: NDArray[np.uint8], rng: np.random.Generator, how: Augmentation
) -> NDArray[np.uint8]:
    """A changed copy of `image`, the same shape."""
    seen = blurred(relit(moved(image, rng, how), rng, how), rng, how)
    return erased(noisy(seen, rng, how), rng, how)


def moved(
    image: NDArray[np.uint8], rng: np.random.Generator, how: Augmentation
) -> NDArray[np.uint8]:
    """Mirrored half of the time, turned, zoomed and shifted; the border is repeated."""
    height, width = image.shape
    angle = rng.uniform(-how.rotation_degrees, how.rotation_degrees)
    moves = rng.uniform(-how.shift, how.shift, 2) * (width, height)
    scale = 1 + rng.uniform(-how.zoom, how.zoom)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, scale)
    matrix = matrix + np.asarray([[0.0, 0.0, 1.0]]) * moves[:, None]
    source = image[:, ::-1] if how.mirror and rng.random() < 0.5 else image
    turned = cv2.warpAffine(
        np.ascontiguousarray(source), matrix, (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    return turned.astype(np.uint8, copy=False)


def relit(
    image: NDArray[np.uint8], rng: np.random.Generator, how: Augmentation
) -> NDArray[np.uint8]:
    """With another contrast round its own mean, and another brightness."""
    gain = 1 + rng.uniform(-how.contrast, how.contrast)
    offset = rng.uniform(-how.brightness, how.brightness) + (1 - gain) * image.mean()
    return np.clip(image * np.float32(gain) + np.float32(offset), 0, 255).astype(np.uint8)


def blurred(
    image: NDArray[np.uint8], rng: np.random.Generator, how: Augmentation
) -> NDArray[np.uint8]:
    """Now and then out of focus, or from too far away."""
    if not how.blur or rng.random() >= how.blur_chance:
        return image
    sigma = rng.uniform(min(LEAST_BLUR, how.blur), how.blur)
    return cv2.GaussianBlur(image, (0, 0), sigma).astype(np.uint8, copy=False)


def noisy(
    image: NDArray[np.uint8], rng: np.random.Generator, how: Augmentation
) -> NDArray[np.uint8]:
    """Half of the time with the grain of a dark room."""
    if not how.noise or rng.random() < 0.5:
        return image
    grain = rng.standard_normal(image.shape, dtype=np.float32) * np.float32(
        rng.uniform(0, how.noise)
    )
    return np.clip(image + grain, 0, 255).astype(np.uint8)


def erased(
    image: NDArray[np.uint8], rng: np.random.Generator, how: Augmentation
) -> NDArray[np.uint8]:
    """Now and then with a grey rectangle, as a hand or a cup would cover."""
    if rng.random() >= how.erase_chance:
        return image
    height, width = image.shape
    tall = 1 + int(rng.uniform(0, how.erase_side) * height)
    wide = 1 + int(rng.uniform(0, how.erase_side) * width)
    top, left = rng.integers(0, height - tall + 1), rng.integers(0, width - wide + 1)
    covered = image.copy()
    covered[top : top + tall, left : left + wide] = rng.integers(0, 256)
    return covered
