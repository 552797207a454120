"""The sources of `make bench-url`, and their variants: by the service, and by libvips alone."""

from collections.abc import Callable
from functools import cache
from io import BytesIO

from benchmarks.packages import unpack
from benchmarks.sources import SOURCES
from imgopt.codecs.format import ImageHeader, Limits
from imgopt.codecs.header import read_header
from imgopt.codecs.shared import vips
from imgopt.transform.options import TransformOptions
from imgopt.transform.sandboxed import make_variant_sandboxed
from imgopt.transform.variant import Output, TransformLimits, Variant
from local.environment import ROOT

SIDE = 512
FORMATS = ("jpg", "webp", "avif")
WANTED = TransformOptions(width=SIDE, height=SIDE)
LIMITS = TransformLimits(seconds=600)
UPLOAD_LIMITS = Limits(10**8, 1000, 10**9)


@cache
def sources() -> list[bytes]:
    """The sources: published files, JPEGs and a screenshot."""
    packages = [each for each in SOURCES if each.name.startswith("startbootstrap-")]
    picked = [
        path
        for package in packages
        for pick in package.picks
        for path in sorted(unpack(package).glob(pick.pattern))[: pick.count]
    ]
    samples = [ROOT / "samples" / name for name in ("landscape.jpg", "screenshot.png")]
    return [path.read_bytes() for path in (*picked, *samples)]


def make_bare(data: bytes, name: str) -> bytes:
    thumbnail = vips.library().Image.thumbnail_buffer(data, SIDE, height=SIDE, size="down")
    writers: dict[str, Callable[[], bytes]] = {
        "jpg": lambda: thumbnail.jpegsave_buffer(Q=80, optimize_coding=True, keep="none"),
        "webp": lambda: thumbnail.webpsave_buffer(Q=79, keep="none"),
        "avif": lambda: thumbnail.heifsave_buffer(Q=63, compression="av1", effort=1, keep="none"),
    }
    return bytes(writers[name]())


def make_of_new(data: bytes, name: str, wanted: TransformOptions = WANTED) -> Variant:
    return _make(data, read_header(BytesIO(data), UPLOAD_LIMITS), name, wanted)


def make_of_known(data: bytes, name: str) -> Variant:
    return _make(data, _known_header(data), name, WANTED)


def _make(data: bytes, header: ImageHeader, name: str, wanted: TransformOptions) -> Variant:
    return make_variant_sandboxed(data, header, wanted, Output(name, quality=80), LIMITS)


@cache
def _known_header(data: bytes) -> ImageHeader:
    return read_header(BytesIO(data), UPLOAD_LIMITS)
