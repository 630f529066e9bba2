"""A trained network to a TFLite file that is int8 throughout."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks.network import KerasNetwork
from moodspeaker_convert.networks.saved_model import SavedNetwork

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

# error: loc(callsite(fused["FFT2D:", "network_1/layer_1/FFT2D@__inference..."] ...
REFUSED = re.compile(r'error: loc\([^"]*fused\["(?P<op>\w+):", "(?P<path>[^"@]+)')
# What it tells of frozen networks, whose layers have lost their names.
LISTED = re.compile(r"^(?:Custom|TF Select|Flex) ops: (?P<ops>.+)$", re.MULTILINE)
NUMBER = re.compile(r"_\d+$")


def int8_tflite(network: Any, calibration: NDArray[np.float32]) -> bytes:
    """The file's bytes: int8 in and out, batch 1.

    `network` is a Keras model, a KerasNetwork or a SavedNetwork. `calibration` is float32[n,
    height, width, channels], as the network sees it; its extremes fix the scale of every tensor.
    Raises ToolkitError that names the layer which TFLite has no int8 for.
    """
    tf = backends.tensorflow()
    # Converters raise a bare Exception's direct child, which TensorFlow does not make public.
    try:
        with quiet():
            converter = converter_of(network)
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: ([image[None]] for image in calibration)
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = converter.inference_output_type = tf.int8
            return bytes(converter.convert())
    except Exception as error:
        raise ToolkitError(
            f"{network.name} cannot become int8: {reason(str(error))}",
            "replace that by layers which TFLite has",
        ) from error


def converter_of(network: Any) -> Any:
    """TensorFlow's converter, with the batch at 1: runtimes accelerate no net that leaves it open.

    A Keras 3 model must go in as such, since from_concrete_functions loses its weights.
    """
    keras, lite = backends.keras(), backends.tensorflow().lite
    if isinstance(network, SavedNetwork):
        return lite.TFLiteConverter.from_concrete_functions([network.frozen()])
    model = network.model if isinstance(network, KerasNetwork) else network
    one = keras.Input(batch_shape=(1, *model.inputs[0].shape[1:]))
    return lite.TFLiteConverter.from_keras_model(keras.Model(one, model(one)))


def reason(said: str) -> str:
    """One line of a converter's many: the layer and its operation, where it tells them."""
    found = REFUSED.search(said)
    if found:
        # "network_1/layer_1/FFT2D": the wrapper round the network adds the number.
        layer = NUMBER.sub("", "/".join(found["path"].split("/")[-2:-1]))
        return f"TFLite has no {found['op']}" + (f", which layer {layer} needs" if layer else "")
    listed = LISTED.search(said)
    if listed:
        return f"TFLite has no {listed['ops'].strip()}"
    lines = [line for line in said.strip().splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "the converter does not say why"


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
