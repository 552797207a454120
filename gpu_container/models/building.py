"""Fetched, converted and checked, in the cache of the user."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from gpu_container.models import fetching
from gpu_container.models.fetching import ChangedNetwork, fetch, hash_of, keep
from gpu_container.models.manifest import PublishedNetwork, Wheel, read_manifest
from imgopt.networks import models_folder


@dataclass(frozen=True)
class Product:
    """A file at `path` below the folder of models, converted from `network` or, without one, as it was published."""

    path: str
    sha256: str
    wheel: Wheel
    network: PublishedNetwork | None = None


class UnknownProduct(ValueError):
    """Nothing of that name can be made."""


def ensure_network(names: Iterable[str] | None = None) -> list[Path]:
    """The files of those names, made where they are missing or not the ones that were tested; None for all there are.

    Names are paths below the folder of models, whose suffix may be left out, as in "ncnn/waifu2x-anime-x2".
    Raises UnknownProduct before anything is made, and what `fetch` and `build` raise.
    """
    return list(make(find(names)))


def are_there(names: Iterable[str]) -> bool:
    """Whether there are files of those names, whatever is in them."""
    return all((models_folder() / product.path).exists() for product in find(names))


def find(names: Iterable[str] | None = None) -> list[Product]:
    products = list(_products())
    if names is None:
        return products
    wanted = dict.fromkeys(names)
    for name in wanted:
        if not any(_is_named(product, name) for product in products):
            raise UnknownProduct(f"{name} is none of {', '.join(product.path for product in products)}")
    return [product for product in products if any(_is_named(product, name) for name in wanted)]


def make(products: Iterable[Product]) -> Iterator[Path]:
    for product in products:
        path = models_folder() / product.path
        if not fetching.is_as_tested(path, product.sha256):
            fetch(product.wheel, models_folder())
            if product.network:
                build(product.network, path, product.sha256)
        yield path


def copy_network(path: Path, folder: Path) -> Path:
    """A file below the folder of models, at the same place below another."""
    target = folder / path.relative_to(models_folder())
    target.parent.mkdir(parents=True, exist_ok=True)
    return shutil.copyfile(path, target)


def build(network: PublishedNetwork, path: Path, sha256: str) -> None:
    """Raises ChangedNetwork, and leaves nothing, where the conversion gives other bytes than those that were tested."""
    made = convert(network, path.suffix[1:])
    found = hash_of(made)
    if found != sha256:
        raise ChangedNetwork(f"{network.name} became {found}, which is not the network that was tested")
    keep(made, path)


def convert(network: PublishedNetwork, suffix: str) -> bytes:
    """The file of that suffix that a network becomes whose published files are there.

    What converts is loaded only here: each start of the service asks whether there is something to convert.
    """
    from gpu_container.models import efficientnet, ncnn_conversion, tfjs_conversion, tflite_conversion

    folder = models_folder() / network.folder
    sources = {each: (folder / f"{network.name}.{each}").read_bytes() for each in network.files}
    match network.folder:
        case "torch":
            return efficientnet.convert_efficientnet(sources["pth"])
        case "tflite":
            return tflite_conversion.convert_tflite(sources["tflite"])[suffix]
        case "packed":
            return tflite_conversion.convert_tflite(sources["data"][network.offset :])[suffix]
        case "tfjs":
            return tfjs_conversion.convert_tfjs(sources["json"], sources["bin"])[suffix]
    return ncnn_conversion.convert_ncnn(sources["param"].decode(), sources["bin"])


def is_as_tested(network: PublishedNetwork, path: Path) -> bool:
    return fetching.is_as_tested(path, network.sha256)


def _products() -> Iterator[Product]:
    for wheel in read_manifest():
        yield from (Product(file.path, file.sha256, wheel) for file in wheel.published())
        for network in wheel.all_networks:
            yield from _made_of(network, wheel)


def _made_of(network: PublishedNetwork, wheel: Wheel) -> Iterator[Product]:
    if network.sha256:
        yield Product(f"{network.name}.onnx", network.sha256, wheel, network)
    for suffix, sha256 in network.ncnn.items():
        yield Product(f"ncnn/{network.name}.{suffix}", sha256, wheel, network)


def _is_named(product: Product, name: str) -> bool:
    return name in (product.path, str(PurePath(product.path).with_suffix("")))
