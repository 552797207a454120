"""The readers, a record each: what it is asked to open, and where it is known to see less."""

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
    """Why something is seen otherwise by a reader: in files of these formats that have one of the traits, if any."""

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


MOVING, TINY = frozenset({"animation"}), frozenset({"tiny"})
ANY = ("opens", "size", "frames", "durations", "loops", "pixels", "dpi", "words")


def shows_first_frame(*formats: str) -> Limit:
    return Limit(formats, ("frames", "durations", "loops"), "shows the first frame alone", MOVING)


def refuses_moving(*formats: str) -> Limit:
    return Limit(formats, ("opens",), f"opens no animated {' or '.join(formats)}", MOVING)


def takes_first_drawing() -> Limit:
    return Limit(("ico",), ("size",), "takes the first drawing of an icon, whichever it is")


def pypi(name: str, formats: tuple[str, ...], *limits: Limit) -> Reader:
    return Reader(name, Origin.PYPI, formats, limits)


def npm(name: str, formats: tuple[str, ...], *limits: Limit) -> Reader:
    return Reader(name, Origin.NPM, formats, limits)


def system(name: str, formats: tuple[str, ...], *limits: Limit) -> Reader:
    return Reader(name, Origin.SYSTEM, formats, limits)


READERS: tuple[Reader, ...] = (
    pypi("pillow", (*RASTER, "ico")),
    pypi("pyvips", (*RASTER, "svg"), shows_first_frame("png"), refuses_moving("avif")),
    pypi("opencv-python-headless", RASTER),
    pypi("imageio", (*RASTER, "ico")),
    pypi("imageio-ffmpeg", ALL),
    pypi("imagecodecs", RASTER),
    pypi("imagesize", (*RASTER, "svg")),
    pypi("cairosvg", ("svg",)),
    pypi("pymupdf", ("jpg", "png", "gif", "svg"), shows_first_frame("png", "gif")),
    pypi("python-docx", ("jpg", "png", "gif")),
    pypi("python-pptx", ("jpg", "png", "gif")),
    pypi("openpyxl", RASTER),
    pypi("reportlab", RASTER),
    pypi("img2pdf", RASTER),
    pypi("pyside6-essentials", ("jpg", "png", "webp", "gif", "svg", "ico"), shows_first_frame("png")),
    npm("sharp", (*RASTER, "svg"), shows_first_frame("png"), refuses_moving("avif")),
    npm("jimp", ("jpg", "png", "gif")),
    npm("jpeg-js", ("jpg",)),
    npm("pngjs", ("png",), shows_first_frame("png")),
    npm("fast-png", ("png",), shows_first_frame("png")),
    npm("upng-js", ("png",)),
    npm("omggif", ("gif",)),
    npm("gifuct-js", ("gif",)),
    npm("decode-ico", ("ico",)),
    npm("image-size", ALL),
    npm("probe-image-size", ALL),
    npm("@resvg/resvg-js", ("svg",)),
    npm("exiftool-vendored.pl", ALL, takes_first_drawing()),
    system("ffmpeg", ALL),
    system("exiftool", ALL, takes_first_drawing()),
    system("icotool", ("ico",)),
    system("pngcheck", ("png",)),
    system("webpmux", ("webp",)),
    system("webpinfo", ("webp",)),
    system("rsvg-convert", ("svg",)),
    system("gdk_pixbuf-2.0", (*RASTER, "svg", "ico")),
)
