"""The supported kinds of samples, colours and compressions of a TIFF page.

Supported are unsigned integers of 1 to 16 and 32 bits, signed ones of 8, 16 and 32 bits without negative values, and
floats of 16, 32 and 64 bits. All others are refused by name, because decoders would make them black.
"""

from imgopt.codecs.tiff import tags
from imgopt.codecs.tiff.page import DAMAGED, Page
from imgopt.errors import InvalidImage, Unsupported

MOST_SAMPLES = 64
COLORS = frozenset(
    {
        *(None, tags.WHITE_IS_ZERO, tags.BLACK_IS_ZERO, tags.RGB, tags.PALETTE),
        *(tags.INKS, tags.YCBCR, tags.LAB, tags.ICC_LAB),
    }
)
NAMES_OF_COLORS = {tags.MASK: "a transparency mask", 10: "ITU L*a*b*", 32844: "LogL", 32845: "LogLuv"}
# Compressions that neither libvips' nor Pillow's libtiff supports, by name; and those that one of them does.
UNREAD = {
    **{9: "JBIG or VC-5", 10: "JBIG", 32895: "a TIFF/IT raster", 32908: "PixarFilm", 32909: "PixarLog"},
    **{32947: "Kodak DCS", 33003: "JPEG 2000", 33004: "JPEG 2000", 33005: "JPEG 2000", 34661: "JBIG", 34676: "SGILog"},
    **{34677: "SGILog24", 34712: "JPEG 2000", 34718: "Microsoft Document Imaging", 34887: "LERC", 34926: "JBIG2"},
    **{34927: "JBIG2", 34933: "PNG", 34934: "JPEG XR", 50002: "JPEG XL", 52546: "JPEG XL"},
}
READ = frozenset(
    {
        *(tags.NO_COMPRESSION, tags.LZW, tags.OLD_JPEG, tags.JPEG, tags.DEFLATE, tags.OLD_DEFLATE, tags.PACK_BITS),
        *(tags.LZMA, tags.ZSTD, 50001),
        # CCITT RLE, T.4, T.6 and word-aligned RLE; NeXT, ThunderScan.
        *(2, 3, 4, 32771, 32766, 32809),
    }
)
KINDS = {tags.SIGNED: "signed ", tags.FLOAT: "floating-point ", 5: "complex ", 6: "complex "}
SIGNED_BITS, FLOAT_BITS, WHOLE_BITS = frozenset({8, 16, 32}), frozenset({16, 32, 64}), frozenset({*range(1, 17), 32})
# Depths of colours other than grey and RGB.
COLOR_BITS = {
    **{tags.PALETTE: frozenset({1, 2, 4, 8, 16}), tags.INKS: frozenset({8, 16}), tags.YCBCR: frozenset({8})},
    **{tags.LAB: frozenset({8, 16}), tags.ICC_LAB: frozenset({8, 16})},
}


def check_samples(page: Page) -> None:
    """Raises Unsupported with the name of an unsupported property, InvalidImage where samples are missing."""
    if page.compression not in READ:
        name = UNREAD.get(page.compression, f"method {page.compression}, which is unknown")
        raise Unsupported(f"TIFF images compressed by {name} are not supported.")
    if page.photometric not in COLORS:
        name = NAMES_OF_COLORS.get(page.photometric or 0, f"colours of kind {page.photometric}")
        raise Unsupported(f"TIFF images in {name} are not supported.")
    if page.samples < page.colors and page.compression not in (tags.OLD_JPEG, tags.JPEG):
        raise InvalidImage(DAMAGED)
    if page.photometric == tags.INKS and page.ink_set != 1:
        raise Unsupported("TIFF images in inks other than cyan, magenta, yellow and black are not supported.")
    if not _are_read(page):
        raise Unsupported(f"TIFF images with {_describe(page)} are not supported.")


def _are_read(page: Page) -> bool:
    if len(page.bits) > 1 or len(page.formats) > 1 or page.samples > MOST_SAMPLES:
        return False
    if page.floats:
        return page.depth in FLOAT_BITS and page.photometric not in COLOR_BITS
    if page.signed:
        return page.depth in SIGNED_BITS and page.photometric not in COLOR_BITS
    if not page.formats <= {tags.UNSIGNED, tags.UNDEFINED} or (page.compression == tags.JPEG and page.depth != 8):
        return False
    return page.depth in COLOR_BITS.get(page.photometric or 0, WHOLE_BITS)


def _describe(page: Page) -> str:
    if page.samples > MOST_SAMPLES:
        return f"{page.samples} samples per pixel"
    if len(page.formats) > 1:
        return "samples of several kinds"
    if len(page.bits) > 1:
        return f"samples of different depths ({', '.join(map(str, sorted(page.bits)))} bits)"
    whose = {tags.PALETTE: "a palette and ", tags.INKS: "inks and ", tags.YCBCR: "YCbCr and "}
    whose |= {tags.LAB: "L*a*b* and ", tags.ICC_LAB: "L*a*b* and "}
    return f"{whose.get(page.photometric or 0, '')}{KINDS.get(max(page.formats), '')}samples of {page.depth} bits"
