"""PNG: as few colours as the quality allows by libimagequant, or every pixel as it is; oxipng packs both."""

from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs import png_chunks, quality_scale, vips
from imgopt.codecs.encoding import NO_METADATA, Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

LEVEL = 2
# Less dithering than libimagequant's own: noise costs more bytes than the bands that it hides.
DITHERING, EFFORT = 0.3, 7
PALETTE_UP_TO = 96
# The most root mean square error, 0-255 a channel, of a palette at quality 100, and more of it per step below.
# It follows SSIMULACRA2 on the benchmark's corpus: 90 at an error of 1, 82 at 2, 76 at 3, 68 at 4.
TOLERATED_AT_100, TOLERATED_PER_STEP = 0.5, 0.15


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """PNG, quality 1-100. Lossless above 96, and where 256 colours would fall short of the quality."""
    data = _encode_palette(image, quality) if quality <= PALETTE_UP_TO else None
    if data is not None:
        return Encoding(png_chunks.insert(data, metadata), "imagequant + oxipng")
    return Encoding(png_chunks.insert(_encode_lossless(image), metadata), "oxipng", lossless=True)


def _encode_palette(image: "Image", quality: int) -> bytes | None:
    from PIL import Image

    pixels = vips.from_pillow(image.convert("RGBA"))
    native = quality_scale.PALETTE.native(quality)
    data = pixels.pngsave_buffer(palette=True, Q=native, dither=DITHERING, effort=EFFORT, compression=1, keep=0)
    tolerated = TOLERATED_AT_100 + (100 - quality) * TOLERATED_PER_STEP
    if _error(image, Image.open(BytesIO(data))) > tolerated:
        return None
    return pack(data, filters="none")  # prediction only harms the indexes of a palette


def _encode_lossless(image: "Image") -> bytes:
    out = BytesIO()
    image.save(out, "PNG", compress_level=1)
    return pack(out.getvalue())


def pack(data: bytes, filters: str | None = None) -> bytes:
    """The same pixels in fewer bytes. A filter named spares trying them."""
    import oxipng

    chosen = oxipng.FilterStrategy(filters) if filters else None
    return bytes(oxipng.optimize_from_memory(data, level=LEVEL, filter=chosen))


def _error(image: "Image", palette_image: "Image") -> float:
    """Root mean square over all channels, transparent pixels on white."""
    from PIL import ImageChops, ImageStat

    from imgopt.codecs.color import flatten

    before, after = (flatten(each.convert("RGBA")).convert("RGB") for each in (image, palette_image))
    squares = [value**2 for value in ImageStat.Stat(ImageChops.difference(before, after)).rms]
    return float((sum(squares) / len(squares)) ** 0.5)
