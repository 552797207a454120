"""Options for the pixels, and for their encoding."""

from collections.abc import Sequence
from dataclasses import replace

from imgopt.image_urls.arguments import (
    at_most,
    only_argument,
    show,
    to_boolean,
    to_byte,
    to_color,
    to_format,
    to_natural,
    to_number,
    to_positive,
    to_quality,
    to_share,
)
from imgopt.image_urls.gravities import OF_WATERMARKS, to_gravity_type
from imgopt.image_urls.model import RequestedOptions
from imgopt.image_urls.url_option import UrlOption, of_pixels, pixel_field, read_arguments
from imgopt.imaging.targets import target_score
from imgopt.transform.options import GravityType, Rgb, Watermark

FACTORS = {"2": 2, "3": 3, "4": 4}
OFFSET_READERS = (("x", to_number), ("y", to_number))


def apply_background(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    """Sets a background colour. A later option without a colour doesn't remove it."""
    if len(arguments) == 3:
        red, green, blue = map(to_byte, arguments)
        return of_pixels(requested, background=(red, green, blue))
    if len(arguments) != 1:
        raise ValueError("use a colour as RRGGBB, or three numbers")
    color: Rgb | None = to_color(arguments[0]) if arguments[0] else None
    return of_pixels(requested, background=color)


def apply_watermark(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    if any(at_most(arguments, 7)[5:]):
        raise ValueError("use at most 5 arguments that are not empty")
    opacity, place, *offsets, scale = (*arguments, "", "", "", "")[:5]
    before = requested.transform.watermark or Watermark(0)
    kind: GravityType = to_gravity_type(place, OF_WATERMARKS) if place else before.gravity.type
    changed = Watermark(
        to_share(opacity),
        replace(before.gravity, type=kind, **read_arguments(offsets, *OFFSET_READERS)),
        to_positive(scale) if scale else before.scale,
    )
    return of_pixels(requested, watermark=changed)


def apply_format_quality(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    if len(arguments) % 2:
        raise ValueError("use pairs of a format and a quality")
    pairs = zip(map(to_format, arguments[::2]), map(to_quality, arguments[1::2]), strict=True)
    known = requested.transform.format_quality | dict(pairs)
    return of_pixels(requested, format_quality={name: quality for name, quality in known.items() if quality})


def to_target(text: str) -> float:
    try:
        return target_score(text)
    except ValueError as error:
        raise ValueError(f"{show(text)} is not a target. {error}") from error


def apply_upscale(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    if (text := only_argument(arguments)) not in FACTORS:
        raise ValueError(f"{show(text)} is not one of {', '.join(FACTORS)}")
    return of_pixels(requested, upscale=FACTORS[text])


APPEARANCE = (
    UrlOption("background", ("bg",), "color", "", apply_background),
    UrlOption("blur", ("bl",), "sigma", "0", pixel_field("blur", to_positive)),
    UrlOption("sharpen", ("sh",), "sigma", "0", pixel_field("sharpen", to_positive)),
    UrlOption("pixelate", ("pix",), "pixels", "0", pixel_field("pixelate", to_natural)),
    UrlOption("watermark", ("wm",), "opacity:position:x:y:scale", "0", apply_watermark),
    UrlOption("strip_metadata", ("sm",), "boolean", "1", pixel_field("strip_metadata", to_boolean)),
    UrlOption("keep_copyright", ("kcr",), "boolean", "1", pixel_field("keep_copyright", to_boolean)),
    UrlOption("strip_color_profile", ("scp",), "boolean", "1", pixel_field("strip_color_profile", to_boolean)),
    UrlOption("preserve_hdr", ("ph",), "boolean", "0", pixel_field("preserve_hdr", to_boolean)),
    UrlOption("enforce_thumbnail", ("eth",), "boolean", "0", pixel_field("enforce_thumbnail", to_boolean)),
    UrlOption("quality", ("q",), "0-100", "0", pixel_field("quality", to_quality)),
    UrlOption("format_quality", ("fq",), "format:0-100:…", "", apply_format_quality),
    UrlOption("max_bytes", ("mb",), "bytes", "0", pixel_field("max_bytes", to_natural)),
    UrlOption("format", ("f", "ext"), "format", "", pixel_field("format", to_format)),
    UrlOption("target", (), "score", "", pixel_field("target", to_target)),
    UrlOption("upscale", (), "2, 3 or 4", "", apply_upscale),
)
