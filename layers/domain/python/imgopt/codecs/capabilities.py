"""What formats can do besides reading and writing one picture, each as a record of what does it."""

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
    """What is seen in a file, as far as it matters for the format that holds it in the fewest bytes."""

    PHOTO = "photo"
    DRAWING = "drawing"
    ANIMATION = "animation"


class Loss(StrEnum):
    """What the coding of a file has cost its picture: nothing, or more and more of what shows when it is enlarged.

    PALETTE is for all colours but a few, for which dots of others stand, as in GIF.
    """

    NONE = "none"
    PALETTE = "palette"
    LIGHT = "light"
    MODERATE = "moderate"
    HEAVY = "heavy"


class Scan(Protocol):
    """Counts frames without decoding one. Raises InvalidImage or TooLarge."""

    def __call__(self, file: BinaryIO, *, max_frames: int) -> Timing: ...


@dataclass(frozen=True)
class Drawn:
    """The pixels of a drawing; `left_out` names, in words for a client, what isn't in them."""

    image: "Image"
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Prepared:
    """A drawing that is safe; `left_out` names, in words for a client, what isn't in it any more."""

    data: bytes
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vector:
    """A format without pixels: drawn at a size in pixels, and made another size or smaller as it is.

    `prepare` takes a width and a height, both or one of which may be None, and the name of what is done where the
    proportions are others. `optimize` takes what that has made. `has_metadata` tells whether a file holds some.
    """

    render: Callable[[bytes, int, int], Drawn]
    prepare: Callable[[bytes, int | None, int | None, str], Prepared]
    optimize: Callable[[bytes, int], Encoding]
    has_metadata: Callable[[bytes], bool]


@dataclass(frozen=True)
class ImageSet:
    """A format whose files hold one picture in several sizes: squares of these sides, in pixels.

    What `encode_packed` makes takes fewer bytes than that of `encode`, and fewer programs open it. `rewrite` makes a
    file smaller whose pictures stay as they are, each in its size and drawn as it is there.
    """

    sides: tuple[int, ...]
    encode: "Callable[[list[Image], int], Encoding]"
    encode_packed: "Callable[[list[Image], int], Encoding]"
    rewrite: Callable[[bytes, int], Encoding]


@dataclass(frozen=True)
class Deep:
    """16 bits a sample, as libvips holds them, of a format whose files can have so many.

    `read` makes 1-4 bands of sRGB or grey of a file, upright; its answer is None where the file has fewer bits or can't
    be read so. `encode` loses nothing, and is for qualities from `lowest_quality` on and at most `most_pixels`.
    """

    read: Callable[[bytes], Any]
    encode: Callable[[Any, Metadata], Encoding]
    lowest_quality: int
    most_pixels: int


@dataclass(frozen=True)
class GainMaps:
    """How a format keeps gain maps. `insert` puts one into a finished picture that has none, at a quality of 1-100."""

    read: "Callable[[bytes], GainMap | None]"
    insert: "Callable[[bytes, GainMap, int], bytes]"


@dataclass(frozen=True)
class Packing:
    """Files of the format named `of`, held by those of another, which give them back byte for byte.

    Both raise InvalidImage where a file can't be held, or isn't there.
    """

    of: str
    encoder: str
    pack: Callable[[bytes], bytes]
    unpack: Callable[[bytes], bytes]
