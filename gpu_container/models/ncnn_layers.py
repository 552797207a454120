"""Converts each kind of ncnn layer to ONNX. Numbers are ids of ncnn's layer parameters."""

from collections.abc import Callable
from typing import Any

import numpy

from gpu_container.models.ncnn_bin import Weights
from gpu_container.models.ncnn_param import Layer, UnknownNetwork
from gpu_container.models.onnx_graph import Graph

ARITHMETIC = {0: "Add", 1: "Sub", 2: "Mul", 3: "Div"}
SUM = 1
RELU, LEAKY_RELU = 1, 2
NEAREST_NEIGHBOUR = 1
# The position of pixel centres in ncnn.
REPEATED: dict[str, Any] = {
    "mode": "nearest",
    "coordinate_transformation_mode": "asymmetric",
    "nearest_mode": "floor",
}
Translator = Callable[[Graph, Layer, list[str], Weights], str]


def convolution(graph: Graph, layer: Layer, inputs: list[str], weights: Weights) -> str:
    outputs, side = layer.integer(0), layer.integer(1)
    shape = (outputs, layer.integer(6) // (outputs * side**2), side, side)
    parameters = _parameters(graph, layer, weights.tagged(*shape), weights)
    activation = layer.integer(9)
    output = f"{layer.outputs[0]}.linear" if activation else layer.outputs[0]
    graph.add("Conv", [*inputs, *parameters], output, **_window(layer))
    return _activate(graph, layer, activation, output) if activation else output


def deconvolution(graph: Graph, layer: Layer, inputs: list[str], weights: Weights) -> str:
    if layer.integer(9):
        raise UnknownNetwork(f"{layer.name}: a deconvolution with activation")
    outputs, side = layer.integer(0), layer.integer(1)
    shape = (outputs, layer.integer(6) // (outputs * side**2), side, side)
    inputs_first = numpy.ascontiguousarray(weights.tagged(*shape).transpose(1, 0, 2, 3))
    parameters = _parameters(graph, layer, inputs_first, weights)
    return graph.add("ConvTranspose", [*inputs, *parameters], layer.outputs[0], **_window(layer))


def concat(graph: Graph, layer: Layer, inputs: list[str], weights: Weights) -> str:
    return graph.add("Concat", inputs, layer.outputs[0], axis=1)


def weighted_sum(graph: Graph, layer: Layer, inputs: list[str], weights: Weights) -> str:
    if layer.integer(0) != SUM:
        raise UnknownNetwork(f"{layer.name}: an element-wise operation other than a sum")
    factors = layer.numbers(1) or (1.0,) * len(inputs)
    terms = [_scale(graph, layer, name, factor) for name, factor in zip(inputs, factors, strict=True)]
    return graph.add("Sum", terms, layer.outputs[0])


def arithmetic(graph: Graph, layer: Layer, inputs: list[str], weights: Weights) -> str:
    operator = ARITHMETIC.get(layer.integer(0))
    if operator is None or len(inputs) != 2:
        raise UnknownNetwork(f"{layer.name}: an operation other than {', '.join(ARITHMETIC.values())} of two tensors")
    return graph.add(operator, inputs, layer.outputs[0])


def interpolation(graph: Graph, layer: Layer, inputs: list[str], weights: Weights) -> str:
    if layer.integer(0) != NEAREST_NEIGHBOUR:
        raise UnknownNetwork(f"{layer.name}: interpolation of kind {layer.integer(0)}")
    scales = numpy.array([1, 1, layer.number(1), layer.number(2)], numpy.float32)
    return graph.add(
        "Resize", [*inputs, "", graph.constant(f"{layer.name}.scales", scales)], layer.outputs[0], **REPEATED
    )


def _window(layer: Layer) -> dict[str, list[int]]:
    side, stride, padding = layer.integer(1), layer.integer(3, 1), layer.integer(4)
    if layer.integer(2, 1) != 1:
        raise UnknownNetwork(f"{layer.name}: dilation")
    return {"kernel_shape": [side] * 2, "strides": [stride] * 2, "pads": [padding] * 4}


def _parameters(graph: Graph, layer: Layer, kernel: numpy.ndarray, weights: Weights) -> list[str]:
    names = [graph.constant(f"{layer.name}.weights", kernel)]
    if layer.integer(5):
        names.append(graph.constant(f"{layer.name}.biases", weights.plain(layer.integer(0))))
    return names


def _activate(graph: Graph, layer: Layer, activation: int, linear: str) -> str:
    if activation == LEAKY_RELU:
        return graph.add("LeakyRelu", [linear], layer.outputs[0], alpha=layer.numbers(10)[0])
    if activation == RELU:
        return graph.add("Relu", [linear], layer.outputs[0])
    raise UnknownNetwork(f"{layer.name}: activation {activation}")


def _scale(graph: Graph, layer: Layer, name: str, factor: float) -> str:
    if factor == 1:
        return name
    constant = graph.constant(f"{layer.name}.{name}.factor", numpy.array(factor, numpy.float32))
    return graph.add("Mul", [name, constant], f"{layer.outputs[0]}.{name}")


TRANSLATORS: dict[str, Translator] = {
    "BinaryOp": arithmetic,
    "Concat": concat,
    "Convolution": convolution,
    "Deconvolution": deconvolution,
    "Eltwise": weighted_sum,
    "Interp": interpolation,
}
