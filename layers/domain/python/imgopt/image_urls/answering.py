"""Options for the answer to an image URL, and for its limits."""

import base64
import binascii
from collections.abc import Sequence

from imgopt import clock
from imgopt.image_urls.arguments import (
    at_most,
    show,
    to_boolean,
    to_format,
    to_natural,
    to_pixels,
    to_positive_whole,
    to_whole,
)
from imgopt.image_urls.model import RequestedOptions
from imgopt.image_urls.url_option import UrlOption, answer_field, limit_field, of_answer


def to_text(encoded: str) -> str:
    """Decodes base64url, padded or not, in UTF-8. Raises ValueError where that fails."""
    letters = encoded.rstrip("=")
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"{show(encoded)} is not valid base64url") from error


def apply_skip_processing(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    """Adds formats whose sources are answered without processing."""
    return of_answer(
        requested, skip_processing=requested.response.skip_processing | frozenset(map(to_format, arguments))
    )


def apply_filename(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
    name, is_encoded = (*at_most(arguments, 2), "")[:2]
    return of_answer(requested, filename=to_text(name) if to_boolean(is_encoded) else name)


def to_time(text: str) -> int:
    seconds = to_whole(text)
    if seconds and seconds < clock.now().timestamp():
        raise ValueError("this URL has expired")
    return seconds


ANSWERING = (
    UrlOption("skip_processing", ("skp", "sp"), "format:…", "", apply_skip_processing),
    UrlOption("raw", (), "boolean", "0", answer_field("raw", to_boolean)),
    UrlOption("cachebuster", ("cb",), "text", "", answer_field("cachebuster", str)),
    UrlOption("expires", ("exp",), "seconds since 1970", "0", answer_field("expires", to_time)),
    UrlOption("filename", ("fn",), "name:is_encoded", "", apply_filename),
    UrlOption("return_attachment", ("att",), "boolean", "0", answer_field("attachment", to_boolean)),
    UrlOption("words", (), "boolean", "0", answer_field("words", to_boolean)),
)
LIMITING = (
    UrlOption("max_src_resolution", ("msr",), "megapixels", "", limit_field("max_src_resolution", to_pixels), True),
    UrlOption("max_src_file_size", ("msfs",), "bytes", "", limit_field("max_src_file_size", to_natural), True),
    UrlOption(
        "max_animation_frames", ("maf",), "frames", "", limit_field("max_animation_frames", to_positive_whole), True
    ),
    UrlOption(
        "max_animation_frame_resolution",
        ("mafr",),
        "megapixels",
        "",
        limit_field("max_animation_frame_resolution", to_pixels),
        True,
    ),
    UrlOption("max_result_dimension", ("mrd",), "pixels", "", limit_field("max_result_dimension", to_natural), True),
)
