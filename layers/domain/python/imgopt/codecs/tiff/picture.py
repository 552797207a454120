"""Chooses the picture of a TIFF file: its first page of full size, or a camera raw file's preview."""

from typing import BinaryIO

from imgopt.codecs.format import Limits
from imgopt.codecs.shared import headers
from imgopt.codecs.tiff import camera_raw, tags
from imgopt.codecs.tiff.camera_raw import RawPreview
from imgopt.codecs.tiff.directory import Directory, read_directories, read_start, read_value
from imgopt.codecs.tiff.page import DAMAGED, Page, read_page
from imgopt.codecs.tiff.samples import check_samples
from imgopt.errors import InvalidImage

FIRST_OF_SEVERAL = "The file has several pages. Only the first was used."


def find_picture(file: BinaryIO, limits: Limits) -> tuple[Page | RawPreview, str | None]:
    """Returns the picture, and a warning where it isn't the whole file.

    Raises InvalidImage where tags are damaged or missing, Unsupported for an unsupported kind of picture, TooLarge for
    too many pixels.
    """
    layout, magic, first = read_start(file)
    pages, children = read_directories(file, layout, first)
    if camera_raw.is_camera_raw(file, magic, [*pages, *children]):
        preview = camera_raw.find_preview(file, [*pages, *children], limits)
        return preview, camera_raw.WARNING.format(preview.width, preview.height)
    full = [each for each in pages if _is_full(file, each)]
    page = read_page(file, _choose(file, full, [*pages, *children]))
    for size in ((page.width, page.height), (page.part_width, page.part_height)):
        headers.check_pixels(*size, limits.pixels)
    check_samples(page)
    return page, FIRST_OF_SEVERAL if len(full) > 1 else None


def _choose(file: BinaryIO, full: list[Directory], others: list[Directory]) -> Directory:
    """Returns the first page of full size; the largest where all are marked as reduced."""
    if full:
        return full[0]
    sized = [each for each in others if _pixels(file, each)]
    hidden = [each for each in sized if _is_full(file, each)]
    if not sized:
        raise InvalidImage("The TIFF file contains no image." if tags.WIDTH in others[0] else DAMAGED)
    return hidden[0] if hidden else max(sized, key=lambda each: _pixels(file, each))


def _is_full(file: BinaryIO, directory: Directory) -> bool:
    """Returns whether the page isn't marked as a reduced version, or a mask, of another one."""
    marked = read_value(file, directory, tags.SUBFILE, 0) & (tags.REDUCED | tags.IS_MASK)
    marked_before = read_value(file, directory, tags.OLD_SUBFILE, 0) == tags.OLD_REDUCED
    return not marked and not marked_before and bool(_pixels(file, directory))


def _pixels(file: BinaryIO, directory: Directory) -> int:
    return read_value(file, directory, tags.WIDTH, 0) * read_value(file, directory, tags.HEIGHT, 0)
