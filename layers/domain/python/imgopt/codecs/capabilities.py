"""Optional capabilities of formats, each as a record of functions."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from imgopt.codecs.shared.encoding import Encoding, Metadata
from imgopt.codecs.shared.timing import Timing

if TYPE_CHECKING:
    from PIL.Image import Image

    from imgopt.codecs.shared.gain_map import GainMap


class Content(StrEnum):
    """The content of a file, as far as it matters for the choice of the smallest format."""

    PHOTO = "photo"
    DRAWING = "drawing"
    ANIMATION = "animation"


class Loss(StrEnum):
    """The coding loss of a file: none, or increasing degrees of visible loss when it is enlarged.

    PALETTE is for images with few colours, where others are dithered, as in GIF.
    """

    NONE = "none"
    PALETTE = "palette"
    LIGHT = "light"
    MODERATE = "moderate"
    HEAVY = "heavy"


class Scan(Protocol):
    """Counts frames without decoding. Raises InvalidImage or TooLarge."""

    def __call__(self, file: BinaryIO, *, max_frames: int) -> Timing: ...


@dataclass(frozen=True)
class Drawn:
    """The pixels of a vector image. `left_out` names, for clients, what isn't in them."""

    image: "Image"
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Prepared:
    """A sanitized vector image. `left_out` names, for clients, what was removed."""

    data: bytes
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vector:
    """A vector format, which can be drawn at any size, resized and optimized.

    `prepare` gets a width and a height, each of which may be None, and the resize behaviour. `optimize` gets the result
    of `prepare`. `has_metadata` tells whether a file has metadata. `check_drawable` raises TooLarge where `render` does
    for a width and a height.
    """

    render: Callable[[bytes, int, int], Drawn]
    prepare: Callable[[bytes, int | None, int | None, str], Prepared]
    optimize: Callable[[bytes, int], Encoding]
    has_metadata: Callable[[bytes], bool]
    check_drawable: Callable[[int, int], None]


@dataclass(frozen=True)
class ImageSet:
    """A format with one picture in several sizes: squares with these sides in pixels.

    `encode_packed` makes smaller files than `encode`, which fewer programs can open. `rewrite` makes a file smaller
    with its own picture in each size, and `rewrite_packed` does so like `encode_packed`. `read_sizes` returns the sizes
    of a file, the largest first. `drop_largest` returns the file without its largest size; None where it has only one.
    """

    sides: tuple[int, ...]
    encode: "Callable[[list[Image], int], Encoding]"
    encode_packed: "Callable[[list[Image], int], Encoding]"
    rewrite: Callable[[bytes, int], Encoding]
    rewrite_packed: Callable[[bytes, int], Encoding]
    read_sizes: Callable[[bytes], list[tuple[int, int]]]
    drop_largest: Callable[[bytes], bytes | None]


@dataclass(frozen=True)
class Deep:
    """Support for 16 bits per sample, by libvips.

    `read` returns an upright image of 1 to 4 bands in sRGB or grey; None where the file has fewer bits, or can't be
    read by libvips. `encode` is lossless, and only for qualities from `lowest_quality` and up to `most_pixels`.
    """

    read: Callable[[bytes], Any]
    encode: Callable[[Any, Metadata], Encoding]
    lowest_quality: int
    most_pixels: int


@dataclass(frozen=True)
class GainMaps:
    """Support for gain maps. `insert` adds one to a finished picture without one, at a quality of 1 to 100."""

    read: "Callable[[bytes], GainMap | None]"
    insert: "Callable[[bytes, GainMap, int], bytes]"


@dataclass(frozen=True)
class Packing:
    """Support for storing a file of the format `of` inside another format, from where it can be restored byte for byte.

    Both functions raise InvalidImage where that is impossible.
    """

    of: str
    encoder: str
    pack: Callable[[bytes], bytes]
    unpack: Callable[[bytes], bytes]
