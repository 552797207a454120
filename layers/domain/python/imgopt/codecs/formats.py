"""The formats by name, and how to tell them by their first bytes."""

from collections.abc import Callable
from dataclasses import dataclass

from imgopt.codecs.svg.signature import is_svg

NO_LIMIT = 2**31 - 1
AVIF_BRANDS = frozenset({b"avif", b"avis"})
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})

Recognizer = Callable[[bytes], bool]


@dataclass(frozen=True)
class Format:
    """`name` is what the API calls it and the extension of its files; `matches` tells it by a file's head.

    `pillow_name` is empty where Pillow doesn't read it, `largest_side` the most pixels of its width or height.
    """

    name: str
    label: str
    mime_type: str
    pillow_name: str
    matches: Recognizer
    largest_side: int = NO_LIMIT

    @property
    def extension(self) -> str:
        return self.name


def begins(*signatures: tuple[tuple[int, bytes], ...]) -> Recognizer:
    """Any of the signatures, each a set of parts by offset."""

    def matches(head: bytes) -> bool:
        return any(all(head.startswith(part, offset) for offset, part in each) for each in signatures)

    return matches


def branded(brands: frozenset[bytes]) -> Recognizer:
    """An ISO base media file whose major brand is one of them, or that is compatible with one (ISO/IEC 14496-12)."""

    def matches(head: bytes) -> bool:
        if head[4:8] != b"ftyp":
            return False
        names = head[8:12] + head[16 : int.from_bytes(head[:4])]
        return any(names[at : at + 4] in brands for at in range(0, len(names), 4))

    return matches


JPEG = Format("jpg", "JPEG", "image/jpeg", "JPEG", begins(((0, b"\xff\xd8\xff"),)), 65_500)
PNG = Format("png", "PNG", "image/png", "PNG", begins(((0, b"\x89PNG\r\n\x1a\n"),)))
WEBP = Format("webp", "WebP", "image/webp", "WEBP", begins(((0, b"RIFF"), (8, b"WEBP"))), 16_383)
AVIF = Format("avif", "AVIF", "image/avif", "AVIF", branded(AVIF_BRANDS), 65_535)
GIF = Format("gif", "GIF", "image/gif", "GIF", begins(((0, b"GIF8"), (5, b"a"))), 65_535)
SVG = Format("svg", "SVG", "image/svg+xml", "", is_svg)
ICO = Format("ico", "ICO", "image/x-icon", "ICO", begins(((0, b"\0\0\1\0"),)), 256)
HEIC = Format("heic", "HEIC", "image/heic", "", branded(HEIC_BRANDS))
TIFF = Format("tiff", "TIFF", "image/tiff", "TIFF", begins(((0, b"II*\0"),), ((0, b"MM\0*"),)))
BMP = Format("bmp", "BMP", "image/bmp", "BMP", begins(((0, b"BM"), (6, bytes(4)))))

FORMATS = {each.name: each for each in (JPEG, PNG, WEBP, AVIF, GIF, SVG, ICO, HEIC, TIFF, BMP)}


def sniff(head: bytes) -> Format | None:
    """The format that a file's first bytes show (4096 are enough), whatever its name or type claims."""
    return next((each for each in FORMATS.values() if each.matches(head)), None)
