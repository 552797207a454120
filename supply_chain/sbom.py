"""`python -m supply_chain.sbom` writes a bill of materials to build/sbom.cdx.json (CycloneDX 1.6, JSON).

It is deterministic: it contains no time, and its serial number is a hash of its content.
"""

import json
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component as Entry
from cyclonedx.model.component import ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from cdk.paths import BUILD, ROOT
from imgopt.version import SERVICE_VERSION
from supply_chain.components import Archive, Component, Digest
from supply_chain.inventory import inventory

SBOM_FILE = BUILD / "sbom.cdx.json"
# Properties.
GOES_TO, KNOWN_BY, LOOKED_INTO = "imgopt:goes-to", "imgopt:known-by", "imgopt:looked-into"


def main() -> None:
    print(write(inventory(), SBOM_FILE))


def write(components: Iterable[Component], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(bill(components))
    return path


def bill(components: Iterable[Component]) -> str:
    project = _project()
    bom = Bom(components=[_entry(component) for component in components], serial_number=UUID(int=0))
    bom.metadata = BomMetaData(component=project, properties=[Property(name=LOOKED_INTO, value=platform())])
    bom.metadata.timestamp = None  # type: ignore[assignment]  # equal parts give an equal file
    bom.register_dependency(project, bom.components)
    text = JsonV1Dot6(bom).output_as_string()
    return json.dumps(json.loads(text) | {"serialNumber": uuid5(NAMESPACE_URL, text).urn}, indent=1) + "\n"


def platform() -> str:
    """The platform whose wheels were inspected: this machine's."""
    return f"wheels for {sys.platform} and Python {sys.version_info.major}.{sys.version_info.minor}"


def _project() -> Entry:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    licences = [LicenseFactory().make_from_string(table["license"])]
    return Entry(
        name=table["name"],
        version=SERVICE_VERSION,
        type=ComponentType.APPLICATION,
        bom_ref=table["name"],
        description=table["description"],
        licenses=licences,
    )


def _entry(component: Component, within: str = "") -> Entry:
    """The entry of a component. Its reference contains those of its holders, as a library can be in several wheels."""
    reference = f"{within}{component.purl or f'{component.name}@{component.version}'}"
    return Entry(
        name=component.name,
        version=component.version,
        type=ComponentType(component.kind),
        bom_ref=reference,
        purl=PackageURL.from_string(component.purl) if component.purl else None,
        licenses=[LicenseFactory().make_from_string(component.licence)] if component.licence else None,
        hashes=map(_hash, component.digests),
        external_references=map(_archive, component.archives),
        properties=_properties(component),
        components=[_entry(part, f"{reference} > ") for part in component.parts],
    )


def _properties(component: Component) -> list[Property]:
    known = [Property(name=KNOWN_BY, value=component.source)] if component.source else []
    return [*(Property(name=GOES_TO, value=place) for place in sorted(component.places)), *known]


def _archive(archive: Archive) -> ExternalReference:
    url = XsUri(archive.name)
    return ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=url, hashes=[_hash(archive.digest)])


def _hash(digest: Digest) -> HashType:
    return HashType(alg=HashAlgorithm(digest.algorithm), content=digest.value)


if __name__ == "__main__":
    main()
