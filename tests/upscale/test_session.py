"""ONNX Runtime behind the interface: its errors, and devices that are not there."""

import numpy
import onnxruntime
import pytest

from gpu_container.models.conversion import convert
from imgopt.errors import NotAvailable
from imgopt.upscale.models import Device, Model, path_of
from imgopt.upscale.session import PROVIDERS, SessionNetwork, best_runtime, open_network

DOUBLING = "7767517\n2 2\nInput input 0 1 in\nInterp i 1 1 in out 0=1 1=2.0 2=2.0\n"
MODEL = Model("doubling", 2, context=0)
WITHOUT_CUDA = PROVIDERS[Device.CUDA] not in onnxruntime.get_available_providers()


class Breaking:
    """A session whose every run ends in an error."""

    def __init__(self, message: str) -> None:
        self.message, self.name = message, "in"

    def get_inputs(self):
        return [self]

    def run(self, outputs, feeds):
        raise RuntimeError(self.message)


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """A small network is all there is in the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = path_of(MODEL.name)
    path.parent.mkdir(parents=True)
    path.write_bytes(convert(DOUBLING, b""))
    open_network.cache_clear()


def test_a_network_takes_images_of_any_number_and_size(installed):
    network = open_network(MODEL, Device.CPU)
    for shape in ((1, 3, 4, 6), (3, 3, 1, 1)):
        images = numpy.random.default_rng(2).random(shape, numpy.float32)
        assert (network(images) == images.repeat(2, 2).repeat(2, 3)).all()


def test_a_network_is_opened_once(installed):
    assert open_network(MODEL, Device.CPU) is open_network(MODEL, Device.CPU)


@pytest.mark.filterwarnings("ignore:Specified provider")
@pytest.mark.skipif(not WITHOUT_CUDA, reason="there is CUDA here")
def test_without_cuda_the_cpu_is_best_and_does_not_take_its_place_in_silence(installed):
    assert best_runtime().device is Device.CPU
    with pytest.raises(NotAvailable, match="cuda"):
        open_network(MODEL, Device.CUDA)


def test_a_damaged_file_is_no_network(installed):
    path_of(MODEL.name).write_bytes(b"nothing")
    with pytest.raises(NotAvailable):
        open_network(MODEL, Device.CPU)


@pytest.mark.parametrize("message", ["Failed to allocate memory for requested buffer", "CUDA: out of memory"])
def test_lack_of_memory_is_told_by_its_message(message):
    with pytest.raises(MemoryError):
        SessionNetwork(Breaking(message))(numpy.zeros((1, 3, 1, 1), numpy.float32))


def test_other_errors_stay_what_they_are():
    with pytest.raises(RuntimeError, match="something else"):
        SessionNetwork(Breaking("something else"))(numpy.zeros((1, 3, 1, 1), numpy.float32))
