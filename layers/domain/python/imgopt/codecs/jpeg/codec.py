"""JPEG by jpegli or, where that is smaller, by mozjpeg's trellis."""

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

# Where full and halved chroma take the same bytes at the same SSIMULACRA2: the higher the quality, the earlier.
EVEN_QUALITY, EVEN_SHARE, QUALITY_STEPS_TO_HALVE = 85, 0.0056, 15

# Below, fewer scans save 2-5 %.
SMALL_BYTES = 20_000
# Where jpegli may be the smaller one even so: in few bytes, and up to so many steps below the trellis' highest quality.
TINY_BYTES, NEARLY_HIGHEST = 2000, 5


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """JPEG, progressive where that isn't larger, quality 1-100. Grey stays grey; what is transparent turns white.

    Colour keeps its full resolution where halving it would show, be it in one small thing on a page.
    """
    flat = flatten(image)
    if not suits_trellis(flat, quality):
        return encode_by_jpegli(flat, quality, metadata)
    made = encode_by_mozjpeg(flat, quality, metadata)
    if len(made.data) > TINY_BYTES and suits_trellis(flat, quality + NEARLY_HIGHEST):
        return made
    return min(made, encode_by_jpegli(flat, quality, metadata), key=lambda each: len(each.data))


def choose_encoders(image: "Image") -> tuple[Encode, ...]:
    """Those of which one makes the smaller file at some quality or other."""
    return (encode_by_jpegli, encode_by_mozjpeg) if may_be_smaller_by_trellis(flatten(image)) else (encode_by_jpegli,)


def encode_by_jpegli(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """The same by jpegli, whatever the image."""
    flat = flatten(image)
    full_chroma = needs_full_chroma(flat, tolerated_share(quality))
    scale = quality_scale.JPEG_FULL_CHROMA if full_chroma else quality_scale.JPEG
    data = _encode_in_few_scans(flat, scale.native(quality), full_chroma=full_chroma)
    return _finish(data, flat, metadata, "jpegli", full_chroma=full_chroma)


def encode_quickly(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """The same in one encoding. Small coloured things on a page don't decide whether colour is whole."""
    flat = flatten(image)
    full_chroma = seems_to_exceed_chroma_loss(flat, tolerated_share(quality))
    scale = quality_scale.JPEG_FULL_CHROMA if full_chroma else quality_scale.JPEG
    data = jpegli.encode(flat, scale.native(quality), full_chroma=full_chroma, scans=jpegli.QUICK_BANDS)
    return _finish(data, flat, metadata, "jpegli", full_chroma=full_chroma)


def encode_by_mozjpeg(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """The same by mozjpeg, whatever the image."""
    flat = flatten(image)
    full_chroma = needs_full_chroma(flat, tolerated_share(quality))
    scale = quality_scale.MOZJPEG_FULL_CHROMA if full_chroma else quality_scale.MOZJPEG
    data = mozjpeg.encode(flat, scale.native(quality), full_chroma=full_chroma)
    return _finish(data, flat, metadata, "mozjpeg", full_chroma=full_chroma)


def _finish(data: bytes, image: "Image", metadata: Metadata, encoder: str, *, full_chroma: bool) -> Encoding:
    complete = application_segments.insert(data, metadata, *image.size)
    return Encoding(complete, f"{encoder} 4:4:4" if full_chroma else encoder)


def _encode_in_few_scans(image: "Image", quality: int, *, full_chroma: bool) -> bytes:
    """Of a small file each scan's tables are a good part."""
    data = jpegli.encode(image, quality, full_chroma=full_chroma)
    levels = range(jpegli.MOST_SCANS) if len(data) <= SMALL_BYTES else ()
    fewer = [jpegli.encode(image, quality, full_chroma=full_chroma, scans=level) for level in levels]
    return min(data, *fewer, key=len) if fewer else data


def tolerated_share(quality: int) -> float:
    """The share of pixels that may change their colour before that is worth the bytes of full chroma."""
    return float(EVEN_SHARE * 2 ** ((EVEN_QUALITY - quality) / QUALITY_STEPS_TO_HALVE))
