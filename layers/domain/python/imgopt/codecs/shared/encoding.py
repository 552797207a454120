"""The arguments of every encoder besides the pixels, and its result."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metadata:
    """Metadata to keep: a TIFF structure as in EXIF, an XMP packet, IPTC datasets.

    Each is b"" where there is none. `dpi` is None where the file states none. `unread` names metadata that should be
    kept, but are damaged or too long.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    dpi: int | None = None
    unread: tuple[str, ...] = ()

    @property
    def by_kind(self) -> dict[str, bytes]:
        """The metadata by the name of their kind."""
        return {kind: data for kind, data in (("EXIF", self.exif), ("XMP", self.xmp), ("IPTC", self.iptc)) if data}


NO_METADATA = Metadata()
# Bits per sample in most formats.
BITS = 8
# On the API's scale: no pixel changes, in formats that can be lossless.
LOSSLESS_QUALITY = 100


@dataclass(frozen=True)
class Encoding:
    """An encoded file, its encoder's name, whether it is lossless, and its bits per sample."""

    data: bytes
    encoder: str
    lossless: bool = False
    bits: int = BITS
