"""The formats by name, in the order in which they are tried and listed.

Each is loaded as it is needed: all of them take a fifth of the time in which a function starts.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.format import Encode, Format, Transform
from imgopt.codecs.shared.animation import Animation
from imgopt.errors import InvalidImage

# Their folders by their names. A test compares both, and what is written, with what the formats say of themselves.
_FOLDERS = {
    "jpg": "jpeg",
    **{name: name for name in ("png", "webp", "avif", "gif", "svg", "ico", "jxl", "heic", "tiff", "bmp")},
}
READ_ALONE = frozenset({"heic", "tiff", "bmp"})


class Formats(Mapping[str, Format]):
    """Names are known without loading anything; `loaded` has what was asked for until now."""

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
    """The name of the format that is called so; the text itself where there is none."""
    if text in FORMATS:
        return text
    return next((each.name for each in FORMATS.values() if text in each.aliases), text)


def sniff(head: bytes) -> Format | None:
    """The format that a file's first bytes show (4096 are enough), whatever its name or type claims."""
    return next((each for each in FORMATS.values() if each.matches(head)), None)


def encoder_of(target: Format) -> Encode:
    """Raises ValueError for a format that is not written: it is no output format, and none that stays as it is."""
    if target.encode is None:
        raise ValueError(f"{target.label} files are not written.")
    return target.encode


def mend(data: bytes, name: str) -> bytes:
    """The same file, sound for other readers, too, where a format's files can be mended."""
    mend_of = FORMATS[name].mend
    return mend_of(data) if mend_of else data


def read_loss(data: bytes, name: str) -> Loss:
    """What the coding of a file has cost its picture. Raises InvalidImage where it is damaged."""
    read = FORMATS[name].read_loss
    return read(data) if read else Loss.NONE


def decode_animation(
    data: bytes, name: str, frame_limit: int | None = None, transform: "Transform | None" = None
) -> Animation:
    """Whole frames of a file; a still one is an animation of one.

    `transform` is applied to each frame as it is read, so that only its result stays in memory.
    Raises InvalidImage where a frame can't be read.
    """
    decode = FORMATS[name].decode_animation
    if decode is None:
        raise InvalidImage(f"{FORMATS[name].label} files hold no animation.")
    return decode(data, frame_limit, transform)


def is_vector(name: str) -> bool:
    """Whether files of a format are drawn, at any size."""
    return FORMATS[name].vector is not None
