"""JPEG by jpegli."""

from typing import TYPE_CHECKING

from imgopt.codecs import jpeg_segments, jpegli, quality_scale
from imgopt.codecs.chroma import loss_by_halving
from imgopt.codecs.color import flatten
from imgopt.codecs.encoding import NO_METADATA, Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

# Where full and halved chroma take the same bytes at the same SSIMULACRA2, on the benchmark's corpus.
EVEN_QUALITY, EVEN_LOSS, LOSS_PER_QUALITY_STEP = 87, 2.2, 0.135


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Progressive JPEG, quality 1-100. Grey stays grey; what is transparent turns white.

    Colour keeps its full resolution where halving it would show.
    """
    flat = flatten(image)
    full_chroma = loss_by_halving(flat) > tolerated_loss(quality)
    scale = quality_scale.JPEG_FULL_CHROMA if full_chroma else quality_scale.JPEG
    data = jpegli.encode(flat, scale.native(quality), full_chroma=full_chroma)
    return Encoding(jpeg_segments.insert(data, metadata), "jpegli 4:4:4" if full_chroma else "jpegli")


def tolerated_loss(quality: int) -> float:
    """The loss by halving chroma that is still worth its bytes: more of it the lower the quality."""
    return EVEN_LOSS + (EVEN_QUALITY - quality) * LOSS_PER_QUALITY_STEP
