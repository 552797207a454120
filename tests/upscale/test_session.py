"""ncnn and ONNX Runtime behind the same interface: their errors, and missing devices."""

import numpy
import onnxruntime
import pytest

from gpu_container.models.ncnn_conversion import convert_ncnn
from imgopt.errors import NotConfigured
from imgopt.ncnn_net import SHORTCUTS
from imgopt.networks import ncnn_path_of, path_of
from imgopt.settings import settings
from imgopt.upscale import cuda
from imgopt.upscale.models import Device, Model
from imgopt.upscale.ncnn_network import NcnnNetwork
from imgopt.upscale.onnx_network import CUDA, HalfNetwork, OnnxNetwork, open_onnx
from imgopt.upscale.runtime import best_runtime, check_cuda, open_network

DOUBLING = "7767517\n2 2\nInput input 0 1 in\nInterp i 1 1 in out 0=1 1=2.0 2=2.0\n"
MODEL = Model("doubling", 2, context=0)
WITHOUT_CUDA = CUDA not in onnxruntime.get_available_providers()


class Breaking:
    """A session whose every run ends in an error."""

    def __init__(self, message: str) -> None:
        self.message, self.name = message, "in"

    def get_inputs(self):
        return [self]

    def run(self, outputs, feeds):
        raise RuntimeError(self.message)


class Exhausted:
    """The error of ncnn when it can't allocate a layer's result."""

    def input_names(self):
        return ["in"]

    def output_names(self):
        return ["out"]

    def create_extractor(self):
        return self

    def input(self, name, image):
        return 0

    def extract(self, name):
        return -100, None


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """A small network is all there is in the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    param = ncnn_path_of(MODEL.name)
    param.parent.mkdir(parents=True)
    param.write_text(DOUBLING)
    param.with_suffix(".bin").write_bytes(b"")
    path_of(MODEL.name).write_bytes(convert_ncnn(DOUBLING, b""))
    open_network.cache_clear()
    yield
    open_network.cache_clear()
    settings.cache_clear()


def on_cpu(path=None):
    return open_onnx(path or path_of(MODEL.name), "CPUExecutionProvider")


@pytest.mark.parametrize("opened", [lambda: open_network(MODEL, Device.CPU), on_cpu], ids=["ncnn", "ONNX Runtime"])
def test_a_network_takes_images_of_any_number_and_size(installed, opened):
    network = opened()
    for shape in ((1, 3, 4, 6), (3, 3, 1, 1), (2, 3, 7, 5)):
        images = numpy.random.default_rng(2).random(shape, numpy.float32)
        assert (network(images) == images.repeat(2, 2).repeat(2, 3)).all()


def test_ncnn_takes_no_shortcuts_and_as_many_threads_as_it_may(installed, monkeypatch):
    monkeypatch.setenv("IMGOPT_UPSCALE_THREADS", "2")
    settings.cache_clear()
    options = open_network(MODEL, Device.CPU)._net.opt
    assert not any(getattr(options, f"use_{shortcut}") for shortcut in SHORTCUTS)
    assert options.num_threads == 2


def test_a_network_is_opened_once(installed):
    assert open_network(MODEL, Device.CPU) is open_network(MODEL, Device.CPU)


def test_a_folder_of_models_can_be_named(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path / "imgopt" / "models"))
    monkeypatch.setenv("XDG_CACHE_HOME", "/nowhere")
    assert open_network(MODEL, Device.CPU)


@pytest.mark.filterwarnings("ignore:Specified provider")
@pytest.mark.skipif(not WITHOUT_CUDA, reason="there is CUDA here")
def test_cpu_is_best_without_cuda_and_does_not_replace_it_in_silence(installed):
    assert best_runtime().device is Device.CPU
    for ask in (lambda: open_network(MODEL, Device.CUDA), check_cuda):
        with pytest.raises(NotConfigured, match="not available"):
            ask()


def test_cpu_replaces_a_broken_cuda_with_a_warning(monkeypatch):
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA])
    best_runtime.cache_clear()
    assert best_runtime().device is Device.CPU
    best_runtime.cache_clear()


def test_the_check_of_cuda_knows_what_comes_out(monkeypatch):
    """The test has no CUDA: the same convolution runs on a CPU."""
    monkeypatch.setattr(cuda, "CUDA", "CPUExecutionProvider")
    check_cuda()
    monkeypatch.setattr(cuda, "add_neighbours", lambda image: image)
    with pytest.raises(NotConfigured, match="wrong results"):
        check_cuda()


@pytest.mark.parametrize("path", [ncnn_path_of, path_of])
def test_a_damaged_file_is_no_network(installed, path):
    path(MODEL.name).write_bytes(b"nothing")
    with pytest.raises(NotConfigured):
        open_network(MODEL, Device.CPU) if path is ncnn_path_of else on_cpu()


def test_images_spoiled_by_half_precision_are_run_again_in_full(installed):
    network = HalfNetwork(path_of(MODEL.name), path_of(MODEL.name), "CPUExecutionProvider")
    images = numpy.random.default_rng(2).random((3, 3, 4, 4), numpy.float32)
    good = network._half
    network._half = lambda batch: numpy.where(
        numpy.arange(len(batch))[:, None, None, None] == 1, numpy.nan, good(batch)
    )
    assert (network(images) == good(images)).all()


def test_lack_of_memory_is_told_by_ncnn():
    with pytest.raises(MemoryError):
        NcnnNetwork(Exhausted())(numpy.zeros((1, 3, 1, 1), numpy.float32))


@pytest.mark.parametrize("message", ["Failed to allocate memory for requested buffer", "CUDA: out of memory"])
def test_lack_of_memory_is_told_by_its_message(message):
    with pytest.raises(MemoryError):
        OnnxNetwork(Breaking(message))(numpy.zeros((1, 3, 1, 1), numpy.float32))


def test_other_errors_stay_what_they_are():
    with pytest.raises(RuntimeError, match="something else"):
        OnnxNetwork(Breaking("something else"))(numpy.zeros((1, 3, 1, 1), numpy.float32))
