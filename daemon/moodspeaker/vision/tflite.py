"""One TFLite interpreter behind one interface, whichever of the two runtimes is installed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.errors import ModelError
from moodspeaker.vision.preprocess import dequantised, quantised

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RUNTIMES = {
    "ai-edge-litert": "ai_edge_litert.interpreter",
    "tflite-runtime": "tflite_runtime.interpreter",
}


class TfliteModel:
    """A loaded model: float32 in, float32 out; int8 tensors are converted by their own scale.

    Not safe for two threads at once.
    """

    def __init__(self, path: Path, runtime: str = "auto", threads: int = 1) -> None:
        """Loads and allocates. Raises ModelError."""
        self.runtime, interpreter_class = find_runtime(runtime)
        try:
            self._interpreter = interpreter_class(model_path=str(path), num_threads=threads)
            self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError, SystemError, MemoryError) as error:
            raise ModelError(
                f"{path} does not load in {self.runtime}: {error}", "is it a TFLite file?"
            ) from error
        self.inputs: list[dict[str, Any]] = self._interpreter.get_input_details()
        self.outputs: list[dict[str, Any]] = self._interpreter.get_output_details()

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the first input."""
        return tuple(int(n) for n in self.inputs[0]["shape"])

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of the first output."""
        return tuple(int(n) for n in self.outputs[0]["shape"])

    @property
    def output_step(self) -> float:
        """What one step of the first output is worth; 0 for a float output."""
        return float(self.outputs[0]["quantization"][0])

    def run(self, values: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """One inference; `values` has `input_shape`. The outputs in the file's order."""
        self._interpreter.set_tensor(self.inputs[0]["index"], to_tensor(values, self.inputs[0]))
        self._interpreter.invoke()
        return [from_tensor(self._interpreter.get_tensor(o["index"]), o) for o in self.outputs]


def find_runtime(wanted: str) -> tuple[str, Any]:
    """(name, Interpreter class) of the wanted runtime, or of the first installed for `auto`."""
    names = tuple(RUNTIMES) if wanted == "auto" else (wanted,)
    for name in names:
        try:
            return name, importlib.import_module(RUNTIMES[name]).Interpreter
        except ImportError:
            continue
    raise ModelError(
        f"no TFLite runtime: {' nor '.join(names)} can be imported", f"pip install {names[0]}"
    )


def to_tensor(values: NDArray[np.float32], detail: dict[str, Any]) -> NDArray[Any]:
    """`values` in the type of the tensor that `detail` describes."""
    if detail["dtype"] is np.int8:
        return quantised(values, *detail["quantization"])
    return values.astype(detail["dtype"], copy=False)


def from_tensor(values: NDArray[Any], detail: dict[str, Any]) -> NDArray[np.float32]:
    """The tensor that `detail` describes as float32."""
    if detail["dtype"] is np.int8:
        return dequantised(values, *detail["quantization"])
    return values.astype(np.float32, copy=False)
