"""Reads scenes.toml, with the paths of the images."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image

from benchmarks.labelled.pictures import read_pictures
from benchmarks.labelled.sources import SCENES
from benchmarks.packages import unpack
from imgopt.codecs.shared.color import normalize

TABLE = Path(__file__).with_name("scenes.toml")
# The section of the pictures that pictures.toml has for tuning.
TUNING = "tuning"
# Marks a term for which a picture is neither an example nor a counterexample.
UNSURE = "?"
# Pixels on the longer side of a picture for training: the classifiers use 260.
SIDE = 1000


@dataclass(frozen=True)
class Scene:
    """An image for training: the terms that fit, and the terms for which it is left out."""

    name: str
    terms: frozenset[str]
    unsure: frozenset[str]
    open: Callable[[], Image.Image]


def read_scenes() -> list[Scene]:
    """The images. Missing packages are downloaded."""
    table = tomllib.loads(TABLE.read_text())
    return [*_read_tuning(table[TUNING]), *_read_packages(table)]


def _read_tuning(labels: dict[str, str]) -> Iterator[Scene]:
    pictures = {picture.name: picture for picture in read_pictures(report=False)}
    for name, terms in labels.items():
        yield _scene(name, terms, pictures[name].open)


def _read_packages(table: dict[str, dict[str, str]]) -> Iterator[Scene]:
    for source in SCENES:
        folder = unpack(source)
        for file, terms in table[f"{source.name} {source.version}"].items():
            yield _scene(f"{source.name}/{file}", terms, partial(_open, folder / file))


def _scene(name: str, labels: str, opening: Callable[[], Image.Image]) -> Scene:
    said = [label for label in labels.split(", ") if label]
    unsure = frozenset(label.removeprefix(UNSURE) for label in said if label.startswith(UNSURE))
    return Scene(name, frozenset(said) - {UNSURE + term for term in unsure}, unsure, opening)


def _open(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.draft("RGB", (SIDE, SIDE))
        image.load()
        seen = normalize(image)
    seen.thumbnail((SIDE, SIDE))
    return seen
