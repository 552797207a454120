"""The options that ask something of the server, and the settings that they become."""

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
    text = f"score to search for in place of --quality: {', '.join(NAMED_TARGETS)}, or 30-100"
    group.add_argument("--target", type=target_of, metavar="T", help=text)
    group.add_argument("--width", type=integer(1, MAX_SIDE), metavar="W", help="width of the result, in pixels")
    group.add_argument("--height", type=integer(1, MAX_SIDE), metavar="H", help="height of the result, in pixels")
    text = "how to reach both width and height (default: pad); fit stays within both, and never enlarges"
    group.add_argument("--fit", choices=("pad", "crop", "fit"), help=text)
    text = "color of transparent parts and margins: white, black or #rrggbb"
    group.add_argument("--background", metavar="COLOR", help=text)
    text = "let a crop cut faces, and look only for what stands out"
    group.add_argument("--ignore-faces", dest="keep_faces", action="store_false", default=None, help=text)
    group.add_argument("--max-bytes", type=integer(1), metavar="N", help="largest size of the result, in bytes")
    group.add_argument(
        "--upscale",
        type=upscale_factor,
        metavar="F",
        help="factor by which the image is scaled before all else, 0.1-10",
    )
    group.add_argument("--frames", type=integer(1, 100), metavar="N", help="most frames of an animation")
    text = "keep animations in WebP, AVIF and JPEG XL, too"
    group.add_argument("--keep-animation", action="store_true", default=None, help=text)
    text = "metadata to keep: none (the default), all, or some of copyright, creation, location, with commas"
    group.add_argument("--keep-metadata", type=metadata_parts, metavar="PARTS", help=text)
    text = "convert JPEG to JPEG XL, or back, byte for byte"
    group.add_argument("--jpeg-reconstruction", action="store_true", default=None, help=text)
    group.add_argument("--tags", action="store_true", default=None, help="write alt text and keywords")
    group.add_argument("--rename", action="store_true", default=None, help="name the result after what it shows")
    text = "write alt text, title and keywords into the file, too, with --tags"
    group.add_argument("--write-tags", action="store_true", default=None, help=text)
    text = "do not say in an upscaled file that a network has made it larger"
    group.add_argument("--no-upscale-mark", dest="mark_upscaled", action="store_false", default=None, help=text)
    group.add_argument("--language", metavar="TAG", help="language of alt text and keywords, such as de or pt-BR")
    text = f"what the images are for, such as a page's title (up to {LONGEST_PAGE_CONTEXT} characters)"
    group.add_argument("--context", type=page_context, metavar="TEXT", help=text)


def settings_from(arguments: argparse.Namespace) -> dict[str, Any]:
    """Only what was said: the defaults are the server's."""
    asked = {option: getattr(arguments, option) for option in SETTING_OF_OPTION}
    return {"job_source": "cli", **server_settings({name: value for name, value in asked.items() if value is not None})}


def integer(minimum: int, maximum: int | None = None) -> Callable[[str], int]:
    """Raises what argparse turns into a message."""

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
        raise argparse.ArgumentTypeError(f"has {len(text)} characters, and {LONGEST_PAGE_CONTEXT} are the most")
    return text


def metadata_parts(text: str) -> str | list[str]:
    words = text.lower().split(",")
    if text.lower() not in METADATA and not set(words) <= set(METADATA_PARTS):
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(METADATA)}")
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
        raise argparse.ArgumentTypeError(f"{text!r} is none of {names}, and no number from 30 to 100")
    return score


def upscale_factor(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 10:
        raise argparse.ArgumentTypeError(f"{text!r} is not a factor from 0.1 to 10")
    return value
