"""Converts networks from ncnn to ONNX. The result is deterministic."""

from gpu_container.models.ncnn_bin import Weights
from gpu_container.models.ncnn_layers import TRANSLATORS
from gpu_container.models.ncnn_param import Layer, UnknownNetwork, read_layers
from gpu_container.models.onnx_graph import Graph


def convert_ncnn(param: str, weights: bytes) -> bytes:
    """An ONNX file, float32, of the texts of a .param and the bytes of its .bin.

    Raises UnknownNetwork for anything that it can't translate exactly.
    """
    entry, *layers = read_layers(param)
    if entry.kind != "Input":
        raise UnknownNetwork("a network that doesn't begin with its input")
    graph, remaining = Graph(), Weights(weights)
    result = _translate(graph, layers, remaining)
    remaining.finish()
    return graph.serialize((entry.outputs[0], _images()), (result, _images("_out")))


def _images(suffix: str = "") -> list[int | str]:
    """The shape of images: RGB from 0 to 1, of any number and size."""
    return ["batch", 3, f"height{suffix}", f"width{suffix}"]


def _translate(graph: Graph, layers: list[Layer], weights: Weights) -> str:
    """The name of the last layer's output. ncnn splits what is used twice; in ONNX it is just named twice."""
    originals: dict[str, str] = {}
    result = ""
    for layer in layers:
        inputs = [originals.get(name, name) for name in layer.inputs]
        if layer.kind == "Split":
            originals.update(dict.fromkeys(layer.outputs, inputs[0]))
        elif layer.kind in TRANSLATORS:
            result = TRANSLATORS[layer.kind](graph, layer, inputs, weights)
        else:
            raise UnknownNetwork(f"{layer.name}: a layer of kind {layer.kind}")
    return result
