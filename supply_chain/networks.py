"""The networks in gpu_container/models/manifest.toml, each with its files."""

from collections.abc import Iterator
from pathlib import PurePath

from gpu_container.models.building import find
from gpu_container.models.half_precision import halves
from gpu_container.models.manifest import Wheel, read_manifest
from gpu_container.models.selection import for_layers
from imgopt.networks import half_path_of
from supply_chain.components import Archive, Component, ComponentKind, Digest, Place

# The place in which all networks are made.
MADE = frozenset({Place.DEVELOPMENT, Place.CONTAINER_BUILD})


def networks() -> list[Component]:
    return [_network(wheel, network.name) for wheel in read_manifest() for network in wheel.all_networks]


def _network(wheel: Wheel, name: str) -> Component:
    parts = (*_files(name), *_halves(name))
    return Component(
        name,
        wheel.version,
        frozenset().union(*(part.places for part in parts)),
        ComponentKind.NETWORK,
        licence=wheel.licence,
        archives=(Archive(f"{wheel.name}=={wheel.version}", Digest("SHA-256", wheel.sha256)),),
        parts=parts,
    )


def _files(name: str) -> Iterator[Component]:
    in_layer = {product.path for product in find(for_layers())}
    for product in find():
        if PurePath(product.path).stem == name:
            yield _file(
                product.path, product.sha256, MADE | ({Place.layer("ml")} if product.path in in_layer else set())
            )


def _halves(name: str) -> Iterator[Component]:
    if sha256 := halves().get(name):
        yield _file(half_path_of(name).name, sha256, frozenset({Place.CONTAINER}))


def _file(path: str, sha256: str, places: frozenset[str]) -> Component:
    return Component(
        path, None, places, ComponentKind.FILE, digests=(Digest("SHA-256", sha256),), source="the manifest"
    )
