"""WebP by libwebp: lossy, or without loss where that is smaller; and how huge ones are read."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import quality_scale, vips
from imgopt.codecs.shared.chroma import exceeds_chroma_loss
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY, NO_METADATA, Encoding, Metadata
from imgopt.codecs.webp import chunks, libwebp, lossless
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "libwebp"
METHOD, QUICK_METHOD, HUGE_METHOD = 5, 4, 2
# From which share of changed colours on the careful way is smaller at the same SSIMULACRA2; it doubles the time.
CAREFUL_ABOVE = 0.05
# Up to so many colours a lossless file of a flat picture is often smaller than a lossy one.
FEW_COLORS = 4096
# Bits a pixel for each step of quality: where a lossless file takes no more, no lossy one is smaller.
SURELY_SMALLER = 1 / 400
# A lossless file that is larger than a lossy one by no more may become the smaller one by another search.
WITHIN_REACH = 1.3
# At least 24 bytes a pixel are taken without loss, and 30 by noise.
MOST_LOSSLESS_PIXELS = 64_000_000
# Alpha is written without loss, whatever the quality.
MOST_ALPHA_PIXELS = MOST_LOSSLESS_PIXELS


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """WebP, quality 1-100, alpha kept; lossless at 100, and where few colours make that smaller."""
    if quality == LOSSLESS_QUALITY:
        return lossless.encode(image, quality, metadata)
    data, exact = _write_smaller(image, quality)
    return Encoding(chunks.insert(data, metadata), ENCODER, lossless=exact)


def encode_quickly(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """The same in three quarters of the time for a hundredth of the bytes; drawings as they are there."""
    if quality == LOSSLESS_QUALITY or _is_drawing(image) or exceeds_chroma_loss(image, CAREFUL_ABOVE):
        return encode(image, quality, metadata)
    method = HUGE_METHOD if libwebp.is_huge(image) else QUICK_METHOD
    data = libwebp.write_by_pillow(image, quality=quality_scale.WEBP.native(quality), method=method)
    return Encoding(chunks.insert(data, metadata), ENCODER)


def _write_smaller(image: "Image", quality: int) -> tuple[bytes, bool]:
    """Without metadata, and whether nothing is lost."""
    native = quality_scale.WEBP.native(quality)
    if not _is_drawing(image):
        return write(image, native), False
    exact = lossless.write_first(image)
    if 8 * len(exact) <= SURELY_SMALLER * quality * image.width * image.height:
        return lossless.improve(image, exact), True
    lossy = write(image, native)
    if len(exact) <= WITHIN_REACH * len(lossy):
        exact = lossless.improve(image, exact)
    return (exact, True) if len(exact) <= len(lossy) else (lossy, False)


def _is_drawing(image: "Image") -> bool:
    """Whether a lossless file may be smaller than a lossy one, and there is time for both."""
    return not libwebp.is_huge(image) and bool(image.getcolors(FEW_COLORS)) and lossless.is_flat(image)


def write(image: "Image", native: int) -> bytes:
    """Lossy, by the encoder's own number, 0-100.

    Colour has half the resolution each way. Where that shows, libwebp halves it with more care for edges, which it does
    as libvips carries it.
    """
    if libwebp.is_huge(image):
        return libwebp.write_by_pillow(image, quality=native, method=HUGE_METHOD)
    if exceeds_chroma_loss(image, CAREFUL_ABOVE):
        careful = vips.from_pillow(image).webpsave_buffer(keep=0, Q=native, effort=METHOD, smart_subsample=True)
        return bytes(careful)
    return libwebp.write_by_pillow(image, quality=native, method=METHOD)


def open_image(data: bytes) -> "Image":
    """Not decoded yet. A huge one is read by libvips: Pillow would hold five copies of it at a time."""
    from PIL import Image

    image: Image.Image = Image.open(BytesIO(chunks.mark_bare_canvas(data)), formats=["WEBP"])
    if not libwebp.is_huge(image):
        return image
    known = image.info
    image.close()
    del image  # its decoder has room for two more
    return _decode_huge(data, known)


def _decode_huge(data: bytes, known: dict[Any, Any]) -> "Image":
    library = vips.library()
    try:
        pixels = library.Image.webpload_buffer(data, access="sequential", fail_on="truncated")
        image = vips.to_pillow_in_parts(pixels)
    except library.Error as error:
        raise InvalidImage(libwebp.DAMAGED) from error
    image.info = known
    return image
