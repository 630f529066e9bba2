"""Small Keras networks that others have used for this, so that they can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert import backends

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

BATCH = 32


@dataclass(frozen=True, slots=True)
class Network:
    """A Fitted Keras model; it standardises by itself, so its file is all that is needed."""

    model: Any

    def predict(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2), within -1..1."""
        raw = self.model.predict(inputs.astype(np.float32), verbose=0)
        return np.clip(np.asarray(raw, dtype=np.float64), -1, 1)


@dataclass(frozen=True, slots=True)
class NetworkLearner:
    """A SongLearner that fits a new network, seeded, for a fixed number of epochs.

    No row is set aside to stop early by, so nothing of the test can leak in.
    """

    name: str
    epochs: int
    seed: int

    def fit(
        self, inputs: NDArray[np.float64], truth: NDArray[np.float64], ids: Sequence[str]
    ) -> Network:
        """Raises ToolkitError without Keras. `ids` do not matter to it."""
        del ids
        keras = backends.keras()
        keras.backend.clear_session()
        keras.utils.set_random_seed(self.seed)
        shown = inputs.astype(np.float32)
        model = NETWORKS[self.name](keras, shown)
        model.compile(keras.optimizers.Adam(1e-3), "mse", jit_compile=False)
        model.fit(shown, truth.astype(np.float32), BATCH, self.epochs, verbose=0)
        return Network(model)


def cnn1d(keras: Any, inputs: NDArray[np.float32]) -> Any:
    """Two convolutions of 32 and 64 filters along the features."""
    layers = keras.layers
    first, standard = standardised(keras, inputs)
    flow = layers.Reshape((inputs.shape[1], 1))(standard)
    for filters in (32, 64):
        flow = layers.Conv1D(filters, 3, padding="same", activation="relu")(flow)
        flow = layers.MaxPooling1D(2, padding="same")(flow)
    return keras.Model(first, head(keras, layers.Flatten()(flow)))


def attention_lstm(keras: Any, inputs: NDArray[np.float32]) -> Any:
    """LSTMs of 64 and 32 units over the features, self-attention between them."""
    layers = keras.layers
    first, standard = standardised(keras, inputs)
    flow = layers.Reshape((inputs.shape[1], 1))(standard)
    flow = layers.LSTM(64, return_sequences=True)(flow)
    flow = layers.Attention()([flow, flow])
    return keras.Model(first, head(keras, layers.LSTM(32)(flow)))


def mel_cnn(keras: Any, inputs: NDArray[np.float32]) -> Any:
    """Three convolutions on a mel spectrogram of shape (time, bands)."""
    layers = keras.layers
    first, flow = standardised(keras, inputs[..., None])
    for filters in (16, 32, 64):
        flow = layers.Conv2D(filters, 3, padding="same", use_bias=False)(flow)
        flow = layers.ReLU()(layers.BatchNormalization()(flow))
        flow = layers.MaxPooling2D(2)(flow)
    return keras.Model(first, head(keras, layers.GlobalAveragePooling2D()(flow)))


def standardised(keras: Any, inputs: NDArray[np.float32]) -> tuple[Any, Any]:
    """An input and its standard scores: a mean a feature, or one for a whole spectrogram."""
    axis = 0 if inputs.ndim == 2 else None
    mean, variance = inputs.mean(axis=axis), inputs.var(axis=axis)
    spread = np.where(variance > 0, variance, 1.0)
    first = keras.Input(inputs.shape[1:])
    axes = -1 if inputs.ndim == 2 else None
    return first, keras.layers.Normalization(axis=axes, mean=mean, variance=spread)(first)


def head(keras: Any, flow: Any) -> Any:
    """Valence and arousal."""
    flow = keras.layers.Dense(32, activation="relu")(keras.layers.Dropout(0.2)(flow))
    return keras.layers.Dense(2)(flow)


NETWORKS: dict[str, Callable[[Any, NDArray[np.float32]], Any]] = {
    "cnn1d": cnn1d,
    "attention_lstm": attention_lstm,
    "mel_cnn": mel_cnn,
}
