"""The readers: the formats that each opens, and its known limits."""

from dataclasses import dataclass
from enum import StrEnum

RASTER = ("jpg", "png", "webp", "avif", "gif")
ALL = (*RASTER, "svg", "ico")


class Origin(StrEnum):
    PYPI = "PyPI"
    NPM = "npm"
    SYSTEM = "system"


@dataclass(frozen=True)
class Limit:
    """A known limit of a reader. It applies to files of these formats that have one of the traits, if there are any."""

    formats: tuple[str, ...]
    aspects: tuple[str, ...]
    why: str
    traits: frozenset[str] = frozenset()

    def explains(self, format_name: str, aspect: str, traits: frozenset[str]) -> bool:
        return format_name in self.formats and aspect in self.aspects and bool(not self.traits or self.traits & traits)


@dataclass(frozen=True)
class Reader:
    """`program` is the name of a package, of a program or of a library."""

    program: str
    origin: Origin
    formats: tuple[str, ...]
    limits: tuple[Limit, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.program} ({self.origin})"


MOVING, TINY, TRANSPARENT, GREY = (frozenset({trait}) for trait in ("animation", "tiny", "alpha", "grey"))


def shows_first_frame(*formats: str) -> Limit:
    return Limit(formats, ("frames", "durations", "loops"), "shows only the first frame", MOVING)


def refuses(formats: tuple[str, ...], what: str, traits: frozenset[str]) -> Limit:
    return Limit(formats, ("opens",), f"does not open {what}", traits)


def takes_first_drawing() -> Limit:
    return Limit(("ico",), ("size",), "reads the first image of an icon, whatever its size")


def spreads_chroma(*formats: str) -> Limit:
    return Limit(formats, ("edges",), "enlarges chroma without smoothing, so hard edges differ")


def loses_alpha(*formats: str) -> Limit:
    return Limit(formats, ("edges", "pixels"), "shows transparent pixels as opaque", TRANSPARENT)


def pypi(name: str, formats: tuple[str, ...], *limits: Limit) -> Reader:
    return Reader(name, Origin.PYPI, formats, limits)


def npm(name: str, formats: tuple[str, ...], *limits: Limit) -> Reader:
    return Reader(name, Origin.NPM, formats, limits)


def system(name: str, formats: tuple[str, ...], *limits: Limit) -> Reader:
    return Reader(name, Origin.SYSTEM, formats, limits)


MOVING_AVIF = refuses(("avif",), "animations", MOVING)
FFMPEG = (
    shows_first_frame("avif", "png"),
    refuses(("webp",), "animations (version 5.1)", MOVING),
    loses_alpha("avif"),
    spreads_chroma("webp", "avif"),
    takes_first_drawing(),
    Limit(
        ("svg",),
        ("edges", "pixels"),
        "does not divide colours that librsvg multiplied by alpha",
        TRANSPARENT,
    ),
    Limit(("webp",), ("words",), "skips XMP, and prints a warning"),
    Limit(("jpg",), ("words",), "reports a missing EOI in small files that have it (version 5.1)"),
)
PDF = (
    refuses(("webp", "avif"), "images with alpha, or animated WebP", TRANSPARENT | MOVING),
    refuses(("jpg", "png", "webp", "avif", "gif"), "images of less than 3 points", TINY),
)
LOADERS = Limit(("webp", "avif"), ("opens",), "opens a format only if its loader is installed")
COMPRESSED = Limit(("ico",), ("opens", "size"), "shows the largest uncompressed image of an icon")

READERS: tuple[Reader, ...] = (
    pypi("pillow", (*RASTER, "ico")),
    pypi("pyvips", (*RASTER, "svg"), shows_first_frame("png"), MOVING_AVIF),
    pypi("opencv-python-headless", RASTER, refuses(("avif",), "grey images with alpha", GREY)),
    pypi("imageio", (*RASTER, "ico"), loses_alpha("gif", "png")),
    pypi("imageio-ffmpeg", ALL, *FFMPEG),
    pypi("imagecodecs", RASTER),
    pypi("imagesize", (*RASTER, "svg")),
    pypi("cairosvg", ("svg",)),
    pypi(
        "pymupdf",
        ("jpg", "png", "gif", "svg"),
        shows_first_frame("png"),
        Limit(("gif",), ("frames", "edges", "pixels"), "shows one frame of an animation, but not the first", MOVING),
        Limit(("svg",), ("pixels",), "draws gradients in black", frozenset({"gradient"})),
    ),
    pypi("python-docx", ("jpg", "png", "gif")),
    pypi("python-pptx", ("jpg", "png", "gif")),
    pypi("openpyxl", RASTER),
    pypi("reportlab", RASTER),
    pypi("img2pdf", RASTER, *PDF),
    pypi(
        "pyside6-essentials",
        ("jpg", "png", "webp", "gif", "svg", "ico"),
        shows_first_frame("png"),
        refuses(("webp",), "files of less than 40 bytes", TINY),
        takes_first_drawing(),
    ),
    npm("sharp", (*RASTER, "svg"), shows_first_frame("png"), MOVING_AVIF),
    npm("jimp", ("jpg", "png", "gif"), shows_first_frame("gif"), refuses(("png",), "animations", MOVING)),
    npm("jpeg-js", ("jpg",)),
    npm("pngjs", ("png",), shows_first_frame("png")),
    npm("fast-png", ("png",), shows_first_frame("png")),
    npm("upng-js", ("png",)),
    npm("omggif", ("gif",)),
    npm("gifuct-js", ("gif",)),
    npm("decode-ico", ("ico",)),
    npm("image-size", ALL, MOVING_AVIF),
    npm("probe-image-size", ALL),
    npm("@resvg/resvg-js", ("svg",)),
    npm("exiftool-vendored.pl", ALL, takes_first_drawing()),
    system("ffmpeg", ALL, *FFMPEG),
    system("exiftool", ALL, takes_first_drawing()),
    system("icotool", ("ico",)),
    system("pngcheck", ("png",)),
    system("webpmux", ("webp",)),
    system("webpinfo", ("webp",)),
    system("rsvg-convert", ("svg",)),
    system("gdk_pixbuf-2.0", (*RASTER, "svg", "ico"), LOADERS, COMPRESSED, shows_first_frame("png", "gif")),
)
