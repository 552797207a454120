"""Watermarks: a picture that is put on the result."""

from io import BytesIO
from typing import Any

from imgopt.codecs.format import Limits
from imgopt.codecs.header import read_header
from imgopt.imaging.geometry import Size
from imgopt.transform.operations import embed, scale_to, size_of, to_rgb
from imgopt.transform.options import GravityType, ResizingType, TransformOptions, Watermark
from imgopt.transform.orientation import turn_for
from imgopt.transform.sizes import offset, place_inside, plan_transform
from imgopt.transform.source_image import open_source, to_srgb

OF_A_WATERMARK = Limits(pixels=16_000_000, frames=1000, animation_pixels=400_000_000)


def open_watermark(data: bytes) -> Any:
    """Opens the picture in sRGB with alpha, upright. Raises the errors of any image."""
    source = read_header(BytesIO(data), OF_A_WATERMARK)
    plain = TransformOptions(strip_metadata=True, keep_copyright=False)
    opened = open_source(data, source, plain, 1)
    upright = turn_for(opened.orientation, plain).apply(to_srgb(opened.pixels, opened.profile))
    return _with_alpha(upright)


def put_watermark(pixels: Any, mark: Any, wanted: Watermark, dpr: float) -> Any:
    """Puts the watermark on a picture. Elsewhere the picture's transparency stays."""
    whole = size_of(pixels)
    sized = _size(mark, whole, wanted)
    if wanted.gravity.type is GravityType.REPLICATE:
        over, place = _repeat(sized, whole, wanted, dpr), (0, 0)
    else:
        over, place = sized, place_inside(whole, size_of(sized), wanted.gravity, dpr, overhangs=True)
    faded = over * [1, 1, 1, wanted.opacity]
    below = to_rgb(pixels)
    made = below.composite2(faded.rint().cast("uchar").copy(interpretation="srgb"), "over", x=place[0], y=place[1])
    seen = made.rint().cast("uchar").copy(interpretation="srgb")
    return (seen if pixels.hasalpha() else seen[:3]).copy_memory()


def _size(mark: Any, whole: Size, wanted: Watermark) -> Any:
    """Scales the watermark to its fraction of the result."""
    if not wanted.scale:
        return mark
    width, height = (max(1, round(side * wanted.scale)) for side in (whole.width, whole.height))
    options = TransformOptions(ResizingType.FIT, width=width, height=height, enlarge=True)
    return scale_to(mark, plan_transform(size_of(mark), options).scaled)


def _repeat(mark: Any, whole: Size, wanted: Watermark, dpr: float) -> Any:
    """Repeats the watermark over the whole result, one in the centre, spaced by the offsets."""
    between = Size(
        offset(whole.width, wanted.gravity.x, dpr) + mark.width,
        offset(whole.height, wanted.gravity.y, dpr) + mark.height,
    )
    tile = embed(mark, between, ((between.width - mark.width) // 2, (between.height - mark.height) // 2))
    across, down = _odd_count(whole.width, tile.width), _odd_count(whole.height, tile.height)
    tiles = tile.copy_memory().replicate(across, down)
    left, top = (tiles.width - whole.width) // 2, (tiles.height - whole.height) // 2
    return tiles.crop(left, top, whole.width, whole.height)


def _odd_count(whole: int, tile: int) -> int:
    return 2 * -(-(whole - tile) // (2 * tile)) + 1 if whole > tile else 1


def _with_alpha(pixels: Any) -> Any:
    colors = to_rgb(pixels)
    return (colors if colors.hasalpha() else colors.addalpha()).copy_memory()
