"""Reads TIFF by the libtiff of libvips and of Pillow.

libvips reads most files. What it doesn't support is first converted to a supported form (`rewriting`), or read by
Pillow. A damaged part of a picture is an error, never black. Runs in a child process, see
`imgopt.codecs.shared.sandboxed_decoders`.
"""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.codecs.format import NO_LIMIT, Limits
from imgopt.codecs.shared import vips
from imgopt.codecs.shared.color import EXIF_ORIENTATION, normalize
from imgopt.codecs.shared.iptc import IPTC_RESOURCE
from imgopt.codecs.shared.metadata import STALE
from imgopt.codecs.shared.sandboxed_decoders import open_sandboxed, to_png
from imgopt.codecs.tiff import camera_raw, inflated, light, rewriting, tags
from imgopt.codecs.tiff.camera_raw import RawPreview
from imgopt.codecs.tiff.page import Page
from imgopt.codecs.tiff.parts import check_parts
from imgopt.codecs.tiff.picture import find_picture
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

CHECKED_BEFORE = Limits(NO_LIMIT, NO_LIMIT, NO_LIMIT)
DAMAGED = "The TIFF file is damaged and can't be decoded."
# Pillow's results for deeper samples depend on byte order and compression.
MOST_BITS_OF_PILLOW = 8
# For these Pillow accepts truncated data.
NOT_BY_PILLOW = frozenset({2, 3, 4, 32771})
LAB_COLORS = {tags.LAB: 0, tags.ICC_LAB: 0x80}


def open_image(data: bytes) -> "Image":
    """Opens the first page of full size, upright, in 8-bit sRGB."""
    return open_sandboxed(__name__, data)


def decode(data: bytes) -> bytes:
    """Runs in the child process: returns a PNG of what `read` returns."""
    return to_png(read(data))


def read(data: bytes) -> "Image":
    """Decodes the first page of full size to 8-bit sRGB, upright; for a camera raw file, its preview.

    Raises InvalidImage where a part of it can't be decoded, Unsupported for an unsupported kind.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the limits were checked from the header
    found, _ = find_picture(BytesIO(data), CHECKED_BEFORE)
    if isinstance(found, RawPreview):
        image = normalize(_open_preview(data, found))
    else:
        image = _read_page(_begin_with(data, found), found)
    image.info.update(_metadata_of(data))
    return image


def _open_preview(data: bytes, preview: RawPreview) -> "Image":
    try:
        return camera_raw.open_preview(data, preview)
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidImage("The preview of the camera raw file is damaged and can't be decoded.") from error


def _begin_with(data: bytes, page: Page) -> bytes:
    """Returns the file with this page as its first."""
    layout = page.directory.layout
    at = 8 if layout.big else 4
    first = layout.offset.pack(page.directory.offset)
    return data if data.startswith(first, at) else b"".join((data[:at], first, data[at + len(first) :]))


def _read_page(data: bytes, page: Page) -> "Image":
    if page.photometric == tags.YCBCR and page.compression not in (tags.JPEG, tags.OLD_JPEG):
        return _open_by_pillow(data, page)  # libvips would treat YCbCr as RGB
    try:
        return _without_errors(_open_by_vips, data, page)
    except vips.library().Error:
        return _open_by_pillow(data, page)


def _without_errors(read: "Callable[[bytes, Page], Image]", data: bytes, page: Page) -> "Image":
    """Raises libvips' error also where libvips continues after it, and makes a tile black."""
    library = vips.library()
    library.Error("")  # clears errors of earlier calls
    image, error = read(data, page), library.Error("A tile can't be read.")
    if error.detail:
        raise error
    return image


def _open_by_vips(data: bytes, page: Page) -> "Image":
    if rewriting.is_needed(page) and rewriting.is_possible(page):
        return _open_source(_source_of(rewriting.rewrite_page(data, page)), page, rewritten=True)
    if not inflated.is_inflatable(data, page):
        check_parts(data, page)
        return _open_source(_source_of(data), page)
    file = inflated.InflatedFile(data, page)
    try:
        return _open_source(file.to_source(), page)
    except vips.library().Error:
        if file.error:
            raise file.error from None
        raise


