"""The converter against ncnn, layer by layer, with invented weights."""

import numpy
import pytest

from gpu_container.models.ncnn_conversion import convert_ncnn
from gpu_container.models.ncnn_param import UnknownNetwork
from tests.upscale.reference_runtimes import by_ncnn, by_onnx

NETWORKS = {
    "convolution": ["Convolution c 1 1 in out 0=3 1=3 5=1 6=81"],
    "without biases": ["Convolution c 1 1 in out 0=3 1=3 4=1 6=81"],
    "strides": ["Convolution c 1 1 in out 0=3 1=3 3=2 4=1 5=1 6=81"],
    "relu": ["Convolution c 1 1 in out 0=3 1=3 4=1 5=1 6=81 9=1"],
    "leaky relu": ["Convolution c 1 1 in out 0=3 1=3 4=1 5=1 6=81 9=2 -23310=1,0.2"],
    "deconvolution": ["Deconvolution d 1 1 in out 0=3 1=4 3=2 4=3 5=1 6=144"],
    "nearest": ["Interp i 1 1 in out 0=1 1=2.0 2=2.0"],
    "nearest by 1.5": ["Interp i 1 1 in out 0=1 1=1.5e+00 2=1.5e+00"],
    "concat": ["Split s 1 2 in a b", "Concat n 2 1 a b c", "Convolution c 1 1 c out 0=3 1=1 5=1 6=18"],
    "weighted sum": [
        "Split s 1 2 in a b",
        "Convolution c 1 1 a c 0=3 1=1 5=1 6=9",
        "Eltwise e 2 1 c b out 0=1 -23301=2,2.0e-01,1.0",
    ],
    "product": ["Split s 1 2 in a b", "Convolution c 1 1 a c 0=3 1=1 5=1 6=9", "BinaryOp m 2 1 c b out 0=2"],
}
UNKNOWN = {
    "layer": ["Softmax s 1 1 in out"],
    "activation": ["Convolution c 1 1 in out 0=3 1=1 6=9 9=5"],
    "dilation": ["Convolution c 1 1 in out 0=3 1=3 2=2 6=81"],
    "interpolation": ["Interp i 1 1 in out 0=2 1=2.0 2=2.0"],
    "element-wise": ["Split s 1 2 in a b", "Eltwise e 2 1 a b out 0=0"],
    "left over": ["Interp i 1 1 in out 0=1 1=2.0 2=2.0"],
    "too early": ["Convolution c 1 1 in out 0=3 1=9 6=900"],
}


def text(lines: list[str]) -> str:
    blobs = 1 + sum(int(line.split()[3]) for line in lines)
    return "\n".join(["7767517", f"{1 + len(lines)} {blobs}", "Input input 0 1 in", *lines, ""])


def weights(lines: list[str], *, halves: bool) -> bytes:
    """Random numbers for all layers that have any."""
    numbers, data = numpy.random.default_rng(5), b""
    for words in map(str.split, lines):
        values = dict(word.split("=") for word in words if "=" in word)
        if "onvolution" in words[0]:
            kernel = numbers.normal(0, 0.3, int(values["6"])).astype("<f2" if halves else "<f4").tobytes()
            data += (0x01306B47 if halves else 0).to_bytes(4, "little") + kernel + bytes(-len(kernel) % 4)
            data += numbers.normal(0, 0.1, int(values["0"]) * int(values.get("5", 0))).astype("<f4").tobytes()
    return data


@pytest.mark.parametrize("lines", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("halves", [False, True], ids=["32 bits", "16 bits"])
def test_each_layer_does_what_it_does_in_ncnn(lines, halves, tmp_path):
    param, data = tmp_path / "net.param", tmp_path / "net.bin"
    param.write_text(text(lines))
    data.write_bytes(weights(lines, halves=halves))
    image = numpy.random.default_rng(6).random((3, 12, 20), numpy.float32)
    expected = by_ncnn(param, data, image)
    found = by_onnx(convert_ncnn(param.read_text(), data.read_bytes()), image)
    assert found.shape == expected.shape
    assert abs(found - expected).max() < 1e-5


@pytest.mark.parametrize(("what", "lines"), UNKNOWN.items(), ids=UNKNOWN)
def test_a_network_that_is_not_known_is_refused(what, lines):
    data = weights(lines, halves=False) if what != "too early" else bytes(40)
    with pytest.raises(UnknownNetwork):
        convert_ncnn(text(lines), data + bytes(4) * (what == "left over"))


def test_binary_format_is_refused():
    with pytest.raises(UnknownNetwork, match="text"):
        convert_ncnn("binary\n0 0\n", b"")


def test_the_same_network_becomes_the_same_bytes():
    lines = NETWORKS["weighted sum"]
    first, second = (convert_ncnn(text(lines), weights(lines, halves=True)) for _ in range(2))
    assert first == second
