"""Which network for what: photos and graphics, how many times larger, on which device, in how much time."""

from dataclasses import dataclass
from enum import StrEnum
from math import isqrt

from imgopt.imaging.kinds import PictureKind


class Device(StrEnum):
    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True)
class Model:
    """A network that makes images `scale` times as large.

    `context`: so many pixels around a tile must be seen with it. `edge`: so many beyond the image's own edges, where
    nothing has to agree with a neighbour. `feather`: over so many pixels neighbouring tiles fade into each other, where
    no affordable context makes them agree. All are pixels of the input.
    `megapixels` of output are made in a second: on one thread of a CPU by ncnn, as `make bench-upscale` measures, and
    on the slowest GPU that is meant, of which little more is known than its bounds. `bytes_per_pixel` of a tile is
    what ncnn takes of memory.
    """

    name: str
    scale: int
    context: int
    edge: int = 0
    feather: int = 0
    megapixels: tuple[float, float] = (1, 1)
    bytes_per_pixel: int = 0

    def seconds_for(self, pixels: int, device: Device) -> float:
        """About the time for so many pixels of output."""
        return pixels / 1_000_000 / self.megapixels[device is Device.CUDA]

    def side_within(self, memory: int) -> int:
        """Of the largest square tile that ncnn has room for in so many bytes."""
        return isqrt(max(0, memory) // self.bytes_per_pixel) - 2 * self.context


@dataclass(frozen=True)
class NetworkChoice:
    """A model, run `passes` times one after another.

    `reach`: up to this factor nothing is gained by a larger choice; 0 for what the passes make themselves.
    """

    model: Model
    passes: int = 1
    reach: float = 0

    @property
    def scale(self) -> int:
        return int(self.model.scale**self.passes)

    def seconds_for(self, pixels: int, device: Device) -> float:
        """About the time for an image of so many pixels."""
        made = [pixels * self.model.scale ** (2 * number) for number in range(1, self.passes + 1)]
        return self.model.seconds_for(sum(made), device)


# waifu2x leaves out as much as it needs to see. animevideov3 sees 18 pixels far, but of 70 images, noise and text among
# them, none came out differently by more than 1/255 with 15; by their edges 6 did as well as all of them.
WAIFU2X = Model("waifu2x-photo-denoise1-x2", 2, 7, edge=7, megapixels=(0.8, 30), bytes_per_pixel=6_700)
X4PLUS = Model("realesrgan-x4plus", 4, 32, edge=8, feather=32, megapixels=(0.03, 2), bytes_per_pixel=55_000)
ANIME = (
    Model("realesr-animevideov3-x2", 2, 16, edge=6, megapixels=(0.5, 20), bytes_per_pixel=3_300),
    Model("realesr-animevideov3-x3", 3, 16, edge=6, megapixels=(1.1, 40), bytes_per_pixel=3_300),
    Model("realesr-animevideov3-x4", 4, 16, edge=6, megapixels=(2.0, 60), bytes_per_pixel=3_300),
)
# In order of scale. x4plus takes most of a minute for a megapixel on a CPU, so that it is left to GPUs.
# Once through waifu2x and then Lanczos takes a fifth of the time of twice, and scored more on photos at 2.5, the
# same at 3, less at 4. Twice with no more pixels in between than the result needs scored least (`make bench-upscale`).
CHOICES: dict[tuple[PictureKind, Device], tuple[NetworkChoice, ...]] = {
    (PictureKind.PHOTO, Device.CPU): (NetworkChoice(WAIFU2X, reach=3), NetworkChoice(WAIFU2X, passes=2)),
    (PictureKind.PHOTO, Device.CUDA): (NetworkChoice(WAIFU2X), NetworkChoice(X4PLUS)),
    (PictureKind.GRAPHIC, Device.CPU): tuple(map(NetworkChoice, ANIME)),
    (PictureKind.GRAPHIC, Device.CUDA): tuple(map(NetworkChoice, ANIME)),
}


def choose(kind: PictureKind, factor: float, device: Device, pixels: int, seconds: float) -> NetworkChoice:
    """The smallest that is enough for the factor, or else the largest there is; a smaller one where time is short.

    `pixels` are those of the image. Where nothing is done within the seconds, the quickest: limits on pixels are for
    others to set.
    """
    choices = CHOICES[kind, device]
    in_time = [each for each in choices if each.seconds_for(pixels, device) <= seconds]
    possible = in_time or [min(choices, key=lambda each: each.seconds_for(pixels, device))]
    return next((each for each in possible if max(each.scale, each.reach) >= factor), possible[-1])
