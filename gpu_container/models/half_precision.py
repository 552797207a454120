"""`python -m gpu_container.models.half_precision` makes the networks for GPUs, with weights and sums in 16 bits.

That is half the bytes, and what GPUs are fastest at; images stay in 32 bits. `<name>.onnx` becomes `<name>-fp16.onnx`.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from subprocess import CalledProcessError

import numpy
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, load_model_from_string, numpy_helper

from gpu_container.models.building import ensure_network
from gpu_container.models.fetching import ChangedNetwork, hash_of, is_as_tested, keep
from gpu_container.models.manifest import MANIFEST
from imgopt.networks import half_path_of

HALF, FLOAT = TensorProto.FLOAT16, TensorProto.FLOAT


class TooLargeForHalf(ValueError):
    """A weight beyond what 16 bits can hold."""


def main() -> None:
    try:
        for path in make_halves():
            print(f"{path.stat().st_size / 1e6:6.1f} MB  {path}", flush=True)
    except CalledProcessError:
        sys.exit("the weights could not be fetched; the reason is above")
    except ChangedNetwork as error:
        sys.exit(str(error))


def make_halves() -> Iterator[Path]:
    """Each network in 16 bits, made where it is missing or not the one that was tested."""
    for name, sha256 in halves().items():
        path = half_path_of(name)
        if not is_as_tested(path, sha256):
            (whole,) = ensure_network([name])
            made = halve(whole.read_bytes())
            if hash_of(made) != sha256:
                raise ChangedNetwork(f"{name} became {hash_of(made)} in 16 bits, which is not what was tested")
            keep(made, path)
        yield path


def halves() -> dict[str, str]:
    """The sha256 of each network's ONNX file in 16 bits, by the network's name."""
    table: dict[str, str] = tomllib.loads(MANIFEST.read_text())["halves"]
    return table


def halve(network: bytes) -> bytes:
    """The same ONNX network, float32 images in and out, with all in between in float16. Equal bytes for equal bytes.

    Raises TooLargeForHalf where a weight would become infinite.
    """
    model = load_model_from_string(network)
    graph = model.graph
    kept = _kept_whole(model)
    constants = [each if each.name in kept else _halved(each) for each in graph.initializer]
    graph.ClearField("initializer")
    graph.initializer.extend(constants)
    _cast_at_ends(model)
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _kept_whole(model: ModelProto) -> set[str]:
    """What Resize takes besides images: its region and its factors are in 32 bits by definition."""
    return {name for node in model.graph.node if node.op_type == "Resize" for name in node.input[1:]}


def _halved(constant: TensorProto) -> TensorProto:
    with numpy.errstate(over="ignore"):
        values = numpy_helper.to_array(constant).astype(numpy.float16)
    if not numpy.isfinite(values).all():
        raise TooLargeForHalf(constant.name)
    return numpy_helper.from_array(values, constant.name)


def _cast_at_ends(model: ModelProto) -> None:
    """Entry and result keep their names for who uses the network, and go by others inside of it."""
    graph = model.graph
    entry, result = graph.input[0].name, graph.output[0].name
    inside = {entry: f"{entry}.half", result: f"{result}.half"}
    for node in graph.node:
        node.input[:] = [inside.get(name, name) for name in node.input]
        node.output[:] = [inside.get(name, name) for name in node.output]
    nodes = [_cast(entry, inside[entry], HALF), *graph.node, _cast(inside[result], result, FLOAT)]
    graph.ClearField("node")
    graph.node.extend(nodes)


def _cast(source: str, target: str, kind: int) -> NodeProto:
    return helper.make_node("Cast", [source], [target], name=f"Cast:{target}", to=kind)


if __name__ == "__main__":
    main()
