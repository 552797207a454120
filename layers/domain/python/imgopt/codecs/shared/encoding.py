"""What goes into every encoder beside the pixels, and what comes out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metadata:
    """What is kept of a file's metadata: a TIFF structure as in EXIF, an XMP packet, IPTC datasets.

    Each is empty where there is none. `dpi` is None where the file doesn't state it. `unread` names what should be kept
    and is damaged or too long.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    dpi: int | None = None
    unread: tuple[str, ...] = ()

    @property
    def by_kind(self) -> dict[str, bytes]:
        """What there is, by the name of its kind."""
        return {kind: data for kind, data in (("EXIF", self.exif), ("XMP", self.xmp), ("IPTC", self.iptc)) if data}


NO_METADATA = Metadata()
# Of a sample, in most formats.
BITS = 8
# Of the API's scale: not a pixel changes, in formats that can do that.
LOSSLESS_QUALITY = 100


@dataclass(frozen=True)
class Encoding:
    """A finished file, how it was made, whether its pixels are those that went in, and how many bits a sample has."""

    data: bytes
    encoder: str
    lossless: bool = False
    bits: int = BITS
