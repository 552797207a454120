"""The components in gpu_container/Dockerfile other than Python packages: images, by their digests, and Python."""

import re
from collections.abc import Iterator

from packageurl import PackageURL

from cdk.paths import ROOT
from supply_chain.components import Component, ComponentKind, Digest, Place

DOCKERFILE_PATH = ROOT / "gpu_container" / "Dockerfile"
BASE = "base"
IMAGE = re.compile(r"^FROM (?P<name>\S+):(?P<tag>\S+)@sha256:(?P<digest>\w{64}) AS (?P<stage>\w+)$", re.MULTILINE)
PYTHON = re.compile(r"uv python install (\S+)")


def container() -> list[Component]:
    return [*_images(), _python()]


def _images() -> Iterator[Component]:
    """The images. The last stage is built on the base image; others are used only during the build."""
    for found in IMAGE.finditer(DOCKERFILE_PATH.read_text()):
        namespace, _, name = found["name"].rpartition("/")
        purl = PackageURL("docker", namespace, name, f"sha256:{found['digest']}", {"tag": found["tag"]})
        place = Place.CONTAINER if found["stage"] == BASE else Place.CONTAINER_BUILD
        digest = Digest("SHA-256", found["digest"])
        yield Component(
            found["name"],
            found["tag"],
            frozenset({place}),
            ComponentKind.IMAGE,
            purl=purl.to_string(),
            digests=(digest,),
        )


def _python() -> Component:
    """Python, which uv installs and checks by its own checksum."""
    (version,) = PYTHON.findall(DOCKERFILE_PATH.read_text())
    purl = PackageURL("generic", None, "cpython", version).to_string()
    return Component("cpython", version, frozenset({Place.CONTAINER}), ComponentKind.PROGRAM, purl=purl)
