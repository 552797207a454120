"""AVIF by libaom, through Pillow."""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from math import inf
from typing import TYPE_CHECKING, Any

from imgopt.codecs.avif import grid
from imgopt.codecs.avif.tuning import HUGE, QUICK_SPEED, Tuning, tuning_for
from imgopt.codecs.shared import deep_samples, isobmff, isobmff_color, isobmff_sizes, vips
from imgopt.codecs.shared.code_points import NAMED_COLOR, NamedColor
from imgopt.codecs.shared.encoding import BITS, NO_METADATA, Encoding, Metadata
from imgopt.codecs.shared.metadata import without_orientation

if TYPE_CHECKING:
    from PIL.Image import Image

GREY = frozenset({"L", "LA"})
# libavif's best quality, and libaom's largest quantizer.
BEST, LARGEST_QUANTIZER = 100, 63


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes lossy AVIF with 8 bits at a quality, 1 to 100, with alpha; at full colour resolution up to 36 megapixels.

    Larger images are encoded as tiles.
    """
    tuning = tuning_for(image)
    native = tuning.scale.native(quality)
    if image.width * image.height > HUGE * 1e6:
        return Encoding(_write_grid(image, native, tuning, metadata), "libaom")
    return Encoding(write(image, native, tuning, metadata), "libaom")


def encode_quickly(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Like `encode`, in half of the time or less, for a few percent more bytes."""
    megapixels = image.width * image.height / 1e6
    if megapixels > HUGE:
        return encode(image, quality, metadata)
    tuning = tuning_for(image)
    options = tuning.ask(tuning.scale.native(quality), megapixels, QUICK_SPEED)
    return Encoding(_write(image, options, _subsampling(image.mode, megapixels), metadata), "libaom")


def write(image: "Image", native: int, tuning: Tuning, metadata: Metadata = NO_METADATA) -> bytes:
    """Encodes at libavif's own quality, 0 to 99. 100 would be lossless, which excludes these options."""
    megapixels = image.width * image.height / 1e6
    return _write(image, tuning.ask(native, megapixels), _subsampling(image.mode, megapixels), metadata)


def quantizer_of(image: "Image") -> Callable[[int], int]:
    """Returns a function from quality to libaom's quantizer, by libavif's rule: one of 64 numbers."""
    scale = tuning_for(image).scale
    return lambda quality: ((BEST - scale.native(quality)) * LARGEST_QUANTIZER + BEST // 2) // BEST


def _write_grid(image: "Image", native: int, tuning: Tuning, metadata: Metadata) -> bytes:
    """Encodes tiles. With 4:2:0, sides of a grid must be even (ISO/IEC 23000-22, 7.3.11.4.2)."""
    even, options = image.width % 2 == image.height % 2 == 0, tuning.ask(native, inf)

    def write_tile(tile: "Image") -> bytes:
        return _write(tile, options, _subsampling(tile.mode, inf if even else 0), NO_METADATA)

    return grid.write(image, write_tile, metadata)


def _write(image: "Image", options: dict[str, Any], subsampling: str, metadata: Metadata) -> bytes:
    out = BytesIO()
    image.save(
        out,
        "AVIF",
        **options,
        subsampling=subsampling,
        autotiling=False,
        max_threads=1,
        exif=metadata.exif,
        xmp=metadata.xmp,
    )
    return out.getvalue()


def _subsampling(mode: str, megapixels: float) -> str:
    if mode in GREY:
        return "4:0:0"
    return "4:2:0" if megapixels > HUGE else "4:4:4"


def open_image(data: bytes) -> "Image":
    """Opens a file without decoding it, unless it has to be cropped. Colours named by number are in `info`."""
    from PIL import Image

    image: Image.Image = Image.open(BytesIO(data), formats=["AVIF"])
    items = isobmff.read_items(BytesIO(data))
    if color := isobmff_color.color_of(data, items):
        if color.spreads_dark_tones and _may_be_deep(image, items):
            with suppress(vips.library().Error):  # Pillow reports damage in files that libheif can't read
                return _decode_deep(data, items, color, image.info)
        image.info[NAMED_COLOR] = color
    part = isobmff_sizes.seen_part(items)
    return image.crop(part) if part else image


def _may_be_deep(image: "Image", items: isobmff.Items) -> bool:
    return isobmff_color.deepest(items) > BITS and image.width * image.height <= deep_samples.MOST_PIXELS_OF_16_BITS


def _decode_deep(data: bytes, items: isobmff.Items, color: NamedColor, known: dict[Any, Any]) -> "Image":
    """Decodes by libheif, which crops and rotates, because Pillow only reads 8 bits."""
    pixels = vips.library().Image.heifload_buffer(data, fail_on="truncated")
    if any(kind == b"prem" for kind, *_ in items.references):
        pixels = pixels.unpremultiply(max_alpha=65_535).cast("ushort")
    image = deep_samples.to_eight_bits(pixels, color)
    image.info = {**known, "exif": without_orientation(known.get("exif"))}
    return image
