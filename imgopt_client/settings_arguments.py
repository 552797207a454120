"""The options for image settings, and the settings that they become."""

import argparse
from collections.abc import Callable
from typing import Any

from imgopt_client.settings import SETTING_OF_OPTION, server_settings

OUTPUT_FORMATS = ("original", "jpg", "png", "webp", "avif", "gif", "svg", "ico", "jxl", "auto")
MAX_SIDE = 8192
LONGEST_PAGE_CONTEXT = 500
METADATA_PARTS = ("copyright", "creation", "location")
METADATA = ("none", *METADATA_PARTS, "all")
NAMED_TARGETS = ("visually_lossless", "high", "medium", "low")


def add_settings(group: Any) -> None:
    group.add_argument(
        "--format", type=format_name, choices=OUTPUT_FORMATS, help="format of the result (default: the input's)"
    )
    group.add_argument(
        "--quality", type=integer(1, 100), metavar="N", help="quality of the result, 1-100 (default: 80)"
    )
    text = f"quality score to reach in place of --quality: {', '.join(NAMED_TARGETS)}, or 30-100"
    group.add_argument("--target", type=target_of, metavar="T", help=text)
    group.add_argument("--width", type=integer(1, MAX_SIDE), metavar="W", help="width of the result, in pixels")
    group.add_argument("--height", type=integer(1, MAX_SIDE), metavar="H", help="height of the result, in pixels")
    text = "how to reach both width and height (default: pad); fit only shrinks the image to fit inside"
    group.add_argument("--fit", choices=("pad", "crop", "fit"), help=text)
    text = "color for transparent parts and margins: white, black or #rrggbb"
    group.add_argument("--background", metavar="COLOR", help=text)
    text = "do not keep faces whole when cropping"
    group.add_argument("--ignore-faces", dest="keep_faces", action="store_false", default=None, help=text)
    group.add_argument("--max-bytes", type=integer(1), metavar="N", help="largest size of the result, in bytes")
    group.add_argument(
        "--upscale",
        type=upscale_factor,
        metavar="F",
        help="factor by which the image is scaled before other steps, 0.1-10",
    )
    group.add_argument("--frames", type=integer(1, 100), metavar="N", help="largest number of frames, 1-100")
    text = "keep animations also in WebP, AVIF and JPEG XL"
    group.add_argument("--keep-animation", action="store_true", default=None, help=text)
    text = "metadata to keep: none (the default), all, or copyright, creation, location, separated by commas"
    group.add_argument("--keep-metadata", type=metadata_parts, metavar="PARTS", help=text)
    text = "convert JPEG to JPEG XL without loss, or restore the original JPEG"
    group.add_argument("--jpeg-reconstruction", action="store_true", default=None, help=text)
    group.add_argument("--tags", action="store_true", default=None, help="generate alt text and keywords")
    group.add_argument("--rename", action="store_true", default=None, help="name the result after its content")
    text = "with --tags, also write alt text, title and keywords into the file"
    group.add_argument("--write-tags", action="store_true", default=None, help=text)
    text = "do not mark an upscaled file as enlarged by a neural network"
    group.add_argument("--no-upscale-mark", dest="mark_upscaled", action="store_false", default=None, help=text)
    group.add_argument("--language", metavar="TAG", help="language of alt text and keywords, such as de or pt-BR")
    text = f"purpose of the images, such as the page's title, up to {LONGEST_PAGE_CONTEXT} characters"
    group.add_argument("--context", type=page_context, metavar="TEXT", help=text)


def settings_from(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given. The server has the defaults."""
    options = {option: getattr(arguments, option) for option in SETTING_OF_OPTION}
    return {
        "job_source": "cli",
        **server_settings({name: value for name, value in options.items() if value is not None}),
    }


def integer(minimum: int, maximum: int | None = None) -> Callable[[str], int]:
    """A parser of whole numbers for argparse."""

    def parse_number(text: str) -> int:
        if not text.isdecimal() or int(text) < minimum or (maximum is not None and int(text) > maximum):
            limits = f"from {minimum} to {maximum}" if maximum is not None else f"of at least {minimum}"
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number {limits}")
        return int(text)

    return parse_number


def format_name(text: str) -> str:
    return "jpg" if text.lower() == "jpeg" else text.lower()


def page_context(text: str) -> str:
    if len(text) > LONGEST_PAGE_CONTEXT:
        raise argparse.ArgumentTypeError(f"has {len(text)} characters; the limit is {LONGEST_PAGE_CONTEXT}")
    return text


def metadata_parts(text: str) -> str | list[str]:
    words = text.lower().split(",")
    if text.lower() not in METADATA and not set(words) <= set(METADATA_PARTS):
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(METADATA)}")
    return words if len(words) > 1 else words[0]


def target_of(text: str) -> str | float:
    if text.lower() in NAMED_TARGETS:
        return text.lower()
    try:
        score = float(text)
    except ValueError:
        score = 0.0
    if not 30 <= score <= 100:
        names = ", ".join(NAMED_TARGETS)
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {names}, or a number from 30 to 100")
    return score


def upscale_factor(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 10:
        raise argparse.ArgumentTypeError(f"{text!r} is not a factor from 0.1 to 10")
    return value
