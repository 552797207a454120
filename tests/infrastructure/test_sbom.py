"""The bill of materials has all locked components and the libraries in wheels, and says where each is used."""

import json
import tomllib
from pathlib import Path
from urllib.parse import urljoin

import cyclonedx
import jsonschema_rs
import pytest

from cdk.paths import ROOT
from gpu_container.models.manifest import read_manifest
from supply_chain import npm, sbom
from supply_chain.components import Component, ComponentKind, Place, flat
from supply_chain.inventory import inventory

SCHEMAS = Path(cyclonedx.__file__).parent / "schema" / "_res"
REFERRED = ("spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json")
PACKAGES = Path(pytest.__file__).parent.parent
# In wheels of which every uploaded file passes through one.
DECODERS = {
    "pi-heif": {"libde265", "libheif"},
    "pillow": {"FreeType", "Little CMS 2", "OpenJPEG", "libtiff", "libwebp", "zlib"},
    "pyvips-binary": {"libaom", "libheif", "libpng", "libtiff", "libvips", "libwebp", "mozjpeg", "zlib-ng"},
}


@pytest.fixture(scope="module")
def components() -> list[Component]:
    return inventory()


@pytest.fixture(scope="module")
def bill(components) -> dict:
    return json.loads(sbom.bill(components))


def entries(bill: dict) -> list[dict]:
    """Returns all components, including nested ones."""
    found, left = [], list(bill["components"])
    while left:
        found.append(left.pop())
        left += found[-1].get("components", [])
    return found


def test_bill_is_valid(bill):
    schema = json.loads((SCHEMAS / "bom-1.6.SNAPSHOT.schema.json").read_text())
    referred = [(urljoin(schema["$id"], name), json.loads((SCHEMAS / name).read_text())) for name in REFERRED]
    jsonschema_rs.Draft7Validator(schema, registry=jsonschema_rs.Registry(referred)).validate(bill)
    references = [entry["bom-ref"] for entry in entries(bill)]
    assert len(set(references)) == len(references)


def test_bill_is_reproducible(components):
    few = [component for component in components if component.name in ("pillow", "numpy", "imgopt", "asl-validator")]
    assert sbom.bill(few) == sbom.bill(reversed(few))
    assert sbom.bill(few) != sbom.bill(few[1:])
    assert "timestamp" not in sbom.bill(few)


def test_bill_names_every_locked_package(bill):
    named = {(entry["name"], entry["version"]) for entry in bill["components"]}
    rows = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    locked = {(row["name"], row["version"]) for row in rows if row["name"] != "imgopt"}
    from_npm = {(package.name, package.version) for folder in npm.NPM_FOLDERS for package in npm.locked(folder)}
    assert len(locked) > 150
    assert locked | from_npm <= named


def test_bill_names_every_library_beside_a_wheel(components):
    present = {path.name for pattern in ("*.libs/*", "*/.dylibs/*") for path in PACKAGES.glob(pattern)}
    assert present
    assert present == {part.name for part in flat(components) if part.source == "the wheel's files"}


def test_bill_names_the_rust_crates_that_wheels_declare(components):
    rust = {part.name for part in flat(components) if part.purl and part.purl.startswith("pkg:cargo/")}
    assert {"resvg", "oxipng", "visioncortex"} <= rust


@pytest.mark.parametrize("wheel", DECODERS)
def test_bill_names_the_decoders_of_uploads_and_where_they_go(components, wheel):
    (package,) = (component for component in components if component.name == wheel)
    assert {part.name for part in package.parts} >= DECODERS[wheel]
    assert all(part.places == package.places for part in package.parts)
    assert package.places == {Place.layer("imaging"), Place.CONTAINER, Place.DEVELOPMENT}


def test_bill_names_the_networks_by_their_hashes(components):
    kept = {digest.value for network in components for part in network.parts for digest in part.digests}
    wanted = {file.sha256 for wheel in read_manifest() for file in wheel.published()}
    assert wanted <= kept
    assert {component.kind for component in components if component.name == "realesrgan-x4plus"} == {
        ComponentKind.NETWORK
    }


def test_bill_names_the_images_of_the_container_by_their_digests(components):
    images = {component.name: component for component in components if component.kind is ComponentKind.IMAGE}
    assert images["nvidia/cuda"].places == {Place.CONTAINER}
    assert all(image.digests and image.digests[0].value in (image.purl or "") for image in images.values())


def test_every_component_goes_somewhere(bill):
    for entry in entries(bill):
        assert [each for each in entry["properties"] if each["name"] == sbom.GOES_TO], entry["bom-ref"]
