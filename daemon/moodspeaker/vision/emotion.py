"""The emotion model: a face in a grey picture to probabilities of the seven emotions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.errors import ModelError
from moodspeaker.types import Emotion, Scores
from moodspeaker.vision.manifest import load_manifest
from moodspeaker.vision.preprocess import face_crop, network_input
from moodspeaker.vision.tflite import TfliteModel

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.ports import GreyImage
    from moodspeaker.types import Face

CONTEMPT = "contempt"
SMALLEST = 1e-7


class TfliteEmotionModel:
    """An int8 (or float) TFLite classifier with its manifest.

    `contempt` is what that label counts as, where the model knows it.
    """

    def __init__(
        self, path: Path, runtime: str = "auto", contempt: Emotion = Emotion.NEUTRAL
    ) -> None:
        """Raises ModelError when the files are missing, damaged or do not match."""
        self.manifest = load_manifest(path)
        self._columns = label_columns(self.manifest.labels, contempt)
        self._model = TfliteModel(path, runtime)
        spec = self.manifest.input
        wanted = ((1, spec.height, spec.width, spec.channels), (1, len(self.manifest.labels)))
        found = (self._model.input_shape, self._model.output_shape)
        if found != wanted:
            raise ModelError(
                f"{path} has shapes {found}, its manifest says {wanted}",
                "install model and manifest together",
            )

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """(valence, arousal) of each emotion, in `Emotion` order, -1..1."""
        known = dict(zip(self.manifest.labels, self.manifest.valence_arousal, strict=True))
        return tuple(known.get(emotion, (0.0, 0.0)) for emotion in Emotion)

    def crop(self, image: GreyImage, face: Face) -> GreyImage:
        """What the model looks at of `face`, whose box is in pixels of `image`."""
        return face_crop(image, face, self.manifest.input.margin)

    def read(self, crop: GreyImage) -> Scores:
        """Probabilities for a picture that is a face and no more, of any size."""
        output = self._model.run(network_input(crop, self.manifest.input))[0][0]
        shares = probabilities(
            output, self.manifest.softmax, self.manifest.temperature, self._model.output_step
        )
        merged = np.zeros(len(Emotion))
        np.add.at(merged, self._columns, shares)
        return Scores(tuple(merged.tolist()))


def probabilities(
    output: NDArray[np.float32], softmax: bool, temperature: float, step: float = 0.0
) -> NDArray[np.float64]:
    """Network output to probabilities that sum to 1, softened by `temperature`.

    `softmax` says that the output has been through a softmax already. An output that is not
    finite, or is nothing at all, says nothing: every label gets the same share. `step` is what
    one step of an int8 output is worth: its 0 stands for anything below half of that.
    """
    values = output.astype(np.float64)
    logits = np.log(np.maximum(values, max(step / 2, SMALLEST))) if softmax else values
    if not np.isfinite(logits).all():
        return np.full(len(values), 1 / len(values))
    powers = np.exp((logits - logits.max()) / temperature)
    shares: NDArray[np.float64] = powers / powers.sum()
    return shares


def label_columns(labels: tuple[str, ...], contempt: Emotion = Emotion.NEUTRAL) -> list[int]:
    """For each label of a model the index of the emotion that its probability goes to."""
    order = list(Emotion)
    columns = []
    for label in labels:
        known = contempt.value if label == CONTEMPT else label
        emotion = next((e for e in order if e == known), None)
        if emotion is None:
            raise ModelError(f"label {label!r} is no emotion we know", "see models/README.md")
        columns.append(order.index(emotion))
    return columns
