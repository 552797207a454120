"""Networks of other formats, converted to ncnn: equal results, and always the same bytes of the files."""

import base64
import json

import numpy
import pytest

from gpu_container.models import building
from gpu_container.models.flatbuffers import read_root_table
from gpu_container.models.manifest import read_manifest
from gpu_container.models.ncnn_param import UnknownNetwork
from gpu_container.models.ncnn_writer import FilterWindow, NcnnWriter
from gpu_container.models.tfjs_conversion import convert_tfjs
from gpu_container.models.tflite_conversion import convert_tflite
from tests.upscale.reference_runtimes import by_ncnn

DETECTORS = {network.name: network for wheel in read_manifest() for network in wheel.detectors}
RANDOM = numpy.random.default_rng(4)


def run(files, image, folder):
    for suffix, data in files.items():
        (folder / f"net.{suffix}").write_bytes(data)
    return by_ncnn(folder / "net.param", folder / "net.bin", image)


def values(*shape):
    return RANDOM.normal(0, 1, shape).astype(numpy.float32)


def convolved(image, kernel, biases, window):
    """Convolves by the definition. Each channel is separate if the kernel has only one."""
    margin, step = (window.before, window.after), window.step
    padded = numpy.pad(image, ((0, 0), margin, margin))
    side, groups = kernel.shape[2], len(image) if kernel.shape[1] == 1 else 1
    windows = numpy.lib.stride_tricks.sliding_window_view(padded, (side, side), (1, 2))[:, ::step, ::step]
    if groups > 1:
        return numpy.einsum("chwij,cij->chw", windows, kernel[:, 0]) + biases[:, None, None]
    return numpy.einsum("chwij,ocij->ohw", windows, kernel) + biases[:, None, None]


@pytest.mark.parametrize(("step", "before", "after"), [(1, 1, 1), (2, 0, 1), (2, 1, 1)])
@pytest.mark.parametrize("depthwise", [False, True])
def test_a_convolution_with_any_margin_is_as_defined(step, before, after, depthwise, tmp_path):
    image = values(4, 8, 8)
    kernel = values(4, 1 if depthwise else 4, 3, 3).astype(numpy.float16)
    biases = values(4)
    writer = NcnnWriter("in")
    window = FilterWindow(3, step, before, after)
    writer.convolve("out", "in", kernel, biases, window)
    found = run(writer.finish(), image, tmp_path)
    assert abs(found - convolved(image, kernel.astype(numpy.float32), biases, window)).max() < 1e-4


def test_results_of_a_convolution_with_a_limit_are_kept_below_it(tmp_path):
    image, kernel = 4 * values(3, 6, 6), values(5, 3, 1, 1).astype(numpy.float16)
    window = FilterWindow(1, 1, 0, 0, limit=6.0)
    writer = NcnnWriter("in")
    writer.convolve("out", "in", kernel, values(5), window)
    found = run(writer.finish(), image, tmp_path)
    assert (found.min(), found.max()) == (0, 6)


def test_outputs_that_are_used_twice_are_given_twice(tmp_path):
    image = values(2, 4, 4)
    writer = NcnnWriter("in")
    writer.add_channels("wide", "in", 1)
    writer.rectify("bright", "in", 0.1)
    writer.add_channels("bright wide".replace(" ", "-"), "bright", 1)
    writer.sum("out", ["wide", "bright-wide"])
    found = run(writer.finish(), image, tmp_path)
    assert found[:2] == pytest.approx(image + numpy.where(image > 0, image, image * 0.1), abs=1e-5)
    assert not found[2].any()


def node(operator, name, inputs=(), **attributes):
    return {"op": operator, "name": name, "input": list(inputs), "attr": attributes}


def numbers(*sides):
    return {"list": {"i": [str(side) for side in sides]}}


