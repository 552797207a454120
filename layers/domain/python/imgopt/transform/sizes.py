"""Computes sizes and places for image URLs, as imgproxy does, without pixels.

Sizes are rounded half up, paddings and offsets half to even. Without `enlarge`, an image is only enlarged by
`min_width` and `min_height`, and `dpr` counts as far as the source's size allows.
"""

import math
from dataclasses import dataclass

from imgopt.imaging.geometry import Size
from imgopt.transform.options import Gravity, GravityType, Padding, ResizingType, TransformOptions

# The value of a crop's or target's side that isn't given.
ALL_OF_A_SIDE = 0
NORTHERN = frozenset({GravityType.NORTH, GravityType.NORTH_EAST, GravityType.NORTH_WEST})
SOUTHERN = frozenset({GravityType.SOUTH, GravityType.SOUTH_EAST, GravityType.SOUTH_WEST})
EASTERN = frozenset({GravityType.EAST, GravityType.NORTH_EAST, GravityType.SOUTH_EAST})
WESTERN = frozenset({GravityType.WEST, GravityType.NORTH_WEST, GravityType.SOUTH_WEST})


@dataclass(frozen=True)
class TransformSizes:
    """How an image of one size is transformed after orientation: in pixels, where 0 means the whole side.

    The part of `crop_width` x `crop_height` is scaled to `scaled`. Of that, `cut_width` x `cut_height` are kept. They
    are put on `target_width` x `target_height` for `extend`, or on `shape`, which has the target's proportions. `dpr`
    multiplies paddings and offsets.
    """

    crop_width: int
    crop_height: int
    scaled: Size
    cut_width: int
    cut_height: int
    target_width: int
    target_height: int
    shape: Size | None
    dpr: float


def plan_transform(
    source: Size, options: TransformOptions, *, is_vector: bool = False, largest: int = 0
) -> TransformSizes:
    """Plans the transformation of a source, by its size after orientation. A vector image is enlarged without
    `enlarge`.

    A result with a side longer than `largest` is reduced as a whole.
    """
    crop_width, crop_height = crop_side(source.width, options.crop.width), crop_side(source.height, options.crop.height)
    kept = Size(_least_given(crop_width, source.width), _least_given(crop_height, source.height))
    shrinks = _shrinks(kept, options, is_vector=is_vector)
    sizes = _size(crop_width, crop_height, kept, shrinks, options)
    longest = max(measure_result(sizes, options))
    if not largest or longest <= largest:
        return sizes
    shrink_x, shrink_y, dpr = shrinks
    by = longest / largest
    smaller = min(shrink_x * by, kept.width), min(shrink_y * by, kept.height), dpr / by
    return _size(crop_width, crop_height, kept, smaller, options)


def _size(
    crop_width: int, crop_height: int, kept: Size, shrinks: tuple[float, float, float], options: TransformOptions
) -> TransformSizes:
    shrink_x, shrink_y, dpr = shrinks
    scaled = Size(max(1, round_half_up(kept.width / shrink_x)), max(1, round_half_up(kept.height / shrink_y)))
    target_width = round_half_up(options.width * dpr * options.zoom_x)
    target_height = round_half_up(options.height * dpr * options.zoom_y)
    cut_width, cut_height = _cut(scaled, target_width, target_height, options)
    cut = Size(_least_given(cut_width, scaled.width), _least_given(cut_height, scaled.height))
    shape = _shape(cut, target_width, target_height) if options.extend_aspect_ratio else None
    return TransformSizes(
        crop_width, crop_height, scaled, cut_width, cut_height, target_width, target_height, shape=shape, dpr=dpr
    )


def measure_result(sizes: TransformSizes, options: TransformOptions) -> tuple[int, int]:
    """Returns width and height with padding."""
    width, height = (
        _least_given(sizes.cut_width, sizes.scaled.width),
        _least_given(sizes.cut_height, sizes.scaled.height),
    )
    if options.extend:
        width, height = max(width, sizes.target_width), max(height, sizes.target_height)
    if sizes.shape:
        width, height = max(width, sizes.shape.width), max(height, sizes.shape.height)
    top, right, bottom, left = scale_padding(options.padding, sizes.dpr)
    return width + left + right, height + top + bottom


def scale_padding(padding: Padding, dpr: float) -> tuple[int, int, int, int]:
    """Returns pixels at the top, right, bottom and left."""
    top, right, bottom, left = (
        round(each * dpr) for each in (padding.top, padding.right, padding.bottom, padding.left)
    )
    return top, right, bottom, left


def crop_side(whole: int, requested: float) -> int:
    """Returns the pixels of a side that a crop keeps; below 1, `requested` is a fraction of the whole."""
    if requested >= 1:
        return int(requested)
    return max(1, round_half_up(whole * requested)) if requested else ALL_OF_A_SIDE


