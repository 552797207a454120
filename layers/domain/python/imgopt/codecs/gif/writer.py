"""Composes a GIF of indexed frames (GIF89a specification), before gifsicle compresses it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs.shared.animation import FOREVER
from imgopt.codecs.shared.palette import Palette

if TYPE_CHECKING:
    from PIL.Image import Image

KEEP, CLEAR = 1, 2
LAST_LOOP = 0xFFFF
LOOP_BLOCK = b"\x21\xff\x0bNETSCAPE2.0\x03\x01"
SCREEN_BYTES, DESCRIPTOR_BYTES = 13, 10
LOCAL_PALETTE_OF_256 = 0x87


@dataclass(frozen=True)
class Picture:
    """One complete frame: indexes of its palette in mode L. `disposal` is `KEEP` or `CLEAR`, `delay` is in
    centiseconds.
    """

    numbers: "Image"
    palette: Palette
    delay: int
    disposal: int


def write(pictures: Iterable[Picture], size: tuple[int, int], plays: int) -> bytes:
    """Returns an animated GIF. `plays` is as in `Animation`."""
    width, height = (side.to_bytes(2, "little") for side in size)
    blocks = b"".join(map(_write_picture, pictures))
    return b"GIF89a" + width + height + bytes(3) + _write_loop(plays) + blocks + b";"


def delays(durations: Iterable[int]) -> Iterator[int]:
    """Converts milliseconds to centiseconds. Rounding errors are carried over, so that the total duration stays.

    Delays of other formats don't become so short that browsers replace them by 100 ms.
    """
    owed = 0
    for duration in durations:
        if duration % 10 == 0 and not owed:
            yield duration // 10
            continue
        delay = max(2, round((duration + owed) / 10))
        owed += duration - delay * 10
        yield delay


def _write_loop(plays: int) -> bytes:
    """Returns the loop extension, which counts repetitions after the first play; none for a single play."""
    if plays == 1:
        return b""
    repetitions = 0 if plays == FOREVER else min(plays - 1, LAST_LOOP)
    return LOOP_BLOCK + repetitions.to_bytes(2, "little") + b"\0"


def _write_picture(picture: Picture) -> bytes:
    transparent = picture.palette.transparent
    flags = picture.disposal << 2 | (transparent is not None)
    control = bytes((0x21, 0xF9, 4, flags)) + min(picture.delay, 0xFFFF).to_bytes(2, "little")
    return control + bytes((transparent or 0, 0)) + _write_image(picture.numbers, picture.palette.rgb)


def _write_image(numbers: "Image", rgb: bytes) -> bytes:
    """Returns an image descriptor with its own palette, and the pixels as Pillow compresses them."""
    out = BytesIO()
    still = numbers.copy()
    still.putpalette(rgb.ljust(768, b"\0"))
    still.save(out, "GIF", optimize=False, interlace=False)
    data = out.getvalue()
    start = data.index(b",", SCREEN_BYTES + 768)
    descriptor = data[start : start + DESCRIPTOR_BYTES - 1] + bytes((LOCAL_PALETTE_OF_256,))
    return descriptor + rgb.ljust(768, b"\0") + data[start + DESCRIPTOR_BYTES : -1]
