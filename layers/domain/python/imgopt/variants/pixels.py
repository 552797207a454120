"""Calls `imgopt.transform` with the limits of the settings."""

from dataclasses import replace
from typing import TYPE_CHECKING

from imgopt.codecs.format import ImageHeader
from imgopt.errors import TooCostly, UnusableSource
from imgopt.image_urls.model import SecurityOptions
from imgopt.imaging.kinds import PictureKind
from imgopt.settings import settings
from imgopt.transform.options import TransformOptions
from imgopt.variants.model import VariantPlan

if TYPE_CHECKING:
    from imgopt.transform.description import Description
    from imgopt.transform.variant import TransformLimits, Variant


def make_pixels(
    data: bytes, image: ImageHeader, plan: VariantPlan, limits: SecurityOptions, watermark: bytes | None
) -> "Variant":
    """Makes a variant. Raises TooCostly where it takes longer than `url_seconds`, and the errors for invalid
    uploads.
    """
    from imgopt.transform.sandboxed import make_variant_sandboxed
    from imgopt.transform.variant import Output

    output = Output(plan.format, plan.quality, plan.target)
    return make_variant_sandboxed(data, image, with_opacity(plan.options), output, limits_of(limits), watermark)


def describe_pixels(data: bytes, image: ImageHeader, limits: SecurityOptions) -> "Description":
    """Describes a source. Raises UnusableSource where that takes too long."""
    from imgopt.transform.sandboxed import describe_sandboxed

    try:
        return describe_sandboxed(data, image, limits_of(limits))
    except TooCostly as error:
        raise UnusableSource(str(error)) from error


def order_by_size(kind: str, *, has_alpha: bool) -> tuple[str, ...]:
    from imgopt.transform.format_order import formats_by_kind

    return formats_by_kind(PictureKind(kind), has_alpha)


def with_opacity(options: TransformOptions) -> TransformOptions:
    """Multiplies the watermark's opacity by that of the settings."""
    if options.watermark is None:
        return options
    opacity = options.watermark.opacity * settings().url_watermark_opacity
    return replace(options, watermark=replace(options.watermark, opacity=opacity))


def limits_of(security: SecurityOptions) -> "TransformLimits":
    """Returns the limits: those of the URL, else those of the settings."""
    from imgopt.transform.variant import TransformLimits

    config = settings()
    return TransformLimits(
        pixels=security.max_src_resolution or config.url_max_source_pixels,
        frames=security.max_animation_frames or config.url_max_frames,
        frame_pixels=security.max_animation_frame_resolution or 0,
        file_bytes=most_bytes(security),
        result_side=security.max_result_dimension or 0,
        result_pixels=config.max_pixels,
        seconds=config.url_seconds,
    )


def most_bytes(security: SecurityOptions) -> int:
    return security.max_src_file_size or settings().max_upload_bytes
