"""The colours of AVIF and HEIC files: from colr boxes (ISO/IEC 14496-12, 12.1.5), or from AV1 itself."""

from io import BytesIO
from itertools import chain

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.shared import av1, hevc
from imgopt.codecs.shared.code_points import BT709, CAMERAS, SRGB_TRANSFER, UNSPECIFIED, NamedColor, named
from imgopt.codecs.shared.encoding import BITS
from imgopt.codecs.shared.isobmff import Items, av1_heads, read_items
from imgopt.errors import InvalidImage

PROFILES = frozenset({b"prof", b"rICC"})
# In a mastering display box: the offset of the peak, in units of 1/10,000 cd/m2.
HEIF_PEAK_AT, HEIF_PEAK_UNITS = 16, 10_000
# Lossless matrices: RGB itself, and YCgCo-R (ITU-T H.273, table 4).
EXACT_MATRICES = frozenset({0, 15, 16})
HIGH_BITDEPTH, TWELVE_BIT, LUMA_DEPTH = 0x40, 0x20, 17


def read_heif_color(data: bytes) -> NamedColor | None:
    return color_of(data, read_items(BytesIO(data)))


def color_of(data: bytes, items: Items) -> NamedColor | None:
    """Returns the colour space of the primary image; None for sRGB, and where a profile defines it, which has priority.

    Cameras' transfer functions count as sRGB's, as in browsers.
    """
    properties = items.properties.get(items.primary, [])
    colors = [value for kind, value in properties if kind == b"colr"]
    numbers = next((_numbers(value) for value in colors if value[:4] == b"nclx"), None) or _in_stream(data, items)
    if numbers is None or any(value[:4] in PROFILES for value in colors):
        return None
    primaries, transfer = numbers
    if transfer == UNSPECIFIED or transfer in CAMERAS:
        transfer = SRGB_TRANSFER
    color = named(BT709 if primaries == UNSPECIFIED else primaries, transfer, peak=_peak(properties))
    return None if color is None or color.is_srgb else color


def read_heif_loss(data: bytes) -> Loss:
    """Returns NONE for a matrix that only lossless files have. All lossy files count alike."""
    items = read_items(BytesIO(data))
    colors = [value for kind, value in items.properties.get(items.primary, []) if kind == b"colr"]
    matrices = {int.from_bytes(value[8:10]) for value in colors if value[:4] == b"nclx" and len(value) >= 10}
    return Loss.NONE if matrices & EXACT_MATRICES else Loss.LIGHT


def count_heif_bits(data: bytes) -> int:
    """Returns the bits of the deepest sample in the file."""
    return deepest(read_items(BytesIO(data)))


def deepest(items: Items) -> int:
    """Returns the bits by av1C (AV1 in ISOBMFF, 2.3.3) and hvcC (ISO/IEC 14496-15, 8.3.3.1)."""
    properties = chain.from_iterable(items.properties.values())
    return max((_bits_of(kind, value) for kind, value in properties), default=BITS)


def _bits_of(kind: bytes, value: bytes) -> int:
    if kind == b"av1C" and len(value) > 2 and value[2] & HIGH_BITDEPTH:
        return 12 if value[2] & TWELVE_BIT else 10
    if kind == b"hvcC" and len(value) > LUMA_DEPTH:
        return BITS + (value[LUMA_DEPTH] & 7)
    return BITS


def _numbers(colr: bytes) -> tuple[int, int] | None:
    return (int.from_bytes(colr[4:6]), int.from_bytes(colr[6:8])) if len(colr) >= 8 else None


def _in_stream(data: bytes, items: Items) -> tuple[int, int] | None:
    """Returns the numbers in the bitstream of the primary image, or of the first one."""
    head = next(av1_heads(BytesIO(data), items), None)
    properties = chain(items.properties.get(items.primary, ()), *items.properties.values())
    configuration = next((value for kind, value in properties if kind == b"hvcC"), None)
    try:
        if head:
            return av1.read_code_points(head)
        return hevc.read_code_points_of(configuration) if configuration else None
    except (InvalidImage, IndexError):
        return None


def _peak(properties: list[tuple[bytes, bytes]]) -> float | None:
    """Returns the brightest pixel in cd/m2, or else the peak luminance of the mastering display."""
    stated = {kind: value for kind, value in properties if kind in (b"clli", b"mdcv")}
    brightest = int.from_bytes(stated.get(b"clli", b"")[:2])
    mastered = int.from_bytes(stated.get(b"mdcv", b"")[HEIF_PEAK_AT : HEIF_PEAK_AT + 4]) / HEIF_PEAK_UNITS
    return brightest or mastered or None
