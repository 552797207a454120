"""Reads pictures.toml and later.toml, with the paths of the images."""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from PIL import Image

from benchmarks.corpus import EVEN_BYTE, samples
from benchmarks.labelled.sources import LABELLED, LATER
from benchmarks.packages import unpack
from benchmarks.sources import Source
from imgopt.codecs.shared.color import normalize

TABLE, LATER_TABLE = (Path(__file__).with_name(name) for name in ("pictures.toml", "later.toml"))
CORPUS = "corpus"
Face = tuple[float, float, float, float]


@dataclass(frozen=True)
class Picture:
    """A picture. `faces` are left, top, right and bottom, 0-1. The other fields are those of the table."""

    name: str
    path: Path
    contents: str
    right: tuple[str, ...]
    also: tuple[str, ...]
    text: tuple[str, ...]
    faces: tuple[Face, ...]

    @property
    def is_for_report(self) -> bool:
        """Whether the image is in the half for reporting, by a hash of its name, as in the corpus."""
        return hashlib.sha256(self.name.encode()).digest()[EVEN_BYTE] % 2 == 0

    def open(self) -> Image.Image:
        with Image.open(self.path) as image:
            image.load()
            return normalize(image)


def read_pictures(*, report: bool) -> list[Picture]:
    """The images of one half. Missing packages are downloaded."""
    table = tomllib.loads(TABLE.read_text())
    own = {sample.name: sample.path for sample in samples("photo", "screenshot", "chart", "art", "icon")}
    found = [_picture(name, own[name], fields) for name, fields in table[CORPUS].items()]
    found += _read_packages(table, LABELLED)
    return [each for each in found if each.is_for_report == report]


def read_later_pictures() -> list[Picture]:
    """The images of later.toml, which are all for reporting."""
    return list(_read_packages(tomllib.loads(LATER_TABLE.read_text()), LATER))


def _read_packages(table: dict[str, Any], sources: Iterable[Source]) -> Iterator[Picture]:
    for source in sources:
        folder = unpack(source)
        for file, fields in _files(table[source.name], PurePosixPath()):
            yield _picture(f"{source.name}/{file}", folder / file, fields)


def _files(table: dict[str, Any], folder: PurePosixPath) -> Iterator[tuple[PurePosixPath, Any]]:
    for name, value in table.items():
        if "contents" in value:
            yield folder / name, value
        else:
            yield from _files(value, folder / name)


def _picture(name: str, path: Path, fields: dict[str, Any]) -> Picture:
    lists = {key: tuple(fields.get(key, ())) for key in ("right", "also", "text")}
    faces = tuple(_face([side / 100 for side in face]) for face in fields.get("faces", ()))
    return Picture(name, path, fields["contents"], faces=faces, **lists)


def _face(sides: list[float]) -> Face:
    left, top, right, bottom = sides
    return left, top, right, bottom
