"""Lossless WebP. The effort is chosen by the kind of picture."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata
from imgopt.codecs.shared.sampling import take_tiles
from imgopt.codecs.webp import chunks, libwebp

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "libwebp"


@dataclass(frozen=True)
class LosslessSearch:
    """libwebp's method, 0 to 6, and quality, 0 to 100, which is an effort for lossless files.

    Up to quality 75 it only searches repeats in nearby rows. Higher methods use smaller areas with codes of their own,
    and from 5 on try more kinds of codes.
    """

    method: int
    quality: int


# Up to 256 colours libwebp compresses palette indexes.
PALETTE_COLORS, OF_PALETTE = 256, LosslessSearch(4, 100)
# Screenshots and charts: sometimes large areas are best, up to 5 % smaller, sometimes small ones, up to a quarter, but
# not below this many bits per pixel. Both ways take up to 1 s per megapixel.
OF_FLAT, OF_DENSE = LosslessSearch(1, 100), LosslessSearch(6, 90)
MOST_TRIED_TWICE, LEAST_TRIED_TWICE = 8_000_000, 0.4
# Photographs: more effort takes twice the time for a hundredth of the bytes.
OF_PHOTO = LosslessSearch(4, 80)
OF_HUGE = LosslessSearch(0, 0)
# In a flat picture most pixels equal their left neighbours. With a larger share of others a lossy file is smaller.
FLAT_SHARE = 0.15
TILES, TILE_SIDE = 4, 128


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes losslessly at every quality, except for colours of transparent pixels."""
    return Encoding(chunks.insert(write(image), metadata), ENCODER, lossless=True)


def write(image: "Image") -> bytes:
    """Encodes without metadata, with as much effort as is worthwhile."""
    return improve(image, write_first(image))


def write_first(image: "Image") -> bytes:
    """Encodes by one search, which is fast where the lossless file is small."""
    return _write(image, _choose_first(image))


def improve(image: "Image", first: bytes) -> bytes:
    """Returns the smaller of the first file and another, where a second search is worthwhile."""
    is_small = 8 * len(first) <= LEAST_TRIED_TWICE * image.width * image.height
    if is_small or _choose_first(image) != OF_FLAT:
        return first
    return min(first, _write(image, OF_DENSE), key=len)


def _choose_first(image: "Image") -> LosslessSearch:
    if libwebp.is_huge(image):
        return OF_HUGE
    if image.getcolors(PALETTE_COLORS):
        return OF_PALETTE
    if not is_flat(image):
        return OF_PHOTO
    return OF_FLAT if image.width * image.height <= MOST_TRIED_TWICE else OF_DENSE


def _write(image: "Image", search: LosslessSearch) -> bytes:
    return libwebp.write_by_pillow(image, lossless=True, quality=search.quality, method=search.method)


def is_flat(image: "Image") -> bool:
    """Returns whether most pixels equal their left neighbours, by a sample of mode L, LA, RGB or RGBA."""
    from PIL import ImageChops

    sample = take_tiles(image, TILES, TILE_SIDE)
    first, *others = ImageChops.difference(sample, ImageChops.offset(sample, 1, 0)).split()
    for band in others:
        first = ImageChops.lighter(first, band)
    return 1 - first.histogram()[0] / (sample.width * sample.height) <= FLAT_SHARE
