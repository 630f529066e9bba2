"""`inspect`: what stands in a TFLite file, operation by operation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker_convert.commands.arguments import subcommand

if TYPE_CHECKING:
    import argparse

    from moodspeaker_convert.commands.arguments import Subcommands
    from moodspeaker_convert.measuring.graphs import Graph, Tensor
    from moodspeaker_convert.measuring.ops import Summary


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "inspect", "list a TFLite file's operations", run)
    command.add_argument("model", type=Path, help=".tflite file; needs no manifest")
    command.add_argument("--json", action="store_true", help="print everything as JSON")


def run(options: argparse.Namespace) -> None:
    """Reads and prints."""
    from moodspeaker_convert.measuring import ops
    from moodspeaker_convert.measuring.flatbuffer import read_graphs

    graphs = read_graphs(options.model)
    if options.json:
        print(json.dumps(ops.as_json(options.model, graphs), indent=2))
        return
    for graph in graphs:
        print("\n".join([*op_lines(graph), "", *map(tensor_line, graph.tensors), ""]))
    print("\n".join(summary_lines(options.model, ops.summary(options.model, graphs))))


def op_lines(graph: Graph) -> list[str]:
    """A line an operation: place, name and version, kind, shapes in and out."""
    lines = []
    for place, op in enumerate(graph.ops):
        before, after = (
            ", ".join(f"{index}:{sides(graph.tensors[index])}" for index in indices)
            for indices in (op.inputs, op.outputs)
        )
        name = f"{op.name} v{op.version}"
        lines.append(f"op {place:>3}  {name:<24}{op.kind:<8}{before} -> {after}")
    return lines


def tensor_line(tensor: Tensor) -> str:
    """Index, type, shape, quantisation, name."""
    held = "constant" if tensor.constant else ""
    return (
        f"tensor {tensor.index:>3}  {tensor.dtype:<8}{sides(tensor):<14}{held:<9}"
        f"{quantisation(tensor):<44}{tensor.name.split(';')[0]}"
    ).rstrip()


def sides(tensor: Tensor) -> str:
    """The shape, as in 1x48x48x1."""
    return "x".join(map(str, tensor.shape)) or "scalar"


def quantisation(tensor: Tensor) -> str:
    """Scales and zero points; a range where there is one a channel."""
    if not tensor.scales:
        return "not quantised"
    scales, zeros = tensor.scales, sorted(set(tensor.zero_points)) or [0]
    zero = str(zeros[0]) if len(zeros) == 1 else f"{zeros[0]}..{zeros[-1]}"
    if tensor.per_channel:
        return f"{len(scales)} scales {min(scales):.3g}..{max(scales):.3g}, zero {zero}"
    return f"scale {scales[0]:.6g}, zero {zero}"


def summary_lines(path: Path, found: Summary) -> list[str]:
    """The numbers for people."""
    counts = ", ".join(f"{count} {name}" for name, count in found.op_counts.items())
    floats = ", ".join(found.float_ops) or "none"
    more = f", {found.subgraphs} subgraphs" if found.subgraphs > 1 else ""
    return [
        f"{path}: {found.file_bytes / 1024:.1f} KB, {found.parameters} parameters{more}",
        f"operations: {counts}",
        f"float operations: {floats}",
        f"weights with a scale a channel: {found.per_channel} of {found.weights} quantised",
        f"multiplications: {found.multiplications / 1e6:.2f} million a face",
        f"memory between operations: at least {found.activation_bytes / 1024:.1f} KB",
    ]
