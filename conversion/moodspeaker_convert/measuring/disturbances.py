"""What a living room does to a picture of a face, one thing at a time."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from moodspeaker.vision.preprocess import resized

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

REPEATED = "the border is repeated where the picture ends"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """`change` takes a picture u8[h,w] and a generator; `note` says what is made up."""

    name: str
    change: Callable[[NDArray[np.uint8], np.random.Generator], NDArray[np.uint8]]
    note: str = ""

    def applied(self, images: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        """Changed copies of u8[n,h,w]; the same pictures and seed give the same copies."""
        # By name, so that a list that grows leaves the others as they were.
        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        return np.stack([self.change(image, rng) for image in images])


def relit(
    image: NDArray[np.uint8], _: np.random.Generator, gain: float = 1.0, offset: float = 0.0
) -> NDArray[np.uint8]:
    """Every grey level times `gain` and `offset` more."""
    return rounded(image * np.float64(gain) + offset)


def low_contrast(
    image: NDArray[np.uint8], _: np.random.Generator, gain: float
) -> NDArray[np.uint8]:
    """Grey levels drawn towards the picture's mean."""
    return rounded((image - image.mean()) * gain + image.mean())


def blurred(image: NDArray[np.uint8], _: np.random.Generator, sigma: float) -> NDArray[np.uint8]:
    """Out of focus by a Gaussian; sigma in pixels of the picture."""
    soft = cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return soft.astype(np.uint8, copy=False)


def noisy(image: NDArray[np.uint8], rng: np.random.Generator, sd: float) -> NDArray[np.uint8]:
    """With Gaussian noise; sd in grey levels."""
    return rounded(image + rng.normal(0, sd, image.shape))


def covered(
    image: NDArray[np.uint8], _: np.random.Generator, top: float, bottom: float
) -> NDArray[np.uint8]:
    """A band over the whole width in the picture's mean grey; edges as shares of the height."""
    height = len(image)
    result = image.copy()
    result[round(top * height) : round(bottom * height)] = round(image.mean())
    return result


def small(image: NDArray[np.uint8], _: np.random.Generator, side: int) -> NDArray[np.uint8]:
    """As a face of `side` pixels looks after the device has enlarged it."""
    height, width = image.shape
    return resized(resized(image, side, side), width, height)


def mirrored(image: NDArray[np.uint8], _: np.random.Generator) -> NDArray[np.uint8]:
    """Left for right."""
    return np.ascontiguousarray(image[:, ::-1])


def turned(image: NDArray[np.uint8], _: np.random.Generator, degrees: float) -> NDArray[np.uint8]:
    """Round its middle; positive turns anticlockwise."""
    return warped(image, cv2.getRotationMatrix2D(middle(image), degrees, 1.0))


def shifted(
    image: NDArray[np.uint8], rng: np.random.Generator, x: float = 0.0, y: float = 0.0
) -> NDArray[np.uint8]:
    """Moved by shares of its size, to either side as the generator says."""
    height, width = image.shape
    sign = rng.choice((-1.0, 1.0))
    moves = np.asarray([[1.0, 0.0, sign * x * width], [0.0, 1.0, sign * y * height]])
    return warped(image, moves)


def cropped(image: NDArray[np.uint8], _: np.random.Generator, scale: float) -> NDArray[np.uint8]:
    """As a crop that is `scale` as wide; over 1 shows a smaller face."""
    return warped(image, cv2.getRotationMatrix2D(middle(image), 0.0, 1 / scale))


def warped(image: NDArray[np.uint8], matrix: NDArray[Any]) -> NDArray[np.uint8]:
    """Through an affine map; the border is repeated."""
    height, width = image.shape
    moved = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return moved.astype(np.uint8, copy=False)


def middle(image: NDArray[np.uint8]) -> tuple[float, float]:
    """The middle in pixels, x first."""
    height, width = image.shape
    return (width - 1) / 2, (height - 1) / 2


def rounded(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """To grey levels."""
    clipped: NDArray[np.uint8] = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    return clipped


DISTURBANCES = (
    *(Disturbance(f"darker x{gain}", partial(relit, gain=gain)) for gain in (0.5, 0.3)),
    *(Disturbance(f"brighter +{offset}", partial(relit, offset=offset)) for offset in (40, 80)),
    Disturbance("low contrast x0.5", partial(low_contrast, gain=0.5)),
    *(Disturbance(f"blur sigma {sigma}", partial(blurred, sigma=sigma)) for sigma in (1, 2)),
    *(Disturbance(f"noise sd {sd}", partial(noisy, sd=sd)) for sd in (10, 25)),
    Disturbance("eyes covered", partial(covered, top=0.20, bottom=0.45), "a band of mean grey"),
    Disturbance("mouth covered", partial(covered, top=0.62, bottom=0.90), "a band of mean grey"),
    *(Disturbance(f"face of {side} pixels", partial(small, side=side)) for side in (24, 16)),
    *(
        Disturbance(f"turned {degrees:+} degrees", partial(turned, degrees=degrees), REPEATED)
        for degrees in (-20, -10, 10, 20)
    ),
    *(Disturbance(f"shifted x {x:.0%}", partial(shifted, x=x), REPEATED) for x in (0.1, 0.2)),
    *(Disturbance(f"shifted y {y:.0%}", partial(shifted, y=y), REPEATED) for y in (0.1, 0.2)),
    *(
        Disturbance(f"crop x{scale}", partial(cropped, scale=scale), REPEATED * (scale > 1))
        for scale in (0.8, 0.9, 1.1, 1.2)
    ),
    Disturbance("mirrored", mirrored),
)
