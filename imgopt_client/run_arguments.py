"""The options of a run, and the `Options` that they become."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from imgopt_client.errors import ClientError
from imgopt_client.naming import NameTemplate, template_with_suffix
from imgopt_client.options import DEFAULT_JOBS, Options
from imgopt_client.settings_arguments import integer
from imgopt_client.uploads import PRESIGN_ABOVE

STANDARD_INPUT = "-"
# Settings that change an image on purpose: with --in-place such a result replaces its input even if it is larger.
MAY_GROW = ("width", "height", "upscale", "write_tags")
# The options that contradict each option.
CONTRADICTIONS = {
    "in_place": ("out", "name", "suffix", "rename"),
    "name": ("suffix",),
    "quiet": ("verbose",),
    "watch": ("dry_run",),
}
NOT_FOR_STREAMS = ("out", "name", "suffix", "in_place", "watch", "dry_run", "json", "recursive", "preserve_dates")


def add_placing_options(group: Any) -> None:
    group.add_argument("--out", type=Path, metavar="DIR", help="folder for results (default: beside the inputs)")
    text = "template for names of results, such as {stem}-{width}.{ext}; fields: stem, ext, format, width, height"
    group.add_argument("--name", type=name_template, metavar="TEMPLATE", help=text)
    group.add_argument(
        "--suffix",
        type=suffix_template,
        metavar="TEXT",
        help="append TEXT to the names of results; the same as --name {stem}TEXT.{ext}",
    )
    text = "replace inputs with their results if these are smaller, or if another size was requested"
    group.add_argument("--in-place", action="store_true", help=text)
    text = "keep the input and write no result unless the result is smaller by at least so many percent"
    group.add_argument("--min-saving", type=percentage, metavar="PERCENT", help=text)
    group.add_argument(
        "--preserve-dates", action="store_true", help="give results the modification times of their inputs"
    )
    text = "process finished files again, and overwrite earlier results"
    group.add_argument("--overwrite", action="store_true", help=text)


def add_run_options(group: Any) -> None:
    group.add_argument("--recursive", action="store_true", help="process images in folders and their subfolders")
    text = "leave out files and folders whose name or path matches PATTERN; can be repeated"
    group.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help=text)
    group.add_argument(
        "--watch", action="store_true", help="keep running, and process new and changed files until Ctrl-C"
    )
    text = "print the price in credits; files are uploaded, but not processed, and nothing is charged"
    group.add_argument("--dry-run", action="store_true", help=text)
    text = f"number of files to process at a time (default: {DEFAULT_JOBS})"
    group.add_argument("--jobs", type=integer(1, 64), default=DEFAULT_JOBS, metavar="N", help=text)
    group.add_argument("--json", action="store_true", help="print one line of JSON for each file")
    group.add_argument("--quiet", action="store_true", help="print only failures")
    group.add_argument("--verbose", action="store_true", help="print each step of each file")
    text = f"upload files with more bytes directly to the storage (default: {PRESIGN_ABOVE})"
    group.add_argument("--presign-above", type=integer(0), default=PRESIGN_ABOVE, metavar="BYTES", help=text)


def contradictions(parsed: argparse.Namespace) -> Iterator[str]:
    """A message for each pair of options that contradict each other."""
    for option, others in CONTRADICTIONS.items():
        given = [each for each in others if is_given(parsed, option) and is_given(parsed, each)]
        yield from (f"{flag(option)} and {flag(each)} exclude each other" for each in given)
    if parsed.in_place and parsed.format not in (None, "original"):
        yield "--in-place keeps the name and format of files, so it can't be used with --format"
    if STANDARD_INPUT in parsed.files:
        yield from stream_contradictions(parsed)


def stream_contradictions(parsed: argparse.Namespace) -> Iterator[str]:
    if len(parsed.files) > 1:
        yield "`-` is standard input, and can't be combined with other inputs"
    yield from (f"{flag(each)} can't be used with `-`" for each in NOT_FOR_STREAMS if is_given(parsed, each))


def is_given(parsed: argparse.Namespace, option: str) -> bool:
    return getattr(parsed, option) not in (None, False, [])


def flag(option: str) -> str:
    return f"--{option.replace('_', '-')}"


def options_from(parsed: argparse.Namespace) -> Options:
    names = ("out", "recursive", "exclude", "overwrite", "in_place", "preserve_dates", "jobs", "presign_above")
    return Options(
        template=parsed.name or parsed.suffix,
        min_saving=min_saving_of(parsed),
        **{name: getattr(parsed, name) for name in names},
    )


def min_saving_of(parsed: argparse.Namespace) -> float | None:
    if parsed.min_saving is None and parsed.in_place and not any(is_given(parsed, each) for each in MAY_GROW):
        return 0.0
    share: float | None = parsed.min_saving
    return share


def percentage(text: str) -> float:
    """A percentage as a share, 0 to less than 1."""
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value < 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage: give a number from 0 to less than 100")
    return value / 100


def name_template(text: str) -> NameTemplate:
    try:
        return NameTemplate(text)
    except ClientError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def suffix_template(text: str) -> NameTemplate:
    try:
        return template_with_suffix(text)
    except ClientError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
