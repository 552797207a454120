"""Measures the visible loss of an image by halved chroma resolution."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from imgopt.codecs.shared.sampling import take_tiles

if TYPE_CHECKING:
    from PIL.Image import Image

# Large images are judged by this many tiles in each direction, spread evenly.
TILES, TILE_SIDE = 4, 128
# Where a quarter of the tiles' pixels loses less than this share of the tolerance, all of them stay below it.
FAR_BELOW = 0.4
MIDDLE = 128
# Of 255 in a chroma channel. Of several measures, the share of pixels above it predicts best which JPEGs are smaller
# with full chroma at equal SSIMULACRA2.
VISIBLE_DIFFERENCE = 12
# A page (such as a screenshot): this share of the sample is neutral, as paper and greys are, which is rare in
# photographs.
NEUTRAL, PAGE_SHARE = 1, 0.4
# Coloured details of a page are searched in blocks of this many pixels, and judged in areas of this many blocks.
BLOCK, AREA, MOST_AREAS, FAINT = 4, 32, 8, 8
# Details lose their colour where in an area this many pixels, and this share of the coloured ones, change by this much.
LOST, LEAST_LOST, LOST_SHARE = 30, 24, 0.25


def visible_chroma_loss(image: "Image") -> float:
    """Returns the share of pixels, 0 to 1, whose colour changes visibly with halved chroma resolution.

    For mode L, LA, RGB or RGBA. Most photos are below 0.01, saturated drawings and coloured text at 0.02 to 0.2.
    """
    return max(map(_changed_share, _sample_chroma(image)), default=0.0)


def exceeds_chroma_loss(image: "Image", tolerated: float) -> bool:
    """Returns whether that share exceeds the tolerance. Where a quarter of the pixels is far below it, the others
    aren't examined.
    """
    few = max(map(_changed_share, _sample_chroma(image, TILE_SIDE // 2)), default=0.0)
    return few > FAR_BELOW * tolerated and visible_chroma_loss(image) > tolerated


def seems_to_exceed_chroma_loss(image: "Image", tolerated: float) -> bool:
    """Like `exceeds_chroma_loss`, judged by a sixteenth of the pixels only."""
    return max(map(_changed_share, _sample_chroma(image, TILE_SIDE // 4)), default=0.0) > tolerated


def needs_full_chroma(image: "Image", tolerated: float) -> bool:
    """Returns whether too large a share changes visibly, or a small coloured detail of a page loses its colour.

    For the same modes. The details are judged by the area that loses the most colour.
    """
    chroma = _sample_chroma(image)
    if max(map(_changed_share, chroma), default=0.0) > tolerated:
        return True
    return _is_page(chroma) and any(map(_loses_its_colors, _most_colorful_areas(image)))


def _sample_chroma(image: "Image", side: int = TILE_SIDE) -> "Sequence[Image]":
    if image.mode in ("L", "LA"):
        return ()
    return _chroma_of(take_tiles(image, TILES, side))


def _chroma_of(image: "Image") -> "Sequence[Image]":
    colors = (image if image.mode == "RGB" else image.convert("RGB")).convert("YCbCr")
    return colors.getchannel("Cb"), colors.getchannel("Cr")


def _is_page(chroma: "Sequence[Image]") -> bool:
    """Judges by one pixel in four."""
    from PIL.Image import Resampling

    few = [each.resize((-(-each.width // 2), -(-each.height // 2)), Resampling.NEAREST) for each in chroma]
    neutral = [sum(each.histogram()[MIDDLE - NEUTRAL : MIDDLE + NEUTRAL + 1]) for each in few]
    return bool(few) and min(neutral) >= PAGE_SHARE * few[0].width * few[0].height


def _most_colorful_areas(image: "Image") -> "Iterator[Image]":
    """Yields the parts of the image, at full resolution, with the most edges between colours."""
    from PIL import ImageChops

    blocks = _chroma_of(image.reduce(BLOCK))
    if not any(map(_has_edges, blocks)):
        return
    edges = [ImageChops.difference(each, ImageChops.offset(each, 1, 0)).point(_from(FAINT)) for each in blocks]
    areas = ImageChops.lighter(*edges).reduce(AREA)
    busy = sorted(((value, number) for number, value in enumerate(areas.tobytes()) if value), reverse=True)
    side = BLOCK * AREA
    for _, number in busy[:MOST_AREAS]:
        left, top = number % areas.width * side, number // areas.width * side
        yield image.crop((left, top, min(left + side, image.width), min(top + side, image.height)))


def _has_edges(blocks: "Image") -> bool:
    lowest, highest = blocks.getextrema()
    return bool(highest - lowest >= FAINT)  # type: ignore[operator]  # numbers, of one band


def _loses_its_colors(area: "Image") -> bool:
    return any(map(_is_lost, _chroma_of(area)))


def _is_lost(channel: "Image") -> bool:
    lowest, highest = channel.getextrema()
    if highest - lowest < LOST:  # type: ignore[operator]  # numbers, of one band
        return False
    counts = channel.histogram()
    colored = sum(counts[: MIDDLE - LOST]) + sum(counts[MIDDLE + LOST :])
    lost = sum(_changes(channel)[LOST:])
    return lost >= LEAST_LOST and lost >= LOST_SHARE * colored


def _from(least: int) -> list[int]:
    return [0] * least + [255] * (256 - least)


def _changed_share(channel: "Image") -> float:
    return sum(_changes(channel)[VISIBLE_DIFFERENCE:]) / (channel.width * channel.height)


def _changes(channel: "Image") -> list[int]:
    """Returns a histogram of the pixels' changes where the channel is halved."""
    from PIL import ImageChops
    from PIL.Image import Resampling

    halved = channel.reduce(2).resize(channel.size, Resampling.BILINEAR)
    return ImageChops.difference(channel, halved).histogram()
