"""Camera raw files based on TIFF (DNG, CR2, NEF, ARW, PEF, ORF, RW2 ...), recognized by their tags.

Their raw pixels are not developed. Instead, the camera's embedded JPEG is used, if it has full size: at least 90 % of
the longer or the shorter side of the raw picture, without the edges that its tags crop. One side suffices, because
photos may have another aspect ratio. Smaller JPEGs are thumbnails, and are never used.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs import jpeg
from imgopt.codecs.format import Limits
from imgopt.codecs.shared.color import EXIF_ORIENTATION
from imgopt.codecs.tiff import tags
from imgopt.codecs.tiff.directory import Directory, read_value, read_values
from imgopt.codecs.tiff.page import places_of
from imgopt.errors import InvalidImage, Unsupported

if TYPE_CHECKING:
    from PIL.Image import Image

# In place of TIFF's 42: the magic numbers of Olympus and Panasonic.
MAGIC = frozenset({0x4F52, 0x5352, 0x55})
# Marks behind the first offset in Canon's and Phase One's files. Shorter ones could be pixels.
MARK = re.compile(rb"CR\x02\0|IIII.waR|MMMMRaw.", re.DOTALL)
PHOTOMETRIC = frozenset({tags.FILTER_ARRAY, tags.LINEAR_RAW})
# Compressions of Kodak, Sony, Epson, Samsung, Panasonic, Nikon, lossy DNG, Kodak and Pentax.
COMPRESSIONS = frozenset({262, 32767, 32769, 32770, 34316, 34713, 34892, 65000, 65535})
# Panasonic's own tags: the sensor's size, the borders of its picture clockwise from the top, and a JPEG.
SENSOR_WIDTH, SENSOR_HEIGHT, TOP, LEFT, BOTTOM, RIGHT, PANASONIC_JPEG = 2, 3, 4, 5, 6, 7, 46
RATIONAL = 5
JPEGS = frozenset({tags.OLD_JPEG, tags.JPEG})
LEAST_SHARE = 0.9
# How many JPEGs in a file are examined, the longest first.
MOST_LOOKED_INTO = 4
HEAD_BYTES = 4096
LOSSLESS_FRAME = b"\xff\xc3"
REFUSAL = (
    "Camera raw files are not supported without a JPEG preview of full size, which this file lacks. Please "
    "export it as JPEG or TIFF."
)
WARNING = "This is a camera raw file. Its JPEG preview of {} x {} pixels was used in place of the raw picture."


@dataclass(frozen=True)
class RawPreview:
    """A JPEG in a file. `width` and `height` are in pixels after orientation; `turn` is the orientation, 1 to 8, that
    the JPEG itself lacks.
    """

    offset: int
    length: int
    width: int
    height: int
    turn: int


def is_camera_raw(file: BinaryIO, magic: int, directories: list[Directory]) -> bool:
    file.seek(8)
    if magic in MAGIC or MARK.match(file.read(8)):
        return True
    return any(tags.DNG_VERSION in each or _holds_raw(file, each) for each in directories)


def find_preview(file: BinaryIO, directories: list[Directory], limits: Limits) -> RawPreview:
    """Returns the largest preview. Raises Unsupported where none has full size, TooLarge where it is too large."""
    raw = max((_raw_size(file, each) for each in directories), key=lambda size: size[0] * size[1], default=(0, 0))
    turn = read_value(file, directories[0], tags.ORIENTATION, 1)
    found = [each for place in _longest(file, directories) if (each := _look_into(file, place, turn, limits))]
    best = max(found, key=lambda each: each.width * each.height, default=None)
    if best is None or not _is_full(best, raw):
        raise Unsupported(REFUSAL)
    return best


def open_preview(data: bytes, preview: RawPreview) -> "Image":
    """Opens the preview with the orientation in its EXIF."""
    from PIL import Image

    image = Image.open(BytesIO(data[preview.offset : preview.offset + preview.length]), formats=["JPEG"])
    if preview.turn > 1:
        exif = Image.Exif()
        exif[EXIF_ORIENTATION] = preview.turn
        image.info["exif"] = exif.tobytes()
    image.load()
    return image


def _holds_raw(file: BinaryIO, directory: Directory) -> bool:
    return (
        tags.RAW_SLICES in directory
        or read_value(file, directory, tags.PHOTOMETRIC, 0) in PHOTOMETRIC
        or read_value(file, directory, tags.COMPRESSION, 1) in COMPRESSIONS
    )


def _raw_size(file: BinaryIO, directory: Directory) -> tuple[int, int]:
    """Returns the size of the raw picture in a directory; an empty one for other directories."""
    sides = [read_value(file, directory, tag, 0) for tag in (SENSOR_WIDTH, SENSOR_HEIGHT, TOP, LEFT, BOTTOM, RIGHT)]
    if sides[0] and sides[1]:
        cut = sides[5] - sides[3], sides[4] - sides[2]
        return cut if min(cut) > 0 else (sides[0], sides[1])
    if not _holds_raw(file, directory):
        return 0, 0
    crop = read_values(file, directory, tags.CROP_SIZE, 2)
    if crop and directory.entries[tags.CROP_SIZE][0] == RATIONAL:
        crop = crop[0] // max(1, crop[1]), crop[2] // max(1, crop[3])
    if len(crop) == 2 and min(crop) > 0:
        return int(crop[0]), int(crop[1])
    size = read_value(file, directory, tags.WIDTH, 0), read_value(file, directory, tags.HEIGHT, 0)
    return size if min(size) > 0 else _lossless_size(file, directory)


def _lossless_size(file: BinaryIO, directory: Directory) -> tuple[int, int]:
    """Returns the size of a lossless JPEG (ITU T.81, B.2.2) whose columns are split into components, as Canon does."""
    for offset, _ in islice(places_of(file, directory), 1):
        file.seek(offset)
        head = file.read(HEAD_BYTES)
        frame = head[head.find(LOSSLESS_FRAME) :][:10]
        if frame.startswith(LOSSLESS_FRAME) and len(frame) == 10:
            height, width, components = int.from_bytes(frame[5:7]), int.from_bytes(frame[7:9]), frame[9]
            return (width if components == 3 else width * components), height
    return 0, 0


def _longest(file: BinaryIO, directories: list[Directory]) -> list[tuple[int, int]]:
    places = {place for each in directories for place in _jpeg_places(file, each)}
    return sorted(places, key=lambda place: place[1], reverse=True)[:MOST_LOOKED_INTO]


def _jpeg_places(file: BinaryIO, directory: Directory) -> Iterator[tuple[int, int]]:
    offset, length = (read_value(file, directory, tag, 0) for tag in (tags.JPEG_OFFSET, tags.JPEG_LENGTH))
    if offset and length:
        yield offset, length
    if read_value(file, directory, tags.COMPRESSION, 1) in JPEGS and not _holds_raw(file, directory):
        places = [*islice(places_of(file, directory), 2)]
        yield from places if len(places) == 1 else ()
    if PANASONIC_JPEG in directory:
        _, length, inline = directory.entries[PANASONIC_JPEG]
        yield directory.layout.offset.unpack(inline)[0], length


def _look_into(file: BinaryIO, place: tuple[int, int], turn: int, limits: Limits) -> RawPreview | None:
    """Examines a JPEG. Returns None where browsers would not show it."""
    from PIL import Image

    offset, length = place
    with suppress(InvalidImage, OverflowError, ValueError):
        file.seek(offset)
        data = BytesIO(file.read(length))
        header = jpeg.FORMAT.read_header(data, jpeg.FORMAT, limits)
        data.seek(0)
        with Image.open(data, formats=["JPEG"]) as image:
            turn = 1 if EXIF_ORIENTATION in image.getexif() else turn
        sides = (header.height, header.width) if turn in range(5, 9) else (header.width, header.height)
        return RawPreview(offset, length, *sides, turn)
    return None


def _is_full(preview: RawPreview, raw: tuple[int, int]) -> bool:
    sides = zip(sorted((preview.width, preview.height)), sorted(raw), strict=True)
    return any(wanted and side >= LEAST_SHARE * wanted for side, wanted in sides)
