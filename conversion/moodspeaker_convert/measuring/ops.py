"""What a TFLite file computes with, how much of it there is, and what it needs."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker_convert.measuring.flatbuffer import read_graphs

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker_convert.measuring.graphs import Graph, Op, Tensor

DENSE = ("CONV_2D", "FULLY_CONNECTED")
DEPTHWISE = "DEPTHWISE_CONV_2D"


@dataclass(frozen=True, slots=True)
class Summary:
    """A file in numbers.

    `float_ops` are names with their places in the file. `weights` are quantised weight tensors of
    convolutions and dense layers, `per_channel` how many of them have a scale a channel.
    `multiplications` counts multiply-accumulates of those layers; `activation_bytes` is the most
    that is alive at once between operations, which no memory plan can go below.
    """

    file_bytes: int
    parameters: int
    op_counts: dict[str, int]
    float_ops: tuple[str, ...]
    weights: int
    per_channel: int
    multiplications: int
    activation_bytes: int
    subgraphs: int


def op_names(path: Path) -> tuple[Op, ...]:
    """Every operation of every subgraph, in order. Raises ModelError, ToolkitError."""
    return tuple(op for graph in read_graphs(path) for op in graph.ops)


def parameters(graphs: tuple[Graph, ...]) -> int:
    """Values that the file holds: weights, biases and the few numbers of shapes."""
    # By buffer, since tensors that share one share its values.
    held = {t.buffer: t.elements for graph in graphs for t in graph.tensors if t.constant}
    return sum(held.values())


def summary(path: Path, graphs: tuple[Graph, ...]) -> Summary:
    """The numbers of the file at `path`, whose graphs are given."""
    ops = [op for graph in graphs for op in graph.ops]
    weights = [tensor for graph in graphs for tensor in weight_tensors(graph)]
    return Summary(
        file_bytes=path.stat().st_size,
        parameters=parameters(graphs),
        op_counts=dict(Counter(op.name for op in ops).most_common()),
        float_ops=tuple(f"{op.name} ({place})" for place, op in enumerate(ops) if op.is_float),
        weights=len(weights),
        per_channel=sum(tensor.per_channel for tensor in weights),
        multiplications=sum(multiplications(graph) for graph in graphs),
        activation_bytes=max((activation_bytes(graph) for graph in graphs), default=0),
        subgraphs=len(graphs),
    )


def as_json(path: Path, graphs: tuple[Graph, ...]) -> dict[str, Any]:
    """`inspect --json`: the summary, then every operation and tensor."""
    return {
        "model": str(path),
        "summary": asdict(summary(path, graphs)),
        "graphs": [
            {
                "inputs": list(graph.inputs),
                "outputs": list(graph.outputs),
                "ops": [asdict(op) | {"kind": op.kind} for op in graph.ops],
                "tensors": [asdict(tensor) for tensor in graph.tensors],
            }
            for graph in graphs
        ],
    }


def weight_tensors(graph: Graph) -> list[Tensor]:
    """The quantised weights of convolutions and dense layers, each once."""
    found = {
        op.inputs[1]: graph.tensors[op.inputs[1]]
        for op in graph.ops
        if op.name in (*DENSE, DEPTHWISE) and len(op.inputs) > 1
    }
    return [tensor for tensor in found.values() if tensor.scales]


def multiplications(graph: Graph) -> int:
    """Multiply-accumulates of convolutions and dense layers."""
    return sum(multiplications_of(op, graph) for op in graph.ops if op.name in (*DENSE, DEPTHWISE))


def multiplications_of(op: Op, graph: Graph) -> int:
    """Each output value times the weights that reach it."""
    weights, output = graph.tensors[op.inputs[1]].shape, graph.tensors[op.outputs[0]]
    # A depthwise filter is [1, height, width, outputs], any other [outputs, ...].
    reach = math.prod(weights[1:3] if op.name == DEPTHWISE else weights[1:])
    return output.elements * reach


def activation_bytes(graph: Graph) -> int:
    """The most bytes of tensors that live at one operation, from first write to last use."""
    last = len(graph.ops)
    first_use, last_use = dict.fromkeys(graph.inputs, 0), dict.fromkeys(graph.outputs, last)
    for place, op in enumerate(graph.ops):
        for index in op.outputs:
            first_use.setdefault(index, place)
        for index in (*op.inputs, *op.outputs):
            last_use[index] = max(last_use.get(index, 0), place)
    alive = [0] * (last + 1)
    for index, start in first_use.items():
        for place in range(start, last_use.get(index, start) + 1):
            alive[place] += graph.tensors[index].size
    return max(alive)
