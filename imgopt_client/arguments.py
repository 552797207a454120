"""The arguments of the command line."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from imgopt_client.connection import parse_server_url
from imgopt_client.errors import ClientError
from imgopt_client.options import DEFAULT_JOBS
from imgopt_client.uploads import PRESIGN_ABOVE

SERVER_VARIABLE = "IMGOPT_SERVER"
DEFAULT_SERVER = "http://127.0.0.1:8080"
OUTPUT_FORMATS = ("original", "jpg", "png", "webp", "avif", "gif", "svg", "ico", "jxl", "auto")
MAX_SIDE = 8192
LONGEST_PAGE_CONTEXT = 500
METADATA_PARTS = ("copyright", "creation", "location")
METADATA = ("none", *METADATA_PARTS, "all")
NAMED_TARGETS = ("visually_lossless", "high", "medium", "low")
# Of each option that asks something of the server, the setting that it becomes.
SETTING_OF_OPTION = {
    "format": "output_format",
    "quality": "output_quality",
    "target": "output_quality_target",
    "width": "output_width",
    "height": "output_height",
    "fit": "output_resize_behavior",
    "background": "output_background",
    "max_bytes": "output_file_size_limit",
    "upscale": "output_upscale_factor",
    "frames": "gif_frame_limit",
    "keep_animation": "keep_animation",
    "keep_faces": "keep_faces",
    "keep_metadata": "keep_metadata",
    "jpeg_reconstruction": "jpeg_reconstruction",
    "tags": "output_seo_tag_gen",
    "rename": "output_seo_rename",
    "write_tags": "write_tags",
    "mark_upscaled": "mark_upscaled",
    "language": "output_seo_language",
    "context": "output_seo_context",
}
EPILOG = f"""\
environment:
  {SERVER_VARIABLE}    the server, where --server names none (default: {DEFAULT_SERVER})
  IMGOPT_API_KEY   a key to ask with, before any login

exit codes:
  0 all done   1 some files failed, each named on standard error   2 wrong usage
  3 the server can't be reached, or the key or login that `status` is asked about is not valid
  4 not permitted, or out of credits   130 interrupted: the same command goes on where it was
"""
RESUME_HELP = """\
A file .imgopt-resume.json beside the results tells the next run which inputs are done and which jobs are under way.
Where the server is busy and says for how long, it is waited for up to five minutes. Alt text and keywords of --tags
are in the output of --json.
"""


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Ends the program with exit code 2 where they are wrong, with 0 for --help."""
    parser = argparse.ArgumentParser(
        "imgopt",
        description="Optimizes images on an imgopt server.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_optimize(commands)
    login = add_command(commands, "login", "log in, by a code that is confirmed in a browser")
    login.add_argument("--open", action="store_true", help="open the browser")
    add_command(commands, "logout", "revoke the login, and forget it here")
    add_command(commands, "status", "show who is logged in, and the credits left")
    return parser.parse_args(arguments)


def add_command(commands: Any, name: str, text: str, epilog: str = EPILOG) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    default, text = os.environ.get(SERVER_VARIABLE) or DEFAULT_SERVER, f"default: {DEFAULT_SERVER}"
    command.add_argument("--server", type=server_address, default=default, metavar="URL", help=text)
    text = "send tokens and files unencrypted to an http:// server that is not this machine"
    command.add_argument("--plain-http", action="store_true", help=text)
    return command


def add_optimize(commands: Any) -> None:
    command = add_command(commands, "optimize", "optimize files, folders and URLs", f"{RESUME_HELP}\n{EPILOG}")
    command.add_argument("files", nargs="+", metavar="FILES", help="paths, folders (with --recursive), http(s) URLs")
    add_settings(command.add_argument_group("what to ask for"))
    run = command.add_argument_group("how to go about it")
    run.add_argument("--out", type=Path, metavar="DIR", help="folder for results; otherwise they go beside the inputs")
    run.add_argument("--recursive", action="store_true", help="go through folders")
    run.add_argument("--overwrite", action="store_true", help="do again what is done, and write over earlier results")
    text = f"files at once (default: {DEFAULT_JOBS})"
    run.add_argument("--jobs", type=integer(1, 64), default=DEFAULT_JOBS, metavar="N", help=text)
    run.add_argument("--json", action="store_true", help="print a JSON object in a line for each file")
    text = f"upload larger files straight to the storage (default: {PRESIGN_ABOVE})"
    run.add_argument("--presign-above", type=integer(0), default=PRESIGN_ABOVE, metavar="BYTES", help=text)


def add_settings(group: Any) -> None:
    group.add_argument("--format", type=format_name, choices=OUTPUT_FORMATS, help="default: that of the input")
    group.add_argument("--quality", type=integer(1, 100), metavar="N", help="1-100 (default: 80)")
    text = f"a score to search for instead: {', '.join(NAMED_TARGETS)}, or 30-100"
    group.add_argument("--target", type=target_of, metavar="T", help=text)
    group.add_argument("--width", type=integer(1, MAX_SIDE), metavar="W", help="pixels")
    group.add_argument("--height", type=integer(1, MAX_SIDE), metavar="H", help="pixels")
    text = "what gives both a width and a height (default: pad); fit keeps inside both, and never enlarges"
    group.add_argument("--fit", choices=("pad", "crop", "fit"), help=text)
    text = "for what is transparent, and margins: white, black or #rrggbb"
    group.add_argument("--background", metavar="COLOR", help=text)
    text = "crop around what stands out, whether or not that cuts a face"
    group.add_argument("--ignore-faces", dest="keep_faces", action="store_false", default=None, help=text)
    group.add_argument("--max-bytes", type=integer(1), metavar="N", help="limit on the size of the result")
    group.add_argument("--upscale", type=upscale_factor, metavar="F", help="factor, 0.1-10")
    group.add_argument("--frames", type=integer(1, 100), metavar="N", help="most frames of an animation")
    group.add_argument("--keep-animation", action="store_true", default=None, help="in WebP, AVIF and JPEG XL, too")
    text = "of EXIF, XMP and IPTC: none (the default), all, or some of copyright, creation, location, with commas"
    group.add_argument("--keep-metadata", type=metadata_parts, metavar="PARTS", help=text)
    text = "JPEG to JPEG XL, or back, byte for byte"
    group.add_argument("--jpeg-reconstruction", action="store_true", default=None, help=text)
    group.add_argument("--tags", action="store_true", default=None, help="write alt text and keywords")
    group.add_argument("--rename", action="store_true", default=None, help="name the result after what it shows")
    text = "write alt text, title and keywords into the file, too, with --tags"
    group.add_argument("--write-tags", action="store_true", default=None, help=text)
    text = "do not say in an upscaled file that a network has made it larger"
    group.add_argument("--no-upscale-mark", dest="mark_upscaled", action="store_false", default=None, help=text)
    group.add_argument("--language", metavar="TAG", help="of alt text and keywords, such as de or pt-BR")
    text = f"what the images are for, such as a page's title (up to {LONGEST_PAGE_CONTEXT} characters)"
    group.add_argument("--context", type=page_context, metavar="TEXT", help=text)


def settings_from(arguments: argparse.Namespace) -> dict[str, Any]:
    """Only what was said: the defaults are the server's."""
    asked = {setting: getattr(arguments, option) for option, setting in SETTING_OF_OPTION.items()}
    return {"job_source": "cli", **{setting: value for setting, value in asked.items() if value is not None}}


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


def server_address(text: str) -> str:
    try:
        return parse_server_url(text)
    except ClientError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
