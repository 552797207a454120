"""Options for size, crop and orientation."""

from collections.abc import Sequence
from dataclasses import replace

from imgopt.image_urls.arguments import (
    at_most,
    only_argument,
    show,
    to_boolean,
    to_color,
    to_natural,
    to_not_negative,
    to_number,
    to_positive,
    to_whole,
)
from imgopt.image_urls.gravities import OF_CROPS, OF_EXTENDING, to_gravity
from imgopt.image_urls.model import RequestedOptions
from imgopt.image_urls.url_option import Apply, UrlOption, of_pixels, pixel_field, read_arguments
from imgopt.transform.options import Crop, Extend, Gravity, Padding, ResizingType, Trim

# Arguments of `size`, before those of `extend`.
SIZE_READERS = (("width", to_natural), ("height", to_natural), ("enlarge", to_boolean))


def to_resizing_type(text: str) -> ResizingType:
    if text not in list(ResizingType):
        raise ValueError(f"{show(text)} is not one of {', '.join(ResizingType)}")
    return ResizingType(text)


def apply_resize(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    kind, *size_arguments = at_most(arguments, 8)
    typed = of_pixels(requested, resizing_type=to_resizing_type(kind)) if kind else requested
    return apply_size(typed, size_arguments)


def apply_size(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    sides, extending = at_most(arguments, 7)[:3], arguments[3:]
    sized = of_pixels(requested, **read_arguments(sides, *SIZE_READERS))
    return EXTEND(sized, extending) if extending and extending[0] else sized


def extend_option(name: str) -> Apply:
    def apply(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
        is_on, *place = at_most(arguments, 4)
        before = getattr(requested.transform, name) or Extend()
        gravity = to_gravity(place, before.gravity, OF_EXTENDING) if place else before.gravity
        return of_pixels(requested, **{name: Extend(gravity) if to_boolean(is_on) else None})

    return apply


EXTEND = extend_option("extend")


def apply_zoom(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    x, *rest = map(to_positive, at_most(arguments, 2))
    return of_pixels(requested, zoom_x=x, zoom_y=rest[0] if rest else x)


def apply_gravity(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    return of_pixels(requested, gravity=to_gravity(arguments, requested.transform.gravity, OF_CROPS))


def apply_crop(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    width, *height = map(to_not_negative, arguments[:2])
    before = requested.transform.crop
    changed: Crop = replace(before, width=width, height=height[0] if height else before.height)
    if place := arguments[2:]:
        changed = replace(changed, gravity=to_gravity(place, changed.gravity or Gravity(), OF_CROPS))
    return of_pixels(requested, crop=changed)


def apply_trim(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    """Sets trimming, which is off without a threshold."""
    threshold, color, *flags = (*at_most(arguments, 4), "", "")[:4]
    before = requested.transform.trim or Trim(0)
    changes = read_arguments(flags, ("equal_horizontal", to_boolean), ("equal_vertical", to_boolean))
    changed = replace(before, color=to_color(color) if color else None, **changes)
    return of_pixels(requested, trim=replace(changed, threshold=to_number(threshold)) if threshold else None)


def apply_padding(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    """Sets the padding. Missing sides equal the opposite side, or the top; an empty top keeps its value."""
    top, right, bottom, left = (*at_most(arguments, 4), "", "", "")[:4]
    above = to_natural(top) if top else requested.transform.padding.top
    beside = to_natural(right) if right else above
    below = to_natural(bottom) if bottom else above
    return of_pixels(requested, padding=Padding(above, beside, below, to_natural(left) if left else beside))


def apply_rotate(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    angle = to_whole(only_argument(arguments))
    if angle % 90:
        raise ValueError(f"{show(arguments[0])} is not a multiple of 90")
    return of_pixels(requested, rotate=angle % 360)


def apply_flip(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    return of_pixels(
        requested,
        **read_arguments(at_most(arguments, 2), ("flip_horizontal", to_boolean), ("flip_vertical", to_boolean)),
    )


SIZING = (
    UrlOption("resize", ("rs",), "type:width:height:enlarge:extend:gravity:x:y", "", apply_resize),
    UrlOption("size", ("s",), "width:height:enlarge:extend:gravity:x:y", "", apply_size),
    UrlOption("resizing_type", ("rt",), "type", "fit", pixel_field("resizing_type", to_resizing_type)),
    UrlOption("width", ("w",), "pixels", "0", pixel_field("width", to_natural)),
    UrlOption("height", ("h",), "pixels", "0", pixel_field("height", to_natural)),
    UrlOption("min-width", ("mw",), "pixels", "0", pixel_field("min_width", to_natural)),
    UrlOption("min-height", ("mh",), "pixels", "0", pixel_field("min_height", to_natural)),
    UrlOption("zoom", ("z",), "x:y", "1", apply_zoom),
    UrlOption("dpr", (), "factor", "1", pixel_field("dpr", to_positive)),
    UrlOption("enlarge", ("el",), "boolean", "0", pixel_field("enlarge", to_boolean)),
    UrlOption("extend", ("ex",), "boolean:gravity:x:y", "0", EXTEND),
    UrlOption(
        "extend_aspect_ratio",
        ("extend_ar", "exar"),
        "boolean:gravity:x:y",
        "0",
        extend_option("extend_aspect_ratio"),
    ),
    UrlOption("gravity", ("g",), "type:x:y", "ce", apply_gravity),
    UrlOption("crop", ("c",), "width:height:gravity:x:y", "0", apply_crop),
    UrlOption("trim", ("t",), "threshold:color:horizontal:vertical", "", apply_trim),
    UrlOption("padding", ("pd",), "top:right:bottom:left", "0", apply_padding),
    UrlOption("auto_rotate", ("ar",), "boolean", "1", pixel_field("auto_rotate", to_boolean)),
    UrlOption("rotate", ("rot",), "degrees", "0", apply_rotate),
    UrlOption("flip", ("fl",), "horizontal:vertical", "0:0", apply_flip),
)
