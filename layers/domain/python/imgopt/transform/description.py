"""Describes a source, without making a variant of it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS, mend
from imgopt.imaging.appearance import describe_appearance
from imgopt.imaging.geometry import Size
from imgopt.imaging.kinds import PictureKind, kind_of
from imgopt.imaging.steps.decode import decode, shows_through
from imgopt.transform.options import TransformOptions
from imgopt.transform.source_limits import check_source
from imgopt.transform.variant import Output, TransformLimits, VariantOrder

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

# Pixels of the longer side for the description.
DESCRIBED_SIDE = 512
EXIF_DIRECTORIES = {0x8769}
# The GPS directory, pointers to other directories, and makers' private data.
OMITTED_TAGS = frozenset({0x8825, 0x8769, 0xA005, 0x927C, 0x9286})
LONGEST_EXIF_TEXT, MOST_FIELDS = 200, 100

ExifValue = str | int | float


@dataclass(frozen=True)
class Description:
    """Width and height are in pixels, after orientation. `has_alpha` is whether anything is transparent.

    `exif` has values by tag name, without the place. `thumbhash` is base64; `colors` are `#rrggbb`, the most frequent
    first.
    """

    format: str
    kind: PictureKind
    width: int
    height: int
    frames: int
    has_alpha: bool
    thumbhash: str
    colors: tuple[str, ...]
    exif: dict[str, ExifValue] = field(default_factory=dict)


def describe(data: bytes, source: ImageHeader, limits: TransformLimits) -> Description:
    """Describes a source. Raises TooLarge before anything is decoded, InvalidImage where it can't be decoded."""
    check_source(VariantOrder(data, source, TransformOptions(), Output("png"), limits), moves=False)
    image = _see(data, source)
    looks = describe_appearance(image)
    return Description(
        *(source.format, kind_of(image), source.width, source.height, source.frames, shows_through(image)),
        *(looks.thumbhash, looks.colors),
        exif=dict(_read_exif(data, source)),
    )


def _see(data: bytes, source: ImageHeader) -> "Image":
    own = Size(source.width, source.height)
    scale = min(1.0, DESCRIBED_SIDE / max(source.width, source.height))
    if vector := FORMATS[source.format].vector:
        drawn = own.scaled(scale)
        return vector.render(data, drawn.width, drawn.height).image
    return decode(mend(data, source.format), source.format, scale=scale).image


def _read_exif(data: bytes, source: ImageHeader) -> Iterator[tuple[str, ExifValue]]:
    """Yields the EXIF values that can be shown. Damaged ones are left out."""
    name = FORMATS[source.format].pillow_name
    if not name:
        return
    with suppress(Exception):
        from PIL import Image

        with Image.open(BytesIO(data), formats=[name]) as image:
            yield from _tell(image.getexif())


def _tell(exif: "Exif") -> Iterator[tuple[str, ExifValue]]:
    from PIL.ExifTags import TAGS

    values = {**exif, **{tag: value for each in EXIF_DIRECTORIES for tag, value in exif.get_ifd(each).items()}}
    known = (
        (TAGS[tag], _show(value)) for tag, value in sorted(values.items()) if tag in TAGS and tag not in OMITTED_TAGS
    )
    shown = ((name, value) for name, value in known if value is not None)
    yield from (pair for _, pair in zip(range(MOST_FIELDS), shown, strict=False))


def _show(value: object) -> ExifValue | None:
    """Returns a number or a one-line text; None for other values."""
    if isinstance(value, str):
        text = value.strip("\0 ")
        return text[:LONGEST_EXIF_TEXT] if text.isprintable() else None
    with suppress(Exception):
        number = float(value)  # type: ignore[arg-type]  # a whole one or a fraction
        return int(number) if number.is_integer() else round(number, 6)
    return None
