"""How much an image loses where its colour has half the resolution."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from imgopt.codecs.shared.sampling import take_tiles

if TYPE_CHECKING:
    from PIL.Image import Image

# A large image is judged by tiles spread evenly over it, so many each way.
TILES, TILE_SIDE = 4, 128
# A share of a quarter of them that is so much smaller than what is tolerated stays below that with all of them.
FAR_BELOW = 0.4
MIDDLE = 128
# In steps of 0-255 of a chroma channel. Of several measures, the share above it tells best which JPEGs are smaller
# with full chroma at the same SSIMULACRA2.
SHOWS = 12
# A page: so much of the sample is neutral, as paper and greys are, and hardly ever photographs.
NEUTRAL, PAGE_SHARE = 1, 0.4
# Coloured things on a page are looked for in blocks of so many pixels each way, and judged in areas of so many blocks.
BLOCK, AREA, MOST_AREAS, FAINT = 4, 32, 8, 8
# They lose their colour where so many pixels of an area change by so much, and so large a share of those of any colour.
LOST, LEAST_LOST, LOST_SHARE = 30, 24, 0.25


def visible_chroma_loss(image: "Image") -> float:
    """The share of pixels, 0-1, whose colour visibly changes where its resolution is halved.

    For mode L, LA, RGB or RGBA. Most photos lie below 0.01, saturated drawings and coloured text at 0.02-0.2.
    """
    return max(map(_changed_share, _sample_chroma(image)), default=0.0)


def exceeds_chroma_loss(image: "Image", tolerated: float) -> bool:
    """Whether that share is larger. A quarter of the pixels decides where it is far from being so."""
    few = max(map(_changed_share, _sample_chroma(image, TILE_SIDE // 2)), default=0.0)
    return few > FAR_BELOW * tolerated and visible_chroma_loss(image) > tolerated


def seems_to_exceed_chroma_loss(image: "Image", tolerated: float) -> bool:
    """The same by a sixteenth of the pixels, whatever these say."""
    return max(map(_changed_share, _sample_chroma(image, TILE_SIDE // 4)), default=0.0) > tolerated


def needs_full_chroma(image: "Image", tolerated: float) -> bool:
    """Whether so large a share changes visibly, or something small and coloured on a page turns grey.

    For the modes above. The latter is decided by the area that loses most of its colour.
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
    """By one pixel in four."""
    from PIL.Image import Resampling

    few = [each.resize((-(-each.width // 2), -(-each.height // 2)), Resampling.NEAREST) for each in chroma]
    neutral = [sum(each.histogram()[MIDDLE - NEUTRAL : MIDDLE + NEUTRAL + 1]) for each in few]
    return bool(few) and min(neutral) >= PAGE_SHARE * few[0].width * few[0].height


def _most_colorful_areas(image: "Image") -> "Iterator[Image]":
    """Parts of the image in its own resolution, those with most edges between colours."""
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
    return sum(_changes(channel)[SHOWS:]) / (channel.width * channel.height)


def _changes(channel: "Image") -> list[int]:
    """How many pixels change by how much where the channel is halved."""
    from PIL import ImageChops
    from PIL.Image import Resampling

    halved = channel.reduce(2).resize(channel.size, Resampling.BILINEAR)
    return ImageChops.difference(channel, halved).histogram()
