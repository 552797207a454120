"""Runs the networks' ONNX graphs with torch, to compare ONNX Runtime with the same weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import NodeProto, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

Attributes = dict[str, Any]
Operator = Callable[[Attributes, list[Any]], Tensor]


class InTorch(nn.Module):
    """A graph with one input and one output, of operators in OPERATORS. Tensors are released after their last use."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        graph = onnx.load(path).graph
        self.entry, self.result = graph.input[0].name, graph.output[0].name
        self.fixed: dict[str, list[float]] = {}  # constants at compilation, unlike tensors
        self.names: dict[str, str] = {}
        resizes = {name for node in graph.node if node.op_type == "Resize" for name in node.input[1:]}
        for number, constant in enumerate(graph.initializer):
            values = numpy_helper.to_array(constant)
            if constant.name in resizes:
                self.fixed[constant.name] = [float(each) for each in values]
            else:
                self.names[constant.name] = f"constant{number}"
                self.register_buffer(f"constant{number}", torch.from_numpy(values.copy()))
        self.steps = [(node.op_type, list(node.input), node.output[0], attributes_of(node)) for node in graph.node]
        self.last_uses = {name: at for at, (_, inputs, _, _) in enumerate(self.steps) for name in inputs}

    def forward(self, images: Tensor) -> Tensor:
        values: dict[str, Any] = {"": None, **self.fixed, self.entry: images}
        values.update({name: getattr(self, buffer) for name, buffer in self.names.items()})
        for at, (operator, inputs, output, attributes) in enumerate(self.steps):
            values[output] = OPERATORS[operator](attributes, [values[name] for name in inputs])
            for name in inputs:
                if self.last_uses[name] == at:
                    values.pop(name, None)
        found: Tensor = values[self.result]
        return found


def attributes_of(node: NodeProto) -> Attributes:
    return {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}


def convolve(attributes: Attributes, inputs: list[Any]) -> Tensor:
    return functional.conv2d(*inputs, stride=attributes["strides"], padding=attributes["pads"][:2])


def convolve_back(attributes: Attributes, inputs: list[Any]) -> Tensor:
    return functional.conv_transpose2d(*inputs, stride=attributes["strides"], padding=attributes["pads"][:2])


def resize(attributes: Attributes, inputs: list[Any]) -> Tensor:
    image, _, scales = inputs
    if attributes["mode"] == b"nearest":
        return functional.interpolate(image, scale_factor=tuple(scales[2:]), mode="nearest")
    return functional.interpolate(image, scale_factor=tuple(scales[2:]), mode="bicubic", align_corners=False)


def shuffle(attributes: Attributes, inputs: list[Any]) -> Tensor:
    return functional.pixel_shuffle(inputs[0], attributes["blocksize"])


OPERATORS: dict[str, Operator] = {
    "Add": lambda _, inputs: inputs[0] + inputs[1],
    "Concat": lambda attributes, inputs: torch.cat(inputs, attributes["axis"]),
    "Conv": convolve,
    "ConvTranspose": convolve_back,
    "DepthToSpace": shuffle,
    "Div": lambda _, inputs: inputs[0] / inputs[1],
    "LeakyRelu": lambda attributes, inputs: functional.leaky_relu(inputs[0], attributes["alpha"]),
    "Mul": lambda _, inputs: inputs[0] * inputs[1],
    "PRelu": lambda _, inputs: functional.prelu(inputs[0], inputs[1].flatten()),
    "Relu": lambda _, inputs: functional.relu(inputs[0]),
    "Resize": resize,
    "Sub": lambda _, inputs: inputs[0] - inputs[1],
    "Sum": lambda _, inputs: sum(inputs[1:], inputs[0]),
}
