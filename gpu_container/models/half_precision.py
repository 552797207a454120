"""`python -m gpu_container.models.half_precision` converts the networks to half precision (float16) for GPUs.

Files are half as large, and GPUs are faster. Inputs and outputs stay in float32. `<name>.onnx` becomes
`<name>-fp16.onnx`.
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
    """A weight is too large for float16."""


def main() -> None:
    try:
        for path in make_halves():
            print(f"{path.stat().st_size / 1e6:6.1f} MB  {path}", flush=True)
    except CalledProcessError:
        sys.exit("the weights could not be downloaded; the reason is above")
    except ChangedNetwork as error:
        sys.exit(str(error))


def make_halves() -> Iterator[Path]:
    """The networks in half precision. Files that are missing or have another hash are made."""
    for name, sha256 in halves().items():
        path = half_path_of(name)
        if not is_as_tested(path, sha256):
            (whole,) = ensure_network([name])
            made = halve(whole.read_bytes())
            if hash_of(made) != sha256:
                raise ChangedNetwork(
                    f"{name} in half precision has the hash {hash_of(made)}, which is not the expected one"
                )
            keep(made, path)
        yield path


def halves() -> dict[str, str]:
    """The SHA-256 of each network's ONNX file in half precision, by the network's name."""
    table: dict[str, str] = tomllib.loads(MANIFEST.read_text())["halves"]
    return table


def halve(network: bytes) -> bytes:
    """An ONNX network whose tensors are float16, except its float32 inputs and outputs. The result is deterministic.

    Raises TooLargeForHalf if a weight would become infinite.
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
    """The inputs of Resize other than images, which ONNX requires to be float32."""
    return {name for node in model.graph.node if node.op_type == "Resize" for name in node.input[1:]}


def _halved(constant: TensorProto) -> TensorProto:
    with numpy.errstate(over="ignore"):
        values = numpy_helper.to_array(constant).astype(numpy.float16)
    if not numpy.isfinite(values).all():
        raise TooLargeForHalf(constant.name)
    return numpy_helper.from_array(values, constant.name)


def _cast_at_ends(model: ModelProto) -> None:
    """Adds casts at inputs and outputs. Their names are kept, and inner tensors get other names."""
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
