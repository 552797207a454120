"""Encodes PNG: with as few colours as the quality allows by libimagequant, or losslessly. oxipng compresses both."""

import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs.png import chunks, colors, indexed
from imgopt.codecs.png.estimate import is_surely_below_lossless
from imgopt.codecs.shared import quality_scale, vips
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

# oxipng's levels. Flat drawings, which take few bytes per sample even after fast compression, become up to 10 % smaller
# by the slower one; others 1 %. With more samples it would take too long.
LEVEL, FLAT_LEVEL = 2, 4
FLAT_BYTES, FLAT_SAMPLES = 0.045, 50_000_000
# Flat drawings that zlib compresses better without prediction are smallest that way. For others oxipng tries four
# filters.
UNPREDICTED, QUICK = 0.92, 1
SAMPLES_OF_COLOR_TYPE = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PALETTE_UP_TO = 96
# A drawing with at most this many colours keeps all: merging some could lose whole shapes, for a few bytes.
KEPT_COLORS = 64
# From this many pixels on the palette is that of a sample, and only zlib is used: oxipng would take 30 bytes a pixel.
HUGE_PIXELS, HUGE_LEVEL = 32_000_000, 6
# The colours of a drawing, which zlib compresses by repeats without prediction; and its level.
FEW_COLORS, QUICK_LEVEL = 4096, 6


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes at a quality, 1 to 100. Lossless above 96, and where 256 colours would be too few or larger."""
    if image.width * image.height > HUGE_PIXELS:
        return _encode_huge(image, quality, metadata)
    packed = _pack_few_colors(image, quality) if quality <= PALETTE_UP_TO else None
    if packed and is_surely_below_lossless(len(packed), image):
        return Encoding(chunks.insert(packed, metadata), "imagequant + oxipng")
    exact = _pack_exact(image)
    if packed and len(packed) < len(exact):
        return Encoding(chunks.insert(packed, metadata), "imagequant + oxipng")
    return Encoding(chunks.insert(exact, metadata), "oxipng", lossless=True)


def encode_quickly(image: "Image", _quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes losslessly at every quality, by zlib only. Drawings are encoded without prediction."""
    ways = "none" if image.getcolors(FEW_COLORS) else "all"
    data = vips.from_pillow(image).pngsave_buffer(compression=QUICK_LEVEL, filter=ways, keep="none")
    return Encoding(chunks.insert(bytes(data), metadata), "libvips", lossless=True)


def _pack_few_colors(image: "Image", quality: int) -> bytes | None:
    if image.getcolors(KEPT_COLORS):
        return None
    few = colors.reduce_colors(image, quality, quality_scale.PALETTE.native(quality))
    return indexed.pack_indexed(few) if few else None


def _pack_exact(image: "Image") -> bytes:
    data = write(image)
    if (level := _level_for(data)) == LEVEL:
        return pack(data, level=level)
    plain = len(zlib.compress(image.tobytes(), QUICK))
    return pack(data, ("none",) if plain < UNPREDICTED * len(data) else (), level)


def _encode_huge(image: "Image", quality: int, metadata: Metadata) -> Encoding:
    """Encodes by the palette of a sample."""
    few = colors.reduce_by_sample(image, quality) if quality <= PALETTE_UP_TO else None
    data = chunks.insert(write(few or image, HUGE_LEVEL), metadata)
    return Encoding(data, "imagequant + zlib" if few else "zlib", lossless=few is None)


def write(image: "Image", level: int = 1) -> bytes:
    """Encodes losslessly. The fast default level still shows whether prediction helps."""
    out = BytesIO()
    image.save(out, "PNG", compress_level=level)
    return out.getvalue()


def write_to(file: BinaryIO, image: "Image", metadata: Metadata) -> None:
    """Like `write`, into a file, with metadata."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if metadata.xmp:
        info.add_itxt("XML:com.adobe.xmp", metadata.xmp.decode(errors="replace"))
    image.save(file, "PNG", compress_level=1, exif=metadata.exif, pnginfo=info)


def pack(data: bytes, filters: Iterable[str] = (), level: int | None = None) -> bytes:
    """Compresses again. The named filters are tried in place of the level's; without a level, a suitable one
    is used.
    """
    import oxipng

    named = tuple(oxipng.FilterStrategy(each) for each in filters) or None
    return bytes(oxipng.optimize_from_memory(data, level=_level_for(data) if level is None else level, filter=named))


def _level_for(data: bytes) -> int:
    """Returns a level, by the header (PNG specification, 3rd ed., 11.2.1) and the file's length."""
    width, height, color_type = int.from_bytes(data[16:20]), int.from_bytes(data[20:24]), data[25]
    samples = width * height * SAMPLES_OF_COLOR_TYPE.get(color_type, 1)
    return FLAT_LEVEL if samples <= FLAT_SAMPLES and len(data) < FLAT_BYTES * samples else LEVEL


def without_palette(data: bytes) -> bytes:
    """Returns the same pixels in RGBA with 8 bits."""
    import oxipng
    from PIL import Image

    rgba = Image.open(BytesIO(data)).convert("RGBA")
    packed = oxipng.optimize_from_memory(
        write(rgba), level=LEVEL, color_type_reduction=False, palette_reduction=False, grayscale_reduction=False
    )
    return bytes(packed)
