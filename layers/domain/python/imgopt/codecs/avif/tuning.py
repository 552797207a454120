"""How libaom is asked, by what an image shows and how large it is (docs/decisions/0043)."""

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import quality_scale
from imgopt.codecs.shared.quality_scale import Scale
from imgopt.codecs.shared.redundancy import measure_by_runs, measure_repeats

if TYPE_CHECKING:
    from PIL.Image import Image

# Megapixels above which libaom would take more than a job has, 45 bytes and a microsecond a pixel: tiles are encoded
# then, with half of the colour.
HUGE = 36
# Bytes a pixel that runs leave: above, an image is a photograph, but for drawings in textures.
MOST_OF_A_DRAWING = 0.2
# What repeats leave of them: above, these are too rare to be searched for, which is a third of the time.
FEW_REPEATS = 0.86
# What SSIMULACRA2 likes, and no sharpening on top of it, which only cost bytes on the benchmark's corpus. Transforms
# that are flipped or none take 4 % of the time for 0.2 % of bytes.
LIKED = {"tune": "ssimulacra2", "sharpness": "0", "qm-max": "6", "enable-flip-idtx": "0"}


@dataclass(frozen=True)
class Tuning:
    """libaom's own options, and the API's quality in its numbers."""

    options: dict[str, str]
    scale: Scale

    def ask(self, native: int, megapixels: float, least_speed: int = 0) -> dict[str, Any]:
        """What Pillow is given, for libaom's quality 0-99."""
        return {"quality": native, "speed": max(speed_for(megapixels), least_speed), "advanced": self.options}


# A step up in speed saves half of the time for 3-6 % of bytes. Small images take little of it anyway.
SPEEDS = ((0.1, 6), (16, 7), (HUGE, 8), (inf, 9))
# Where somebody waits for it: another step up would take a third of the time for a tenth of the bytes.
QUICK_SPEED = 8
# Smooth parts get more bits than detail, but half as many more as libaom would give them.
PHOTO = Tuning({**LIKED, "deltaq-strength": "50"}, quality_scale.AVIF)
# All parts of a page get the same, and letters that come again are copied; of other drawings hardly anything can be.
REPEATING = Tuning({**LIKED, "deltaq-mode": "0"}, quality_scale.AVIF_DRAWING)
DRAWING = Tuning({**REPEATING.options, "enable-intrabc": "0"}, quality_scale.AVIF_DRAWING)


def speed_for(megapixels: float) -> int:
    """libaom's, 0-10."""
    return next(speed for most, speed in SPEEDS if megapixels <= most)


def tuning_for(image: "Image") -> Tuning:
    """For mode L, LA, RGB or RGBA."""
    if measure_by_runs(image) > MOST_OF_A_DRAWING:
        return PHOTO
    return DRAWING if measure_repeats(image) > FEW_REPEATS else REPEATING
