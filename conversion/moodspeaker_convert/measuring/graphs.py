"""A TFLite file's operations and tensors, as they stand in it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

BITS = {"int2": 2, "int4": 4, "bfloat16": 16, "bool": 8}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: `scales` has one value a channel, or one in all, or none without quantisation.

    `dtype` is TFLite's name in small letters, `constant` says that the file holds its values, and
    `buffer` where: tensors may share one.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    constant: bool
    buffer: int
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]

    @property
    def elements(self) -> int:
        """Values; an open dimension counts as one."""
        return math.prod(max(side, 1) for side in self.shape)

    @property
    def size(self) -> int:
        """Bytes; 0 for types without a fixed width."""
        return self.elements * bits_of(self.dtype) // 8

    @property
    def per_channel(self) -> bool:
        """Whether each channel has a scale of its own."""
        return len(self.scales) > 1


@dataclass(frozen=True, slots=True)
class Op:
    """One operation, its tensors as indices into the graph's; left-out inputs are not told."""

    name: str
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    input_types: tuple[str, ...]
    output_types: tuple[str, ...]

    @property
    def kind(self) -> str:
        """How it computes: float, int8, ...; hybrid with int8 weights between floats."""
        types = [*self.input_types, *self.output_types]
        floats = [name for name in types if "float" in name]
        if self.name in ("QUANTIZE", "DEQUANTIZE"):
            return " to ".join((self.input_types[0], self.output_types[0]))
        if floats:
            return "hybrid" if "int8" in types else "float"
        return next((name for name in ("int8", "uint8", "int16") if name in types), types[-1])

    @property
    def is_float(self) -> bool:
        """Whether any of its tensors holds floats; so for QUANTIZE and DEQUANTIZE too."""
        return any("float" in name for name in (*self.input_types, *self.output_types))


@dataclass(frozen=True, slots=True)
class Graph:
    """One subgraph; `inputs` and `outputs` are indices of tensors."""

    tensors: tuple[Tensor, ...]
    ops: tuple[Op, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def bits_of(dtype: str) -> int:
    """Bits of one value; 0 where it has no fixed width."""
    if dtype in BITS:
        return BITS[dtype]
    try:
        return 8 * np.dtype(dtype).itemsize
    except TypeError:
        return 0
