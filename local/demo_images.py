"""The images of `make demo`, and the one of them that is enlarged."""

import glob
import shlex
from collections.abc import Sequence
from pathlib import Path

from imgopt.codecs.format import Limits
from imgopt.codecs.header import read_header
from imgopt.errors import ImgoptError
from imgopt.settings import settings
from local.private_files import ROOT

SAMPLES = ROOT / "samples"


def named_images(value: str) -> list[Path]:
    """The files of make's IMAGE: one path, which may contain spaces, or several paths or patterns; else the samples."""
    if Path(value).expanduser().is_file():
        return [Path(value).expanduser()]
    if not value.strip():
        return sorted(path for path in SAMPLES.iterdir() if path.suffix in (".jpg", ".png", ".gif"))
    words = [str(Path(word).expanduser()) for word in shlex.split(value)]
    return [Path(path) for word in words for path in sorted(glob.glob(word)) or [word]]  # noqa: PTH207 - absolute too


def smallest(images: Sequence[Path]) -> list[Path]:
    """A list with the still image that has the fewest pixels. Empty if there is no still image."""
    stills = [(pixels, image) for image in images if (pixels := pixels_of_still(image))]
    return [min(stills)[1]] if stills else []


def pixels_of_still(image: Path) -> int:
    """The number of pixels. 0 for animations and unsupported files."""
    config = settings()
    limits = Limits(config.max_pixels, config.max_frames, config.max_animation_pixels)
    try:
        with image.open("rb") as file:
            header = read_header(file, limits)
    except ImgoptError:
        return 0
    return header.width * header.height if header.frames == 1 else 0
