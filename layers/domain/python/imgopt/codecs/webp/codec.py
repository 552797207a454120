"""WebP by libwebp: lossy, or lossless where that is smaller; huge files are decoded by libvips."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import quality_scale, vips
from imgopt.codecs.shared.chroma import exceeds_chroma_loss, seems_to_exceed_chroma_loss
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY, NO_METADATA, Encoding, Metadata
from imgopt.codecs.webp import chunks, libwebp, lossless
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "libwebp"
METHOD, QUICK_METHOD, HUGE_METHOD = 5, 4, 2
# The share of changed colours from which careful chroma reduction is smaller at equal SSIMULACRA2; it doubles the time.
CAREFUL_ABOVE = 0.05
# With up to this many colours a lossless file of a flat picture is often smaller than a lossy one.
FEW_COLORS = 4096
# Bits per pixel for each step of quality: where a lossless file takes no more, no lossy one is smaller.
SURELY_SMALLER = 1 / 400
# A lossless file that is larger than a lossy one by at most this factor may become smaller by another search.
WITHIN_REACH = 1.3
# Lossless coding takes at least 24 bytes of memory per pixel, and 30 for noise.
MOST_LOSSLESS_PIXELS = 64_000_000
# Alpha is coded losslessly at every quality.
MOST_ALPHA_PIXELS = MOST_LOSSLESS_PIXELS


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes at a quality, 1 to 100, with alpha; lossless at 100, and where few colours make that smaller."""
    if quality == LOSSLESS_QUALITY:
        return lossless.encode(image, quality, metadata)
    data, exact = _write_smaller(image, quality)
    return Encoding(chunks.insert(data, metadata), ENCODER, lossless=exact)


def encode_quickly(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes in three quarters of the time for a hundredth more bytes; drawings are encoded as by `encode`."""
    if quality == LOSSLESS_QUALITY or _is_drawing(image) or seems_to_exceed_chroma_loss(image, CAREFUL_ABOVE):
        return encode(image, quality, metadata)
    method = HUGE_METHOD if libwebp.is_huge(image) else QUICK_METHOD
    data = libwebp.write_by_pillow(image, quality=quality_scale.WEBP.native(quality), method=method)
    return Encoding(chunks.insert(data, metadata), ENCODER)


def _write_smaller(image: "Image", quality: int) -> tuple[bytes, bool]:
    """Returns the file without metadata, and whether it is lossless."""
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
    """Returns whether a lossless file may be smaller, and there is time to try both."""
    return not libwebp.is_huge(image) and bool(image.getcolors(FEW_COLORS)) and lossless.is_flat(image)


def write(image: "Image", native: int) -> bytes:
    """Encodes lossily at libwebp's own quality, 0 to 100.

    Chroma has half the resolution. Where that is visible, libwebp's careful reduction is used, which only libvips' copy
    offers.
    """
    if libwebp.is_huge(image):
        return libwebp.write_by_pillow(image, quality=native, method=HUGE_METHOD)
    if exceeds_chroma_loss(image, CAREFUL_ABOVE):
        careful = vips.from_pillow(image).webpsave_buffer(keep=0, Q=native, effort=METHOD, smart_subsample=True)
        return bytes(careful)
    return libwebp.write_by_pillow(image, quality=native, method=METHOD)


def open_image(data: bytes) -> "Image":
    """Opens an image without decoding it. A huge one is decoded by libvips, because Pillow would hold five copies."""
    from PIL import Image

    image: Image.Image = Image.open(BytesIO(chunks.mark_bare_canvas(data)), formats=["WEBP"])
    if not libwebp.is_huge(image):
        return image
    known = image.info
    image.close()
    del image  # frees memory for the decoder's two copies
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
