"""Applies the options of an image URL to a picture, in imgproxy's order."""

from dataclasses import dataclass, replace
from typing import Any

from imgopt.codecs.format import Format
from imgopt.codecs.shared import vips
from imgopt.codecs.shared.color import WHITE
from imgopt.errors import InvalidRequest, TooLarge
from imgopt.imaging.geometry import Size
from imgopt.transform.operations import (
    apply_effects,
    crop_to,
    embed,
    extend_canvas,
    put_on_color,
    scale_to,
    size_of,
    trim_border,
)
from imgopt.transform.options import TransformOptions
from imgopt.transform.orientation import Turn, turn_for
from imgopt.transform.sizes import TransformSizes, measure_result, plan_transform, round_half_up, scale_padding
from imgopt.transform.source_image import OpenedSource, to_srgb
from imgopt.transform.variant import TransformLimits
from imgopt.transform.watermarks import put_watermark

NOT_MADE = "The options can't be applied to this image. Use smaller values, for example for blur."
# For formats without a limit of their own, or with a larger one.
LONGEST_SIDE = 65_535


@dataclass(frozen=True)
class Transformation:
    """How the pixels of a source are transformed for a file of the target format.

    `largest` is the longest allowed side of a result, 0 for no limit; `most_pixels` is its largest number of pixels.
    `mark` is the result of `open_watermark`.
    """

    options: TransformOptions
    target: Format
    largest: int = 0
    most_pixels: int = TransformLimits.result_pixels
    is_vector: bool = False
    keeps_profile: bool = False
    mark: Any = None

    def plan(self, source: Size) -> TransformSizes:
        return plan_transform(source, self.options, is_vector=self.is_vector, largest=self.largest)


def transform_pixels(opened: OpenedSource, wanted: Transformation) -> Any:
    """Returns the transformed picture: a vips image in memory, as the target format needs it.

    Raises pyvips' Error for a damaged source, TooLarge for too large a result, and InvalidRequest for options that
    can't be applied to a valid source.
    """
    options = wanted.options
    if options.trim:
        opened = _trim(opened, options)
    turn = turn_for(opened.orientation, options)
    sizes = wanted.plan(_swap_sides(opened.size, turn))
    _check_result(sizes, wanted)
    cropped = _crop(opened, sizes, turn, options)
    scaled = scale_to(cropped, _swap_sides(sizes.scaled, turn))
    plain = to_srgb(scaled, None if wanted.keeps_profile else opened.profile)
    turned = _turn(plain, turn, options)
    try:
        cut = crop_to(turned, sizes.cut_width, sizes.cut_height, options.gravity, sizes.dpr)
        return _finish(_surround(apply_effects(cut, options), sizes, options), sizes, wanted)
    except vips.library().Error as error:  # the source has been decoded, so that the error comes from the options
        raise InvalidRequest(NOT_MADE) from error


def _check_result(sizes: TransformSizes, wanted: Transformation) -> None:
    """Raises TooLarge before anything is made, also for pixels that are cropped later."""
    scaled, (width, height) = sizes.scaled, measure_result(sizes, wanted.options)
    if max(scaled.pixels, width * height) > wanted.most_pixels:
        raise TooLarge(
            f"The result would be too large: {max(scaled.width, width)} x {max(scaled.height, height)} pixels."
            f" At most {wanted.most_pixels / 1000000:g} megapixels are allowed."
        )


def scale_needed(source: Size, wanted: Transformation) -> float:
    """Returns the scale at which a source must be decoded, 1 for all pixels. Trimming needs all pixels."""
    if wanted.options.trim:
        return 1.0
    sizes = wanted.plan(source)
    kept_width, kept_height = (sizes.crop_width or source.width), (sizes.crop_height or source.height)
    return max(
        sizes.scaled.width / min(kept_width, source.width), sizes.scaled.height / min(kept_height, source.height)
    )


def _trim(opened: OpenedSource, options: TransformOptions) -> OpenedSource:
    plain = to_srgb(opened.pixels, opened.profile)
    trimmed = trim_border(plain, options.trim) if options.trim else plain
    return replace(opened, pixels=trimmed, size=size_of(trimmed), profile=None)


def _swap_sides(size: Size, turn: Turn) -> Size:
    return Size(size.height, size.width) if turn.swaps_sides else size


def _crop(opened: OpenedSource, sizes: TransformSizes, turn: Turn, options: TransformOptions) -> Any:
    """Crops by pixels of the source, scaled to the decoded pixels."""
    wide, high = sizes.crop_width, sizes.crop_height
    if turn.swaps_sides:
        wide, high = high, wide
    width, height = (max(1, round_half_up(side * opened.shrunk)) if side else 0 for side in (wide, high))
    gravity = turn.gravity_before(options.crop.gravity or options.gravity)
    return crop_to(opened.pixels, width, height, gravity, opened.shrunk)


def _turn(pixels: Any, turn: Turn, options: TransformOptions) -> Any:
    turned = turn.apply(pixels)
    if options.flip_horizontal:
        turned = turned.fliphor()
    if options.flip_vertical:
        turned = turned.flipver()
    return turned.copy_memory()


def _surround(pixels: Any, sizes: TransformSizes, options: TransformOptions) -> Any:
    if options.extend:
        canvas = Size(sizes.target_width or pixels.width, sizes.target_height or pixels.height)
        pixels = extend_canvas(pixels, canvas, options.extend.gravity, sizes.dpr)
    if options.extend_aspect_ratio and sizes.shape:
        pixels = extend_canvas(pixels, sizes.shape, options.extend_aspect_ratio.gravity, sizes.dpr)
    top, right, bottom, left = scale_padding(options.padding, sizes.dpr)
    if not any((top, right, bottom, left)):
        return pixels
    return embed(pixels, Size(pixels.width + left + right, pixels.height + top + bottom), (left, top))


def _finish(pixels: Any, sizes: TransformSizes, wanted: Transformation) -> Any:
    options, sized = wanted.options, _hold_side(pixels, wanted.target)
    if options.background or not wanted.target.keeps_alpha:
        sized = put_on_color(sized, options.background or WHITE)
    if wanted.mark is not None and options.watermark:
        sized = put_watermark(sized.copy_memory(), wanted.mark, options.watermark, sizes.dpr)
    return sized.copy_memory()


def _hold_side(pixels: Any, target: Format) -> Any:
    """Reduces the picture where it exceeds the format's longest side."""
    most = min(LONGEST_SIDE, max(target.encode_set.sides) if target.encode_set else target.largest_side)
    longest = max(pixels.width, pixels.height)
    if longest <= most:
        return pixels
    width, height = (max(1, round_half_up(side * most / longest)) for side in (pixels.width, pixels.height))
    return scale_to(pixels, Size(width, height))
