"""A page of a TIFF file: its pixel format, from its tags."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from imgopt.codecs.tiff import tags
from imgopt.codecs.tiff.directory import CUT_OFF, MOST_VALUES, Directory, Values, read_value, read_values
from imgopt.errors import InvalidImage

COLORS = {tags.RGB: 3, tags.PALETTE: 1, tags.INKS: 4, tags.YCBCR: 3, tags.LAB: 3, tags.ICC_LAB: 3}
DAMAGED = "The TIFF file is damaged."


@dataclass(frozen=True)
class Page:
    """Sizes are in pixels as stored; `orientation` is 1 to 8 as in EXIF; `dpi` is None where the file doesn't state it.

    `bits` and `formats` are the distinct ones of the samples. `colors` is the number of colour samples; `alpha` is the
    index of the alpha sample, or None. `part_width` and `part_height` are those of a strip or tile.
    """

    directory: Directory = field(repr=False)
    width: int
    height: int
    orientation: int
    dpi: int | None
    bits: frozenset[int]
    formats: frozenset[int]
    samples: int
    photometric: int | None
    compression: int
    fill_order: int
    predictor: int
    separate: bool
    extra: Values
    ink_set: int
    tiled: bool
    part_width: int
    part_height: int

    @property
    def depth(self) -> int:
        return max(self.bits)

    @property
    def floats(self) -> bool:
        return tags.FLOAT in self.formats

    @property
    def signed(self) -> bool:
        return tags.SIGNED in self.formats

    @property
    def part_bytes(self) -> int:
        """Uncompressed bytes of a whole strip or tile; of one plane where planes are separate."""
        samples = self.part_width * (1 if self.separate else self.samples)
        return (samples * self.depth + 7) // 8 * self.part_height

    @property
    def colors(self) -> int:
        return COLORS.get(self.photometric or 0, 1)

    @property
    def alpha(self) -> int | None:
        """The index of alpha. An additional sample without a description is alpha, as for all readers."""
        if not self.extra:
            is_alpha = self.samples == self.colors + 1 and self.photometric != tags.INKS
            return self.colors if is_alpha else None
        return next((self.colors + number for number, kind in enumerate(self.extra) if kind), None)

    @property
    def associated(self) -> bool:
        """Whether the colours are premultiplied."""
        return self.alpha is not None and tags.ASSOCIATED in self.extra


def read_page(file: BinaryIO, directory: Directory) -> Page:
    """Parses a page. Raises InvalidImage where tags are damaged or missing, or pixels are behind the end of
    the file.
    """

    def value(tag: int, default: int) -> int:
        return read_value(file, directory, tag, default)

    width, height = value(tags.WIDTH, 0), value(tags.HEIGHT, 0)
    if tags.WIDTH not in directory or tags.HEIGHT not in directory:
        raise InvalidImage(DAMAGED)
    if not width or not height:
        raise InvalidImage("The TIFF file contains no image.")
    tiled = tags.TILE_WIDTH in directory
    samples = value(tags.SAMPLES, 1)
    photometric = value(tags.PHOTOMETRIC, 0) if tags.PHOTOMETRIC in directory else None
    page = Page(
        directory=directory,
        width=width,
        height=height,
        orientation=value(tags.ORIENTATION, 1),
        dpi=_read_dpi(file, directory),
        bits=frozenset(read_values(file, directory, tags.BITS)[:samples]) or frozenset({1}),
        formats=frozenset(read_values(file, directory, tags.SAMPLE_FORMAT)) or frozenset({tags.UNSIGNED}),
        samples=samples,
        photometric=photometric,
        compression=value(tags.COMPRESSION, tags.NO_COMPRESSION),
        fill_order=value(tags.FILL_ORDER, 1),
        predictor=value(tags.PREDICTOR, 1),
        separate=value(tags.PLANAR, 1) == tags.SEPARATE and samples > 1,
        extra=read_values(file, directory, tags.EXTRA_SAMPLES),
        ink_set=value(tags.INK_SET, 1),
        tiled=tiled,
        part_width=value(tags.TILE_WIDTH, width),
        part_height=value(tags.TILE_HEIGHT, height) if tiled else min(value(tags.ROWS, height), height),
    )
    if not page.part_width or not page.part_height:
        raise InvalidImage(DAMAGED)
    _check_parts(file, page)
    return page


def places_of(file: BinaryIO, directory: Directory) -> Iterator[tuple[int, int]]:
    """Yields offset and length of each strip or tile, as far as lengths are stated."""
    for offsets, lengths in ((tags.OFFSETS, tags.LENGTHS), (tags.TILE_OFFSETS, tags.TILE_LENGTHS)):
        if offsets in directory and lengths in directory:
            both = (read_values(file, directory, tag, MOST_VALUES) for tag in (offsets, lengths))
            return zip(*both, strict=False)
    return iter(())


def _read_dpi(file: BinaryIO, directory: Directory) -> int | None:
    resolution = read_values(file, directory, tags.RESOLUTION, 1)
    if len(resolution) < 2 or not resolution[1]:
        return None
    per_unit = resolution[0] / resolution[1]
    centimetres = read_value(file, directory, tags.UNIT, 0) == tags.CENTIMETRE
    return round(per_unit * tags.CENTIMETRES_PER_INCH if centimetres else per_unit) or None


def _check_parts(file: BinaryIO, page: Page) -> None:
    """Checks offsets and lengths. Lengths of uncompressed parts may be too large."""
    size = file.seek(0, 2)
    most = page.part_bytes if page.compression == tags.NO_COMPRESSION else size + 1
    if any(offset + min(length, most) > size for offset, length in places_of(file, page.directory)):
        raise InvalidImage(CUT_OFF)
