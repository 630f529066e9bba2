"""A Keras model to a TFLite file that is int8 throughout."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray


def int8_tflite(model: Any, calibration: NDArray[np.float32]) -> bytes:
    """The file's bytes: int8 in and out, batch 1.

    `calibration` is float32[n, height, width, channels], as the network sees it; its extremes
    fix the scale of every tensor.
    """
    keras, tf = backends.keras(), backends.tensorflow()
    # Batch 1 from the start: runtimes accelerate no net whose batch is left open. The converter
    # must be given a Keras model, since from_concrete_functions loses Keras 3's weights.
    one = keras.Input(batch_shape=(1, *model.inputs[0].shape[1:]))
    converter = tf.lite.TFLiteConverter.from_keras_model(keras.Model(one, model(one)))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([image[None]] for image in calibration)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    try:
        with quiet():
            return bytes(converter.convert())
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        reason = str(error).strip().splitlines()[-1:]
        raise ToolkitError(
            f"{model.name} cannot become int8: {''.join(reason)}", "use layers that TFLite has"
        ) from error


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Holds back the chatter of Keras on stdout and of C++ straight to file descriptor 2.

    Errors still come, as exceptions.
    """
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            with contextlib.redirect_stdout(nowhere), warnings.catch_warnings(action="ignore"):
                yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
