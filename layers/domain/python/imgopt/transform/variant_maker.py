"""Makes a variant in this process."""

from dataclasses import replace
from typing import Any

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared import vips
from imgopt.errors import InvalidImage, InvalidRequest
from imgopt.imaging.geometry import Size
from imgopt.transform.animation import keeps_animation, write_animation
from imgopt.transform.drawings import clean_drawing, open_drawing
from imgopt.transform.gain_map import keep_gain_map
from imgopt.transform.options import TransformOptions
from imgopt.transform.pipeline import Transformation, scale_needed, transform_pixels
from imgopt.transform.profiles import PROFILED_WRITERS
from imgopt.transform.source_image import OpenedSource, open_as_jobs_do, open_source
from imgopt.transform.source_limits import check_source
from imgopt.transform.variant import Output, TransformLimits, Variant, VariantOrder
from imgopt.transform.watermarks import open_watermark
from imgopt.transform.writing import Written, write_picture, writer_of

# AVIF can't be smaller than this side. Without alpha the first format is used instead, with alpha the second.
SMALLEST_AVIF, INSTEAD_OF_AVIF = 16, ("jpg", "png")
PROFILE_DROPPED = "The colour profile was not kept: the result is in sRGB."
NO_THUMBNAIL = "Embedded thumbnails are not used: the image itself was read."
UNREADABLE_SOURCE = "The source image is damaged and can't be decoded."


def make_variant(  # noqa: PLR0913, PLR0917 - the source, and how it is transformed
    data: bytes,
    source: ImageHeader,
    options: TransformOptions,
    output: Output,
    limits: TransformLimits,
    watermark: bytes | None = None,
) -> Variant:
    """Makes a variant in the requested format. A vector image that stays one is only sanitized.

    Raises TooLarge before anything is decoded, InvalidImage where the source can't be decoded, InvalidRequest for a
    format that can't be written.
    """
    order = VariantOrder(data, source, options, output, limits, watermark)
    vector = FORMATS[source.format].vector
    if order.target.vector:
        if vector is None:
            raise InvalidRequest("A pixel image can't be written as SVG.")
        return clean_drawing(data, source, vector)
    writer_of(order.target)
    moves = keeps_animation(order)
    check_source(order, moves=moves)
    mark = open_watermark(watermark) if watermark and options.watermark else None
    wanted = Transformation(
        options,
        order.target,
        limits.result_side,
        most_pixels=limits.result_pixels,
        is_vector=vector is not None,
        mark=mark,
    )
    if not moves:
        return _make_still(order, wanted)
    made, size = write_animation(order, wanted)
    return _describe(made, order, size)


def _make_still(order: VariantOrder, wanted: Transformation) -> Variant:
    opened, pixels = _read(order, wanted)
    if order.output.format == "avif" and min(pixels.width, pixels.height) < SMALLEST_AVIF:
        order = replace(order, output=replace(order.output, format=INSTEAD_OF_AVIF[pixels.hasalpha()]))
    profile = opened.profile if _keeps_profile(opened, order) else None
    made = write_picture(pixels, order, opened.metadata, profile)
    made = keep_gain_map(made, order, wanted.plan(Size(order.source.width, order.source.height)))
    is_dropped = opened.profile is not None and not order.options.strip_color_profile and profile is None
    unused = NO_THUMBNAIL if order.options.enforce_thumbnail else None
    lost = filter(None, (opened.warning, PROFILE_DROPPED if is_dropped else None, unused))
    return _describe(replace(made, warnings=(*lost, *made.warnings)), order, (pixels.width, pixels.height))


def _read(order: VariantOrder, wanted: Transformation) -> tuple[OpenedSource, Any]:
    """Returns the opened source and the finished pixels. Where libvips fails, the source is decoded again as jobs do
    it.
    """
    opened = _open(order, wanted)
    try:
        return opened, _transform(opened, order, wanted)
    except vips.library().Error as error:
        if FORMATS[order.source.format].open_quickly is None:
            raise InvalidImage(UNREADABLE_SOURCE) from error
    opened = open_as_jobs_do(order.data, order.source, order.options)
    try:
        return opened, _transform(opened, order, wanted)
    except vips.library().Error as error:
        raise InvalidImage(UNREADABLE_SOURCE) from error


def _open(order: VariantOrder, wanted: Transformation) -> OpenedSource:
    own = Size(order.source.width, order.source.height)
    if vector := FORMATS[order.source.format].vector:
        return open_drawing(order.data, own, vector, wanted, order.limits.pixels)
    return open_source(order.data, order.source, order.options, scale_needed(own, wanted))


def _transform(opened: OpenedSource, order: VariantOrder, wanted: Transformation) -> Any:
    return transform_pixels(opened, replace(wanted, keeps_profile=_keeps_profile(opened, order)))


def _keeps_profile(opened: OpenedSource, order: VariantOrder) -> bool:
    """Returns whether the colours may stay in the source's profile. Trimming needs sRGB."""
    options = order.options
    is_kept = not options.strip_color_profile and not options.trim
    return opened.profile is not None and is_kept and order.output.format in PROFILED_WRITERS


def _describe(made: Written, order: VariantOrder, size: tuple[int, int]) -> Variant:
    return Variant(
        *(made.data, order.output.format, *size, order.source.width, order.source.height),
        quality=made.quality,
        score=made.score,
        warnings=made.warnings,
    )
