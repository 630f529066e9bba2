"""What stands in a TFLite file: its operations and tensors, read from the flatbuffer itself.

Not asked of an interpreter: once a delegate has taken the graph over, an interpreter tells of
one DELEGATE, and operation versions it never tells.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.errors import ModelError
from moodspeaker.vision.tflite import find_runtime
from moodspeaker_convert import backends
from moodspeaker_convert.measuring.graphs import Graph, Op, Tensor

if TYPE_CHECKING:
    from pathlib import Path

IDENTIFIER = b"TFL3"


def read_graphs(path: Path) -> tuple[Graph, ...]:
    """Every subgraph, the main one first. Raises ModelError, ToolkitError."""
    content = checked_content(path)
    schema = backends.imported("ai_edge_litert.schema_py_generated")
    try:
        model = schema.Model.GetRootAsModel(content, 0)
        codes = [model.OperatorCodes(i) for i in range(model.OperatorCodesLength())]
        names = [(op_name(schema, code), int(code.Version())) for code in codes]
        graphs = [model.Subgraphs(i) for i in range(model.SubgraphsLength())]
        return tuple(read_graph(schema, model, graph, names) for graph in graphs)
    except (struct.error, IndexError, TypeError, ValueError, AttributeError) as error:
        raise damaged(path, error) from error


def checked_content(path: Path) -> bytes:
    """The file's bytes, once a runtime has verified them: Python's reader checks nothing."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read: {error.strerror}", "name a .tflite file"
        ) from error
    if content[4:8] != IDENTIFIER:
        raise ModelError(f"{path} is no TFLite file", "name a .tflite file")
    try:
        find_runtime("auto")[1](model_content=content)
    except (RuntimeError, ValueError, SystemError, MemoryError) as error:
        raise damaged(path, error) from error
    return content


def damaged(path: Path, error: Exception) -> ModelError:
    """The error of a file that does not hold what it should."""
    return ModelError(f"{path} is damaged: {error}", "convert again")


def op_name(schema: Any, code: Any) -> str:
    """The builtin's name, or the custom operation's own."""
    # Files from before builtins passed 127 have the number in the old field only.
    number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    if number == schema.BuiltinOperator.CUSTOM:
        return str(code.CustomCode().decode())
    return names_of(schema.BuiltinOperator).get(number, f"BUILTIN_{number}")


def names_of(enumeration: Any) -> dict[int, str]:
    """The names of a generated enumeration by their numbers."""
    return {number: name for name, number in vars(enumeration).items() if name[0] != "_"}


def read_graph(schema: Any, model: Any, graph: Any, names: list[tuple[str, int]]) -> Graph:
    """One subgraph; `names` are names and versions of the file's operation codes."""
    types = {number: name.lower() for number, name in names_of(schema.TensorType).items()}
    raw = [graph.Tensors(i) for i in range(graph.TensorsLength())]
    tensors = tuple(read_tensor(i, one, model, types) for i, one in enumerate(raw))
    ops = [graph.Operators(i) for i in range(graph.OperatorsLength())]
    return Graph(
        tensors,
        tuple(read_op(op, tensors, *names[op.OpcodeIndex()]) for op in ops),
        indices(graph.InputsAsNumpy()),
        indices(graph.OutputsAsNumpy()),
    )


def read_tensor(index: int, tensor: Any, model: Any, types: dict[int, str]) -> Tensor:
    """One tensor; `types` are the names of the types' numbers."""
    quantisation = tensor.Quantization()
    return Tensor(
        index=index,
        name=(tensor.Name() or b"").decode(errors="replace"),
        shape=tuple(tensor.Shape(i) for i in range(tensor.ShapeLength())),
        dtype=types.get(tensor.Type(), f"type {tensor.Type()}"),
        constant=model.Buffers(tensor.Buffer()).DataLength() > 0,
        buffer=int(tensor.Buffer()),
        scales=tuple(map(float, values(quantisation and quantisation.ScaleAsNumpy()))),
        zero_points=tuple(map(int, values(quantisation and quantisation.ZeroPointAsNumpy()))),
    )


def read_op(op: Any, tensors: tuple[Tensor, ...], name: str, version: int) -> Op:
    """One operation."""
    inputs, outputs = indices(op.InputsAsNumpy()), indices(op.OutputsAsNumpy())
    input_types = tuple(tensors[index].dtype for index in inputs)
    output_types = tuple(tensors[index].dtype for index in outputs)
    return Op(name, version, inputs, outputs, input_types, output_types)


def indices(found: Any) -> tuple[int, ...]:
    """Indices of tensors without the -1 of inputs that are left out."""
    return tuple(int(index) for index in values(found) if index >= 0)


def values(found: Any) -> list[Any]:
    """A generated reader's array, which is the number 0 or None where the file has none."""
    return found.tolist() if isinstance(found, np.ndarray) else []
