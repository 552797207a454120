"""WebP by libwebp, as libvips carries it, and where an image is huge, with fewer copies of it, as Pillow does."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import quality_scale, vips
from imgopt.codecs.shared.chroma import visible_chroma_loss
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY, NO_METADATA, Encoding, Metadata
from imgopt.codecs.webp import chunks
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "libwebp"
EFFORT, LOSSLESS_EFFORT = 5, 4
# From which share of changed colours on the careful way is smaller at the same SSIMULACRA2; it doubles the time.
CAREFUL_ABOVE = 0.05
# Up to so many colours a lossless file is often smaller than a lossy one, and it takes half the time to find out.
FEW_COLORS = 4096
# Pixels above which all effort would take up to 0.6 s and 50 bytes for a thousand and one. Less of it, by libwebp's
# method 2, takes a third of both for 3 % more bytes; of lossless files, the least effort half of the memory.
HUGE_PIXELS, HUGE_METHOD = 32_000_000, 2
# At least 24 bytes a pixel are taken without loss, and 30 by noise.
MOST_LOSSLESS_PIXELS = 64_000_000
# Alpha is written without loss, whatever the quality.
MOST_ALPHA_PIXELS = MOST_LOSSLESS_PIXELS


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """WebP, quality 1-100, alpha kept; lossless at 100, and where few colours make that smaller."""
    if image.width * image.height > HUGE_PIXELS:
        return _encode_huge(image, quality, metadata)
    exact = _write_exactly(image) if quality == LOSSLESS_QUALITY or image.getcolors(FEW_COLORS) else None
    if exact is None or quality < LOSSLESS_QUALITY:
        lossy = write(image, quality_scale.WEBP.native(quality))
        if exact is None or len(lossy) < len(exact):
            return Encoding(chunks.insert(lossy, metadata), ENCODER)
    return Encoding(chunks.insert(exact, metadata), ENCODER, lossless=True)


def write(image: "Image", native: int) -> bytes:
    """Lossy, by the encoder's own number, 0-100.

    Colour has half the resolution each way. Where that shows, libwebp halves it with more care for edges.
    """
    careful = visible_chroma_loss(image) > CAREFUL_ABOVE
    return _save(image, Q=native, effort=EFFORT, smart_subsample=careful)


def _write_exactly(image: "Image") -> bytes:
    return _save(image, lossless=True, effort=LOSSLESS_EFFORT)


def _save(image: "Image", **options: Any) -> bytes:
    """Without metadata: libvips would add tags of its own to EXIF, and a header of JPEG's before it."""
    return bytes(vips.from_pillow(image).webpsave_buffer(keep=0, **options))


def open_image(data: bytes) -> "Image":
    """Not decoded yet. A huge one is read by libvips: Pillow would hold five copies of it at a time."""
    from PIL import Image

    image: Image.Image = Image.open(BytesIO(chunks.mark_bare_canvas(data)), formats=["WEBP"])
    if image.width * image.height <= HUGE_PIXELS:
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
        raise InvalidImage("The WebP file is damaged and can't be decoded.") from error
    image.info = known
    return image


def _encode_huge(image: "Image", quality: int, metadata: Metadata) -> Encoding:
    out, exact = BytesIO(), quality == LOSSLESS_QUALITY
    effort: dict[str, Any] = {"lossless": True, "quality": 0, "method": 0} if exact else {"method": HUGE_METHOD}
    image.save(out, "WEBP", **{"quality": quality_scale.WEBP.native(quality)} | effort)
    return Encoding(chunks.insert(out.getvalue(), metadata), ENCODER, lossless=exact)
