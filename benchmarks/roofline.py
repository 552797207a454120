"""Upper bounds of a network's megapixels per second on a GPU, by computation and by memory bandwidth."""

import math
from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import GraphProto, NodeProto, TensorProto

BYTES = {TensorProto.FLOAT: 4, TensorProto.FLOAT16: 2}
SIDE = 256  # pixels of the tile for which operations are counted; networks with margins compute more for small tiles
Sizes = dict[str, int]


@dataclass(frozen=True)
class Card:
    """Peaks of the data sheet without sparsity: TFLOPS in 16 bits, in TF32 (FP32 where there is none), and GB/s."""

    half: float
    single: float
    bandwidth: float
    source: str


# The cards by their names in nvidia-smi.
CARDS = {
    "H100 80GB HBM3": Card(989.4, 494.7, 3350, "NVIDIA H100 Tensor Core GPU data sheet, SXM"),
    "H200": Card(989.4, 494.7, 4800, "NVIDIA H200 Tensor Core GPU data sheet, SXM"),
    "L40S": Card(362, 183, 864, "NVIDIA L40S data sheet"),
    "L4": Card(121, 60, 300, "NVIDIA L4 Tensor Core GPU data sheet"),
    "A10G": Card(70, 35, 600, "NVIDIA A10G data sheet"),
    "T4": Card(65, 8.1, 320, "NVIDIA T4 Tensor Core GPU data sheet"),
}


@dataclass(frozen=True)
class Work:
    """The work for one pixel: operations, and bytes if each layer reads its inputs and writes its output."""

    operations: float
    bytes: float

    def bounds(self, card: Card, precision: str) -> tuple[float, float]:
        """The bounds in megapixels per second by computation and by memory bandwidth."""
        peak = card.half if precision == "fp16" else card.single
        return peak * 1e12 / self.operations / 1e6, card.bandwidth * 1e9 / self.bytes / 1e6


def card_of(name: str) -> Card | None:
    return next((card for known, card in CARDS.items() if known in name), None)


def work_of(path: Path) -> Work:
    graph = _with_shapes(path)
    shapes = _shapes(graph)
    pixels = math.prod(shapes[graph.output[0].name][2:])
    constants = {each.name for each in graph.initializer}
    sizes = _sizes(graph)
    moved = sum(sizes.get(name, 0) for node in graph.node for name in (*node.input, *node.output))
    operations = sum(_operations(node, shapes) for node in graph.node if node.input[-1] in constants)
    return Work(operations / pixels, moved / pixels)


def _operations(node: NodeProto, shapes: dict[str, list[int]]) -> int:
    """A multiplication and an addition for each weight and position. Other operations are few beside convolutions."""
    if node.op_type not in ("Conv", "ConvTranspose"):
        return 0
    places = shapes[node.output[0] if node.op_type == "Conv" else node.input[0]]
    return 2 * math.prod(shapes[node.input[1]]) * math.prod(places[2:])


def _with_shapes(path: Path) -> GraphProto:
    model = onnx.load(path)
    for place, length in zip(model.graph.input[0].type.tensor_type.shape.dim, (1, 3, SIDE, SIDE), strict=True):
        place.dim_value = length
    for place in model.graph.output[0].type.tensor_type.shape.dim:
        place.Clear()
    return onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph


def _shapes(graph: GraphProto) -> dict[str, list[int]]:
    tensors = (*graph.input, *graph.value_info, *graph.output)
    known = {each.name: [place.dim_value for place in each.type.tensor_type.shape.dim] for each in tensors}
    return {**known, **{each.name: list(each.dims) for each in graph.initializer}}


def _sizes(graph: GraphProto) -> Sizes:
    """The bytes of each tensor, without the weights, which are read once for many pixels."""
    shapes = _shapes(graph)
    tensors = (*graph.input, *graph.value_info, *graph.output)
    return {each.name: math.prod(shapes[each.name]) * BYTES[each.type.tensor_type.elem_type] for each in tensors}