def small_tfjs(**changed):
    """A convolution and a pooling with margins, in TensorFlow's order of dimensions: its graph and its weights."""
    constants = {
        "turn": numpy.array([0, 2, 3, 1], "<i4"),
        "back": numpy.array([0, 3, 1, 2], "<i4"),
        "margin": numpy.array([[0, 0], [0, 0], [1, 1], [1, 1]], "<i4"),
        "kernel": values(3, 3, 2, 3).astype("<f2"),
        "biases": values(3).astype("<f2"),
    } | changed
    window = {"padding": {"s": base64.b64encode(b"VALID").decode()}, "strides": numbers(1, 2, 2, 1)}
    nodes = [
        node("Placeholder", "in"),
        *(node("Const", name) for name in constants),
        node("Pad", "padded", ["in", "margin"]),
        node("Transpose", "turned", ["padded", "turn"]),
        node("Conv2D", "convolved", ["turned", "kernel"], dilations=numbers(1, 1, 1, 1), **window),
        node("Add", "biased", ["convolved", "biases"]),
        node("Transpose", "returned", ["biased", "back"]),
        node("LeakyRelu", "out", ["returned"], alpha={"f": 0.25}),
        node("SplitV", "parts", ["out", "turn"]),
        node("Sigmoid", "end", ["parts:1"]),
    ]
    weights = [
        {"name": name, "shape": list(data.shape), "dtype": "int32"}
        if data.dtype == "<i4"
        else {"name": name, "shape": list(data.shape), "dtype": "float32", "quantization": {"dtype": "float16"}}
        for name, data in constants.items()
    ]
    graph = {"modelTopology": {"node": nodes}, "weightsManifest": [{"weights": weights}]}
    return json.dumps(graph).encode(), b"".join(data.tobytes() for data in constants.values()), constants


def test_a_graph_of_tensorflow_js_gives_the_same_numbers(tmp_path):
    graph, weights, constants = small_tfjs()
    image = values(2, 8, 8)
    kernel, biases = (constants[name].astype(numpy.float32) for name in ("kernel", "biases"))
    expected = convolved(image, kernel.transpose(3, 2, 0, 1), biases, FilterWindow(3, 2, 1, 1))
    found = run(convert_tfjs(graph, weights), image, tmp_path)
    assert abs(found - numpy.where(expected > 0, expected, expected / 4)).max() < 1e-4


def test_networks_that_cannot_be_translated_exactly_are_refused():
    graph, weights, _ = small_tfjs()
    with pytest.raises(UnknownNetwork, match="left over"):
        convert_tfjs(graph, weights + b"more")
    with pytest.raises(UnknownNetwork, match="Mystery"):
        convert_tfjs(graph.replace(b"LeakyRelu", b"Mystery"), weights)
    with pytest.raises(UnknownNetwork, match="another order"):
        convert_tfjs(*small_tfjs(turn=numpy.array([0, 1, 3, 2], "<i4"))[:2])
    with pytest.raises(UnknownNetwork, match="on all sides"):
        convert_tfjs(*small_tfjs(margin=numpy.array([[0, 0], [0, 0], [1, 1], [0, 1]], "<i4"))[:2])


@pytest.mark.parametrize("data", [b"", b"abc", b"\xff" * 64])
def test_files_that_are_no_flatbuffer_are_refused(data):
    with pytest.raises(UnknownNetwork):
        convert_tflite(data)


def test_fields_that_are_not_there_read_as_nothing():
    """A table at 8 without fields, whose list of fields is at 4."""
    empty = read_root_table(bytes([8, 0, 0, 0, 4, 0, 4, 0, 4, 0, 0, 0]))
    assert (empty.number(3), empty.text(1), empty.numbers(0), empty.tables(7)) == (0, "", (), [])


@pytest.mark.parametrize("name", DETECTORS)
def test_conversion_gives_the_bytes_that_were_committed(name):
    network = DETECTORS[name]
    published = building.models_folder() / network.folder / f"{name}.{next(iter(network.files))}"
    if not published.exists():
        pytest.skip(f"{name} is not in the cache; `python -m gpu_container.models` fetches it")
    for suffix, sha256 in network.ncnn.items():
        assert building.fetching.hash_of(building.convert(network, suffix)) == sha256
