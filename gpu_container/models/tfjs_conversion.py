"""Converts networks from TensorFlow.js to ncnn: a graph of TensorFlow's nodes in JSON, and a file of weights.

Source: https://github.com/tensorflow/tfjs/tree/master/tfjs-converter, "Web format".
"""

import base64
import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gpu_container.models.ncnn_param import UnknownNetwork
from gpu_container.models.ncnn_writer import FilterWindow, NcnnWriter

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What only turns pictures from (channels, height, width) to (height, width, channels) and back, or says the same again.
LAYOUT_PERMUTATIONS = ([0, 2, 3, 1], [0, 3, 1, 2])
# Behind these, results are only put into another shape; ncnn gives them as they are there.
ENDS = frozenset({"SplitV"})
TYPES = {"float32": "<f4", "int32": "<i4"}
HALF_TYPES = {"float32": "<f2"}
GraphNode = dict[str, Any]
NO_MARGIN = (0, 0)


def convert_tfjs(graph: bytes, weights: bytes) -> dict[str, bytes]:
    """ncnn's files, by suffix, of a network for one picture at a time, (channels, height, width).

    Raises UnknownNetwork for anything that it can't translate exactly.
    """
    return _Conversion(json.loads(graph), weights).run()


class _Conversion:
    def __init__(self, model: dict[str, Any], weights: bytes) -> None:
        self._nodes: list[GraphNode] = model["modelTopology"]["node"]
        self._constants = _read_weights(model["weightsManifest"], weights)
        self._sources: dict[str, str] = {}
        self._margins: dict[str, tuple[int, int]] = {}
        self._left_out: set[str] = set()
        self._convolutions: dict[str, GraphNode] = {}

    def run(self) -> dict[str, bytes]:
        for node in self._nodes:
            inputs = [each.partition(":")[0] for each in node.get("input", ())]
            if node["op"] in ENDS or self._left_out.intersection(inputs) or self._is_constant(node, inputs):
                self._left_out.add(node["name"])
            elif node["op"] in NODE_TRANSLATIONS:
                NODE_TRANSLATIONS[node["op"]](self, node, inputs)
            elif node["op"] != "Const":
                raise UnknownNetwork(f"{node['name']}: a node of kind {node['op']}")
        return self._writer.finish()

    def begin(self, node: GraphNode, _inputs: list[str]) -> None:
        self._writer = NcnnWriter(node["name"])

    def turn(self, node: GraphNode, inputs: list[str]) -> None:
        picture, order = inputs
        if self._constants[order].tolist() not in LAYOUT_PERMUTATIONS:
            raise UnknownNetwork(f"{node['name']}: dimensions in another order")
        self._sources[node["name"]] = self._source(picture)
        self._margins[node["name"]] = self._margins.get(picture, NO_MARGIN)

    def pad(self, node: GraphNode, inputs: list[str]) -> None:
        """Merges padding into the next convolution or pooling, where ncnn has it."""
        before, after = self._constants[inputs[1]][2].tolist()
        if self._constants[inputs[1]].tolist() != [[0, 0], [0, 0], [before, after], [before, after]]:
            raise UnknownNetwork(f"{node['name']}: a margin that is not alike on all sides")
        self._sources[node["name"]] = self._source(inputs[0])
        self._margins[node["name"]] = (before, after)

    def convolve(self, node: GraphNode, _inputs: list[str]) -> None:
        """Notes a convolution, which is written together with its biases, a separate node."""
        self._convolutions[node["name"]] = node

    def sum(self, node: GraphNode, inputs: list[str]) -> None:
        if inputs[0] not in self._convolutions:
            self._writer.sum(node["name"], [self._source(each) for each in inputs])
            return
        convolution = self._convolutions[inputs[0]]
        picture, kernel = convolution["input"]
        values = self._constants[kernel]
        window = self._window(convolution, picture, values.shape[0])
        self._writer.convolve(
            node["name"], self._source(picture), values.transpose(3, 2, 0, 1), self._constants[inputs[1]], window
        )

    def pool(self, node: GraphNode, inputs: list[str]) -> None:
        side = int(node["attr"]["ksize"]["list"]["i"][1])
        self._writer.pool(node["name"], self._source(inputs[0]), self._window(node, inputs[0], side))

    def rectify(self, node: GraphNode, inputs: list[str]) -> None:
        self._writer.rectify(node["name"], self._source(inputs[0]), float(node["attr"]["alpha"]["f"]))

    def concat(self, node: GraphNode, inputs: list[str]) -> None:
        *pictures, axis = inputs
        if int(self._constants[axis]) != 1:
            raise UnknownNetwork(f"{node['name']}: a concatenation of other than channels")
        self._writer.concat(node["name"], [self._source(each) for each in pictures])

    def resize(self, node: GraphNode, inputs: list[str]) -> None:
        attributes = node["attr"]
        sides = set(self._constants[inputs[1]].tolist())
        if attributes["align_corners"]["b"] or not attributes["half_pixel_centers"]["b"] or len(sides) != 1:
            raise UnknownNetwork(f"{node['name']}: an interpolation with pixels as points")
        self._writer.resize(node["name"], self._source(inputs[0]), sides.pop())

    def _window(self, node: GraphNode, picture: str, side: int) -> FilterWindow:
        attributes = node["attr"]
        dilations = attributes.get("dilations", {"list": {"i": ["1"]}})["list"]["i"]
        if base64.b64decode(attributes["padding"]["s"]) != b"VALID" or set(dilations) != {"1"}:
            raise UnknownNetwork(f"{node['name']}: padding or dilation")
        return FilterWindow(side, int(attributes["strides"]["list"]["i"][1]), *self._margins.get(picture, NO_MARGIN))

    def _is_constant(self, node: GraphNode, inputs: list[str]) -> bool:
        """Whether a node only computes shapes, without image data."""
        return bool(inputs) and not set(inputs) - self._left_out - set(self._constants)

    def _source(self, name: str) -> str:
        return self._sources.get(name, name)


def _read_weights(manifest: list[GraphNode], data: bytes) -> "dict[str, NDArray[Any]]":
    import numpy

    found, at = {}, 0
    for entry in manifest[0]["weights"]:
        halved = "quantization" in entry
        kind = numpy.dtype((HALF_TYPES if halved else TYPES)[entry["dtype"]])
        values = numpy.frombuffer(data, kind, math.prod(entry["shape"]), at)
        found[entry["name"]] = values.reshape(entry["shape"])
        at += values.nbytes
    if at != len(data):
        raise UnknownNetwork(f"{len(data) - at} bytes of weights are left over")
    return found


NODE_TRANSLATIONS: dict[str, Callable[[_Conversion, GraphNode, list[str]], None]] = {
    "Add": _Conversion.sum,
    "ConcatV2": _Conversion.concat,
    "Conv2D": _Conversion.convolve,
    "LeakyRelu": _Conversion.rectify,
    "MaxPool": _Conversion.pool,
    "Pad": _Conversion.pad,
    "PadV2": _Conversion.pad,
    "Placeholder": _Conversion.begin,
    "ResizeBilinear": _Conversion.resize,
    "Transpose": _Conversion.turn,
}