def _shrinks(kept: Size, options: TransformOptions, *, is_vector: bool) -> tuple[float, float, float]:
    """Returns the divisors of width and height, and the effective `dpr`."""
    shrink_x, shrink_y = _shrinks_to_target(kept, options)
    shrink_x, shrink_y, dpr = shrink_x / options.zoom_x, shrink_y / options.zoom_y, options.dpr
    if not options.enlarge and not is_vector:
        least = min(shrink_x, shrink_y)
        if least < 1:
            shrink_x, shrink_y = shrink_x / least, shrink_y / least
            dpr = dpr if options.extend else dpr / least
        dpr = min(dpr, shrink_x, shrink_y)
    shrink_x, shrink_y = _hold_minimum(kept.width, options.min_width, shrink_x, shrink_y)
    shrink_y, shrink_x = _hold_minimum(kept.height, options.min_height, shrink_y, shrink_x)
    return min(shrink_x / dpr, kept.width), min(shrink_y / dpr, kept.height), dpr


def _shrinks_to_target(kept: Size, options: TransformOptions) -> tuple[float, float]:
    width, height = options.width or kept.width, options.height or kept.height
    across, down = kept.width / width, kept.height / height
    kind = _resizing_type(kept, width, height, options)
    if kind is ResizingType.FORCE or across == down == 1:
        return across, down
    if not options.width:
        return down, down
    if not options.height:
        return across, across
    shrink = max(across, down) if kind is ResizingType.FIT else min(across, down)
    return shrink, shrink


def _resizing_type(kept: Size, width: int, height: int, options: TransformOptions) -> ResizingType:
    """Returns the resizing type for `auto`: fill where source and target have the same orientation. A square counts as
    landscape.
    """
    if options.resizing_type is not ResizingType.AUTO:
        return options.resizing_type
    is_alike = (kept.width >= kept.height) == (width >= height)
    return ResizingType.FILL if is_alike else ResizingType.FIT


def _hold_minimum(side: int, minimum: int, shrink: float, other: float) -> tuple[float, float]:
    """Returns both divisors, reduced where the side would fall below its minimum."""
    most = side / minimum if minimum else math.inf
    return (most, other * most / shrink) if most < shrink else (shrink, other)


def _cut(scaled: Size, width: int, height: int, options: TransformOptions) -> tuple[int, int]:
    """Returns the kept size of the scaled image; for `fill-down`, with the target's proportions where it is
    too small.
    """
    if options.resizing_type is not ResizingType.FILL_DOWN or options.enlarge:
        return width, height
    lack_x, lack_y = width / scaled.width, height / scaled.height
    if lack_x > lack_y and lack_x > 1:
        return scaled.width, round_half_up(scaled.width * height / width)
    if lack_y > lack_x and lack_y > 1:
        return round_half_up(scaled.height * width / height), scaled.height
    return width, height


def _shape(cut: Size, width: int, height: int) -> Size | None:
    """Returns the smallest size that contains the image and has the target's proportions; None where the image has
    them.
    """
    if not width or not height:
        return None
    lack_x, lack_y = width / cut.width, height / cut.height
    if lack_y > lack_x:
        return Size(cut.width, round_half_up(cut.width * height / width))
    return Size(round_half_up(cut.height * width / height), cut.height) if lack_x > lack_y else None


def place_inside(outer: Size, inner: Size, gravity: Gravity, dpr: float, *, overhangs: bool = False) -> tuple[int, int]:
    """Returns left and top of `inner` in `outer`. It stays inside; with `overhangs`, at least one pixel of it does."""
    if gravity.type is GravityType.FOCUS_POINT:
        left = round(outer.width * gravity.x) - inner.width // 2
        top = round(outer.height * gravity.y) - inner.height // 2
    else:
        by_x, by_y = offset(outer.width, gravity.x, dpr), offset(outer.height, gravity.y, dpr)
        left = _start(outer.width - inner.width, gravity.type, (WESTERN, EASTERN), by_x)
        top = _start(outer.height - inner.height, gravity.type, (NORTHERN, SOUTHERN), by_y)
    return (
        _clamp(left, outer.width, inner.width, overhangs=overhangs),
        _clamp(top, outer.height, inner.height, overhangs=overhangs),
    )


def _start(room: int, kind: GravityType, edges: tuple[frozenset[GravityType], frozenset[GravityType]], by: int) -> int:
    """Returns the start along one side. `room` is the free length; `edges` are the gravities at its beginning and its
    end.
    """
    first, last = edges
    if kind in first:
        return by
    return room - by if kind in last else round((room + 1) / 2) + by


def _clamp(start: int, outer: int, inner: int, *, overhangs: bool) -> int:
    least, most = (1 - inner, outer - 1) if overhangs else (0, outer - inner)
    return max(least, min(start, most))


def offset(whole: int, requested: float, dpr: float) -> int:
    """Returns the pixels of an offset; below 1, `requested` is a fraction of the whole side."""
    return round(requested * dpr) if abs(requested) >= 1 else round(whole * requested)


def round_half_up(value: float) -> int:
    """Rounds a positive number half up, as sizes are rounded."""
    return math.floor(value + 0.5)


def _least_given(requested: int, there: int) -> int:
    return min(requested, there) if requested else there
