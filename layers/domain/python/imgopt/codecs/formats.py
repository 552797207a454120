"""The formats by name, in the order in which they are tried and listed.

Each is imported when it is needed: all of them would take a fifth of a function's start.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.format import Encode, Format, Transform
from imgopt.codecs.shared.animation import Animation
from imgopt.errors import InvalidImage

# The folders by name. A test compares this table, and the formats that can be written, with the records.
_FOLDERS = {
    "jpg": "jpeg",
    **{name: name for name in ("png", "webp", "avif", "gif", "svg", "ico", "jxl", "heic", "tiff", "bmp")},
}
READ_ALONE = frozenset({"heic", "tiff", "bmp"})


class Formats(Mapping[str, Format]):
    """Names are known without importing formats; `loaded` has the imported ones."""

    def __init__(self) -> None:
        self.loaded: dict[str, Format] = {}

    def __getitem__(self, name: str) -> Format:
        if name not in self.loaded:
            self.loaded[name] = import_module(f"imgopt.codecs.{_FOLDERS[name]}").FORMAT
        return self.loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in _FOLDERS

    def __iter__(self) -> Iterator[str]:
        return iter(_FOLDERS)

    def __len__(self) -> int:
        return len(_FOLDERS)


FORMATS = Formats()


def canonical_name(text: str) -> str:
    """Returns the name of the format with this name or alias; an unknown text is returned unchanged."""
    if text in FORMATS:
        return text
    return next((each.name for each in FORMATS.values() if text in each.aliases), text)


def sniff(head: bytes) -> Format | None:
    """Returns the format of a file by its first bytes (4096 are enough), whatever its name or MIME type says."""
    return next((each for each in FORMATS.values() if each.matches(head)), None)


def encoder_of(target: Format) -> Encode:
    """Returns the format's encoder. Raises ValueError for a read-only format."""
    if target.encode is None:
        raise ValueError(f"{target.label} files can't be written.")
    return target.encode


def mend(data: bytes, name: str) -> bytes:
    """Returns the file with damaged parts repaired, where the format supports that."""
    mend_of = FORMATS[name].mend
    return mend_of(data) if mend_of else data


def read_loss(data: bytes, name: str) -> Loss:
    """Returns the coding loss of a file. Raises InvalidImage where it is damaged."""
    read = FORMATS[name].read_loss
    return read(data) if read else Loss.NONE


def decode_animation(
    data: bytes, name: str, frame_limit: int | None = None, transform: "Transform | None" = None
) -> Animation:
    """Decodes the complete frames of a file; a still image has one.

    `transform` is applied to each frame after decoding, so that only its result stays in memory. Raises InvalidImage
    where a frame can't be decoded.
    """
    decode = FORMATS[name].decode_animation
    if decode is None:
        raise InvalidImage(f"{FORMATS[name].label} files can't be animations.")
    return decode(data, frame_limit, transform)


def is_vector(name: str) -> bool:
    """Returns whether the format is a vector format."""
    return FORMATS[name].vector is not None
