"""The encoders of the service and of other programs. Only OURS calls those of the service."""

import hashlib
import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import grimp
from PIL import Image

from benchmarks.matching import SCORES
from benchmarks.peers.programs import sharp
from benchmarks.sources import Kind
from benchmarks.trials import Encoder, in_process

# The module, its function of an image and a quality, and the packages whose versions determine the result.
OURS = {
    "jpeg": ("imgopt.codecs.jpeg.codec", ("pyjpegli", "pyvips-binary", "pillow")),
    "png": ("imgopt.codecs.png.codec", ("imagequant", "oxipng-pybind", "pillow")),
    "webp": ("imgopt.codecs.webp.codec", ("pyvips-binary", "pillow")),
    "avif": ("imgopt.codecs.avif.codec", ("pillow",)),
    "jxl": ("imgopt.codecs.jxl.codec", ("pillow-jxl-plugin", "pillow")),
}
CODECS = "imgopt.codecs."
FLAT = frozenset({"jpeg"})
STILLS: tuple[Kind, ...] = ("photo", "screenshot", "chart", "art", "icon")
PHOTOS: tuple[Kind, ...] = ("photo",)
GRAPHICS: tuple[Kind, ...] = ("screenshot", "chart", "art", "icon")
QUALITIES = (*range(20, 60, 10), *range(60, 100, 5), 98)


@dataclass(frozen=True)
class Comparison:
    """A comparison. Targets are the largest allowed ratios of bytes and CPU time to the peer's."""

    name: str
    format: str
    peer: Callable[[], Encoder]
    kinds: tuple[Kind, ...] = STILLS
    bytes_target: float | None = None
    time_target: float | None = None
    lossless: bool = False
    remark: str = ""
    scores: tuple[int, ...] = SCORES


def ours(format_name: str) -> Encoder | None:
    """The service's encoder of a format. None if there is none yet."""
    module_name, packages = OURS[format_name]
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError:
        return None
    key = f"ours {format_name} {_fingerprint(module_name)} {_versions(packages)}"
    return in_process(key, lambda image, quality: module.encode(image, quality).data, flat=format_name in FLAT)


def _fingerprint(module_name: str) -> str:
    """A hash of a module and all codecs it imports. If it changes, the results are measured again."""
    needed = {module_name, *_imports().find_upstream_modules(module_name)}
    files = [
        path
        for name in sorted(needed)
        if name.startswith(CODECS) and (found := find_spec(name)) and (path := found.origin)
    ]
    return hashlib.sha256(b"".join(Path(path).read_bytes() for path in files)).hexdigest()[:12]


@cache
def _imports() -> grimp.ImportGraph:
    return grimp.build_graph("imgopt", cache_dir=None)


def _versions(packages: Iterable[str]) -> str:
    found = []
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} absent")
    return " ".join(found)


def pillow(format_name: str, *, flat: bool = False, **options: Any) -> Encoder:
    """Pillow with its defaults, except for `options`."""

    def encode(image: Image.Image, quality: int) -> bytes:
        out = BytesIO()
        image.save(out, format_name, quality=quality, **options)
        return out.getvalue()

    return in_process(f"Pillow {version('pillow')} {format_name} {options}", encode, flat=flat)


def our_avif() -> Encoder:
    encoder = ours("avif")
    if encoder is None:
        raise LookupError("There is no AVIF to compare with.")
    return encoder


def sharp_png(**options: Any) -> Encoder:
    return sharp("png", fixed=True, **options)


def sharp_webp_lossless() -> Encoder:
    return sharp("webp", fixed=True, lossless=True)


COMPARISONS = (
    Comparison(
        *("JPEG / sharp mozjpeg", "jpeg", lambda: sharp("jpeg", flat=True, mozjpeg=True), STILLS, 0.90, 0.6),
        remark="on photos jpegli is better at every score. On screenshots and icons both encoders give about the same"
        " bytes below a score of 80: with one quantization for the whole picture, edges on a flat background leave"
        " little choice. Drawings that mozjpeg encodes take its time",
    ),
    Comparison("JPEG / Pillow", "jpeg", lambda: pillow("JPEG", flat=True)),
    Comparison(
        *("WebP / sharp", "webp", lambda: sharp("webp"), STILLS, 0.98, 1.1),
        remark="one step more effort than sharp's, by a build of libwebp that takes four fifths of the time. Flat"
        " pictures of few colours are also tried lossless; those that end lossless are not part of the figure,"
        " since no lossy file scores 100. Pictures with sensitive colours take twice sharp's time",
    ),
    Comparison("WebP / Pillow", "webp", lambda: pillow("WEBP")),
    Comparison(
        *("WebP lossless of screens / sharp lossless", "webp", sharp_webp_lossless, ("screenshot",), 0.85),
        lossless=True,
        remark="sharp's quality of 80 already searches the whole image for repetitions. libwebp's longest search takes"
        " a hundred times as long and saves 4 % more on most screenshots",
    ),
    Comparison(
        *("WebP lossless of drawings / sharp lossless", "webp", sharp_webp_lossless, ("chart", "art", "icon")),
        lossless=True,
    ),
    Comparison(
        *("AVIF / sharp effort 2", "avif", lambda: sharp("avif", effort=2), STILLS, 0.95, 1.0),
        remark="photos take as long as sharp's; drawings take longer, since palettes are tried, and pages, since libaom"
        " searches for repetitions",
    ),
    Comparison(
        *("AVIF / sharp default", "avif", lambda: sharp("avif"), STILLS, 0.98, 0.5),
        remark="the default is two steps more effort, and takes five times as long: no setting is as fast as effort 2"
        " and as small as the default",
    ),
    Comparison(
        *("JPEG XL / our AVIF at 80", "jxl", our_avif, PHOTOS, 1.0, 0.4),
        scores=(80,),
        remark="libaom is tuned for SSIMULACRA2, in full colour; an effort of 5 takes six times as long as 3, more than"
        " the target allows, and saves hardly any bytes",
    ),
    Comparison(*("JPEG XL / our AVIF at 90", "jxl", our_avif, PHOTOS, 0.87, 0.4), scores=(90,)),
    Comparison(
        *("JPEG XL / our AVIF, graphics", "jxl", our_avif, GRAPHICS),
        remark="libaom copies repeated parts of a screenshot",
    ),
    Comparison("AVIF / Pillow", "avif", lambda: pillow("AVIF", max_threads=1)),
    Comparison(
        *("PNG palette / sharp palette", "png", lambda: sharp("png", palette=True), GRAPHICS, 0.88, 2.0),
        remark="the palettes have more colours than the average needs, so that small details keep theirs, and"
        " libdeflate's levels 10 and 11 take half of the time: 11 takes more than twice as long as 10, for flat"
        " drawings that are 6 % smaller",
    ),
    Comparison(
        *("PNG lossless / sharp", "png", sharp_png, GRAPHICS, 0.81),
        lossless=True,
        remark="oxipng's higher levels are used for flat drawings only; for others they save little for their time",
    ),
    Comparison(
        *("PNG lossless / sharp level 9", "png", lambda: sharp_png(compressionLevel=9), GRAPHICS),
        lossless=True,
        remark="zlib's highest level works well for flat drawings without any filter",
    ),
    Comparison("PNG lossless / Pillow optimize", "png", lambda: pillow("PNG", optimize=True), GRAPHICS, lossless=True),
)