def _source_of(data: bytes) -> Any:
    """Returns a source, which avoids copying the buffer."""
    return vips.library().Source.new_from_memory(data)


def _open_source(source: Any, page: Page, *, rewritten: bool = False) -> "Image":
    """Decodes the page. The source must exist until all of it is read."""
    pixels = vips.library().Image.tiffload_source(source, fail_on="error", access="sequential")
    if pixels.get_typeof("orientation") and pixels.get("orientation") > 1:
        pixels = pixels.copy_memory().autorot()  # rotation needs random access
    if page.photometric in LAB_COLORS:
        return _from_lab(pixels, page)
    if page.photometric == tags.INKS:
        return _from_named(pixels, "CMYK", page)
    return vips.to_pillow(light.to_bytes(pixels, page, multiplied=rewritten and page.associated))


def _from_lab(pixels: Any, page: Page) -> "Image":
    """Converts CIELAB and ICCLAB. a and b are signed in one of them, as Pillow expects, and not in the other."""
    eight = pixels.cast("uchar", shift=pixels.format == "ushort")
    shift = LAB_COLORS[page.photometric or 0]
    return _from_named(eight ^ [0, shift, shift, *(0 for _ in range(3, eight.bands))], "LAB", page)


def _from_named(pixels: Any, mode: str, page: Page) -> "Image":
    """Converts colours of a Pillow mode by the file's profile, or without one as browsers do."""
    from PIL import Image

    eight = pixels.cast("uchar", shift=pixels.format == "ushort").copy_memory()
    size = eight.width, eight.height
    image = Image.frombytes(mode, size, eight[: page.colors].write_to_memory())
    if pixels.get_typeof("icc-profile-data"):
        image.info["icc_profile"] = pixels.get("icc-profile-data")
    plain = normalize(image)
    if page.alpha is not None:
        plain.putalpha(Image.frombytes("L", size, eight[page.alpha].write_to_memory()))
    return plain


def _open_by_pillow(data: bytes, page: Page) -> "Image":
    from PIL import Image, TiffImagePlugin

    if page.depth > MOST_BITS_OF_PILLOW or page.signed or page.compression in NOT_BY_PILLOW:
        raise InvalidImage(DAMAGED)
    TiffImagePlugin.READ_LIBTIFF = True  # its own decoder of uncompressed data reads beyond the end of a strip
    try:
        with Image.open(BytesIO(data), formats=["TIFF"]) as image:
            image.load()
            return normalize(image)
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError) as error:
        raise InvalidImage(DAMAGED) from error


def _metadata_of(data: bytes) -> dict[str, Any]:
    """Returns the metadata of the file's first directory, under Pillow's keys for JPEG; none where they are damaged."""
    from PIL import Image, TiffImagePlugin  # noqa: F401 - without it Pillow imports all of its plugins

    with suppress(Exception), Image.open(BytesIO(data), formats=["TIFF"]) as image:
        exif, known = image.getexif(), image.tag_v2  # type: ignore[attr-defined]  # of TIFF alone
        found = {"xmp": known.get(tags.XMP_PACKET), "photoshop": {IPTC_RESOURCE: _iptc_of(known.get(tags.IPTC))}}
        for tag in (EXIF_ORIENTATION, *STALE, *tags.OF_THE_PICTURE):
            exif.pop(tag, None)
        return found | {"exif": exif.tobytes()}
    return {}


def _iptc_of(value: Any) -> bytes:
    """Returns IPTC bytes. Many programs declare them as 32-bit numbers, with padding."""
    return b"".join(each.to_bytes(4, "little") for each in value) if isinstance(value, tuple) else bytes(value or b"")
