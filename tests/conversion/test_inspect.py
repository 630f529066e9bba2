"""What stands in a TFLite file, and what it computes with."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest
from generated import ROOT
from subcommands import run

from moodspeaker.errors import ModelError
from moodspeaker.vision.tflite import TfliteModel
from moodspeaker_convert.commands import inspect
from moodspeaker_convert.measuring import ops
from moodspeaker_convert.measuring.flatbuffer import read_graphs
from moodspeaker_convert.measuring.graphs import Graph, Op, Tensor

SHIPPED = ROOT / "models" / "emotion.tflite"


def tensor(index, shape, dtype="int8", *, constant=False, scales=(0.5,)):
    return Tensor(index, f"t{index}", shape, dtype, constant, index, scales, (0,) * len(scales))


def operation(name, inputs, outputs, types=("int8", "int8")):
    return Op(name, 1, inputs, outputs, (types[0],) * len(inputs), (types[1],) * len(outputs))


def chain():
    """A 4x4 picture through a depthwise 3x3 convolution, then a dense layer of five."""
    tensors = (
        tensor(0, (1, 4, 4, 2)),
        tensor(1, (1, 3, 3, 2), constant=True, scales=(0.1, 0.2)),
        tensor(2, (1, 4, 4, 2)),
        tensor(3, (5, 32), constant=True),
        tensor(4, (1, 5)),
    )
    made = (
        operation("DEPTHWISE_CONV_2D", (0, 1), (2,)),
        operation("FULLY_CONNECTED", (2, 3), (4,)),
    )
    return Graph(tensors, made, inputs=(0,), outputs=(4,))


@pytest.fixture
def float_file(tmp_path):
    """A network of two layers that stays float."""
    from moodspeaker_convert import backends

    keras, tf = backends.keras(), backends.tensorflow()
    image = keras.Input(batch_shape=(1, 8, 8, 1))
    values = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(3, 3)(image))
    path = tmp_path / "float.tflite"
    path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(keras.Model(image, values)).convert())
    return path


def test_the_shipped_model_computes_in_int8_throughout():
    found = ops.op_names(SHIPPED)
    assert {op.kind for op in found} == {"int8"}
    types = {name for op in found for name in (*op.input_types, *op.output_types)}
    assert types == {"int8", "int32"}
    assert not any(op.is_float for op in found)


def test_the_operations_are_those_that_the_interpreter_names():
    from moodspeaker.vision.tflite import find_runtime

    # Private in every runtime, and good enough to check our own reader against.
    interpreter = find_runtime("auto")[1](model_path=str(SHIPPED))
    told = [(one["op_name"], tuple(one["inputs"])) for one in interpreter._get_ops_details()]
    assert [(op.name, op.inputs) for op in ops.op_names(SHIPPED)] == told


def test_scales_and_zero_points_are_those_of_the_interpreter():
    (graph,) = read_graphs(SHIPPED)
    model = TfliteModel(SHIPPED)
    for index, detail in ((graph.inputs[0], model.inputs[0]), (graph.outputs[0], model.outputs[0])):
        one = graph.tensors[index]
        assert (one.scales[0], one.zero_points[0]) == detail["quantization"]
        assert one.shape == tuple(detail["shape"])
        assert not one.constant


def test_a_per_channel_weight_has_a_scale_for_each_of_its_outputs():
    (graph,) = read_graphs(SHIPPED)
    weights = graph.tensors[graph.ops[0].inputs[1]]
    assert weights.per_channel
    assert len(weights.scales) == weights.shape[0]


def test_multiplications_are_counted_by_hand():
    # Depthwise: 32 outputs of 9 each. Dense: 5 outputs of 32 each.
    assert ops.multiplications(chain()) == 32 * 9 + 5 * 32


def test_memory_is_what_lives_at_the_busiest_operation():
    # The depthwise convolution reads 32 bytes and writes 32; later there are 32 and 5.
    assert ops.activation_bytes(chain()) == 64


def test_a_tensor_that_is_used_again_later_stays_alive():
    tensors = tuple(tensor(index, (1, 10)) for index in range(4))
    made = (
        operation("LOGISTIC", (0,), (1,)),
        operation("LOGISTIC", (1,), (2,)),
        operation("ADD", (0, 2), (3,)),
    )
    assert ops.activation_bytes(Graph(tensors, made, (0,), (3,))) == 30


def test_parameters_are_counted_once_for_tensors_that_share_their_values():
    shared = Tensor(1, "again", (2, 3), "int8", True, 0, (0.5,), (0,))
    first = tensor(0, (2, 3), constant=True)
    assert ops.parameters((Graph((first, shared), (), (), ()),)) == 6


@pytest.mark.parametrize(
    ("types", "kind", "is_float"),
    [
        (("int8", "int8"), "int8", False),
        (("float32", "float32"), "float", True),
        (("int32", "int32"), "int32", False),
    ],
)
def test_an_operation_is_of_the_kind_of_its_tensors(types, kind, is_float):
    one = operation("ADD", (0, 1), (2,), types)
    assert (one.kind, one.is_float) == (kind, is_float)


def test_int8_weights_between_floats_are_hybrid():
    one = Op("CONV_2D", 5, (0, 1), (2,), ("float32", "int8"), ("float32",))
    assert (one.kind, one.is_float) == ("hybrid", True)


def test_a_quantise_pair_counts_as_float():
    there = operation("QUANTIZE", (0,), (1,), ("float32", "int8"))
    back = operation("DEQUANTIZE", (0,), (1,), ("int8", "float32"))
    assert (there.kind, back.kind) == ("float32 to int8", "int8 to float32")
    assert there.is_float
    assert back.is_float


@pytest.mark.tf
def test_a_float_file_is_told_by_its_operations(float_file):
    found = ops.summary(float_file, read_graphs(float_file))
    assert "CONV_2D (0)" in found.float_ops
    # 3x3 weights and a bias for each of three outputs, and the two axes of the mean.
    assert found.parameters == 3 * 9 + 3 + 2
    assert (found.weights, found.per_channel) == (0, 0)


@pytest.mark.parametrize("length", [0, 4, 100, 30_000, 590_000])
def test_a_cut_file_is_refused(tmp_path, length):
    (tmp_path / "m.tflite").write_bytes(SHIPPED.read_bytes()[:length])
    with pytest.raises(ModelError, match=r"m\.tflite"):
        read_graphs(tmp_path / "m.tflite")


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_file_is_read_or_refused_and_never_worse(tmp_path, seed):
    rng, content = np.random.default_rng(seed), bytearray(SHIPPED.read_bytes())
    for place in rng.integers(len(content) - 8000, len(content), 4):
        content[place] = rng.integers(256)
    (tmp_path / "m.tflite").write_bytes(content)
    with contextlib.suppress(ModelError):
        assert read_graphs(tmp_path / "m.tflite")


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "none.tflite", tmp_path):
        with pytest.raises(ModelError, match=str(path)):
            read_graphs(path)


def test_the_listing_has_a_line_for_each_operation_and_tensor(capsys):
    run(inspect, SHIPPED)
    said = capsys.readouterr().out.splitlines()
    (graph,) = read_graphs(SHIPPED)
    assert len([line for line in said if line.startswith("op ")]) == len(graph.ops)
    assert len([line for line in said if line.startswith("tensor ")]) == len(graph.tensors)
    assert "float operations: none" in said


def test_the_json_holds_what_the_listing_holds(capsys):
    run(inspect, SHIPPED, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["summary"]["float_ops"] == []
    assert told["graphs"][0]["ops"][0]["kind"] == "int8"
    assert told["graphs"][0]["tensors"][0]["scales"]
