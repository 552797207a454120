"""libaom's options, by an image's content and size (docs/decisions/0043)."""

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import quality_scale
from imgopt.codecs.shared.quality_scale import Scale
from imgopt.codecs.shared.redundancy import measure_by_runs, measure_repeats

if TYPE_CHECKING:
    from PIL.Image import Image

# Above these megapixels libaom would exceed a job's memory, with 45 bytes a pixel: images are encoded as tiles and with
# 4:2:0.
HUGE = 36
# Bytes per pixel after run-length compression. Above it an image is a photograph, or a drawing with textures.
MOST_OF_A_DRAWING = 0.2
# The share that compression of repeats leaves. Above it repeats are too rare to search for, which takes a third of the
# time.
FEW_REPEATS = 0.86
# Options with the best SSIMULACRA2 scores on the benchmark's corpus, where sharpening only cost bytes. Flipped and
# identity transforms would take 4 % of the time for 0.2 % of the bytes.
BASE_OPTIONS = {"tune": "ssimulacra2", "sharpness": "0", "qm-max": "6", "enable-flip-idtx": "0"}


@dataclass(frozen=True)
class Tuning:
    """libaom's options, and the quality scale for them."""

    options: dict[str, str]
    scale: Scale

    def ask(self, native: int, megapixels: float, least_speed: int = 0) -> dict[str, Any]:
        """Returns Pillow's arguments for libaom's quality, 0 to 99."""
        return {"quality": native, "speed": max(speed_for(megapixels), least_speed), "advanced": self.options}


# (megapixels, speed). Each step of speed halves the time for 3 to 6 % more bytes. Small images are fast anyway.
SPEEDS = ((0.1, 6), (16, 7), (HUGE, 8), (inf, 9))
# The speed for image URLs, where a client waits: one more step would save a third of the time for a tenth more bytes.
QUICK_SPEED = 8
# Smooth parts get more bits than details, but with half of libaom's default strength.
PHOTO = Tuning({**BASE_OPTIONS, "deltaq-strength": "50"}, quality_scale.AVIF)
# All parts of a page get equal quality, and repeated letters are copied; other drawings have hardly any repeats.
REPEATING = Tuning({**BASE_OPTIONS, "deltaq-mode": "0"}, quality_scale.AVIF_DRAWING)
DRAWING = Tuning({**REPEATING.options, "enable-intrabc": "0"}, quality_scale.AVIF_DRAWING)


def speed_for(megapixels: float) -> int:
    """Returns libaom's speed, 0 to 10."""
    return next(speed for most, speed in SPEEDS if megapixels <= most)


def tuning_for(image: "Image") -> Tuning:
    """Returns the tuning for an image of mode L, LA, RGB or RGBA."""
    if measure_by_runs(image) > MOST_OF_A_DRAWING:
        return PHOTO
    return DRAWING if measure_repeats(image) > FEW_REPEATS else REPEATING
