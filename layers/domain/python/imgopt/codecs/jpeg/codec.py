"""Encodes JPEG by jpegli, or by mozjpeg's trellis where that is smaller."""

from typing import TYPE_CHECKING

from imgopt.codecs.format import Encode
from imgopt.codecs.jpeg import application_segments, jpegli, mozjpeg
from imgopt.codecs.jpeg.choice import may_be_smaller_by_trellis, suits_trellis
from imgopt.codecs.shared import quality_scale
from imgopt.codecs.shared.chroma import needs_full_chroma, seems_to_exceed_chroma_loss
from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

# Where 4:4:4 and 4:2:0 take equal bytes at equal SSIMULACRA2. It decreases with quality.
EVEN_QUALITY, EVEN_SHARE, QUALITY_STEPS_TO_HALVE = 85, 0.0056, 15

# For smaller files fewer scans save 2 to 5 %.
SMALL_BYTES = 20_000
# Where jpegli may still be smaller: for tiny files, and within this many steps of the trellis' highest quality.
TINY_BYTES, NEARLY_HIGHEST = 2000, 5


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes at a quality, 1 to 100; progressive where that isn't larger. Grey stays grey; transparent pixels become
    white.

    Chroma has full resolution where halving it would be visible, even in one small detail.
    """
    flat = flatten(image)
    if not suits_trellis(flat, quality):
        return encode_by_jpegli(flat, quality, metadata)
    made = encode_by_mozjpeg(flat, quality, metadata)
    if len(made.data) > TINY_BYTES and suits_trellis(flat, quality + NEARLY_HIGHEST):
        return made
    return min(made, encode_by_jpegli(flat, quality, metadata), key=lambda each: len(each.data))


def choose_encoders(image: "Image") -> tuple[Encode, ...]:
    """Returns the encoders of which either may make the smaller file at some quality."""
    return (encode_by_jpegli, encode_by_mozjpeg) if may_be_smaller_by_trellis(flatten(image)) else (encode_by_jpegli,)


def encode_by_jpegli(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes by jpegli, whatever the image."""
    flat = flatten(image)
    full_chroma = needs_full_chroma(flat, tolerated_share(quality))
    scale = quality_scale.JPEG_FULL_CHROMA if full_chroma else quality_scale.JPEG
    data = _encode_in_few_scans(flat, scale.native(quality), full_chroma=full_chroma)
    return _finish(data, flat, metadata, "jpegli", full_chroma=full_chroma)


def encode_quickly(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes once. Small coloured details don't decide on the chroma resolution."""
    flat = flatten(image)
    full_chroma = seems_to_exceed_chroma_loss(flat, tolerated_share(quality))
    scale = quality_scale.JPEG_FULL_CHROMA if full_chroma else quality_scale.JPEG
    data = jpegli.encode(flat, scale.native(quality), full_chroma=full_chroma, scans=jpegli.QUICK_BANDS)
    return _finish(data, flat, metadata, "jpegli", full_chroma=full_chroma)


def encode_by_mozjpeg(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes by mozjpeg, whatever the image."""
    flat = flatten(image)
    full_chroma = needs_full_chroma(flat, tolerated_share(quality))
    scale = quality_scale.MOZJPEG_FULL_CHROMA if full_chroma else quality_scale.MOZJPEG
    data = mozjpeg.encode(flat, scale.native(quality), full_chroma=full_chroma)
    return _finish(data, flat, metadata, "mozjpeg", full_chroma=full_chroma)


def _finish(data: bytes, image: "Image", metadata: Metadata, encoder: str, *, full_chroma: bool) -> Encoding:
    complete = application_segments.insert(data, metadata, *image.size)
    return Encoding(complete, f"{encoder} 4:4:4" if full_chroma else encoder)


def _encode_in_few_scans(image: "Image", quality: int, *, full_chroma: bool) -> bytes:
    """Encodes with few scans, because each scan's tables are a large part of a small file."""
    data = jpegli.encode(image, quality, full_chroma=full_chroma)
    levels = range(jpegli.MOST_SCANS) if len(data) <= SMALL_BYTES else ()
    fewer = [jpegli.encode(image, quality, full_chroma=full_chroma, scans=level) for level in levels]
    return min(data, *fewer, key=len) if fewer else data


def tolerated_share(quality: int) -> float:
    """Returns the share of pixels whose colour may change visibly before full chroma resolution is worth its bytes."""
    return float(EVEN_SHARE * 2 ** ((EVEN_QUALITY - quality) / QUALITY_STEPS_TO_HALVE))
