"""Which network for what: photos and graphics, by what their coding has cost, their factor and the device."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isqrt

from imgopt.codecs.capabilities import Loss
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
    `share`, 0-1: how much of it is blended with Lanczos, which has the rest.
    """

    model: Model
    passes: int = 1
    reach: float = 0
    share: float = 1

    @property
    def scale(self) -> int:
        return int(self.model.scale**self.passes)

    def seconds_for(self, pixels: int, device: Device) -> float:
        """About the time for an image of so many pixels."""
        made = [pixels * self.model.scale ** (2 * number) for number in range(1, self.passes + 1)]
        return self.model.seconds_for(sum(made), device)


def _waifu2x(name: str) -> Model:
    """One of waifu2x's small networks, all of one build: each leaves out as much as it needs to see."""
    return Model(f"waifu2x-{name}-x2", 2, 7, edge=7, megapixels=(0.8, 30), bytes_per_pixel=6_700)


# Trained on drawings, and to smooth nothing, noise, more noise; trained on photos, and to smooth the most.
ANIME, ANIME_DENOISE0, ANIME_DENOISE1 = map(_waifu2x, ("anime", "anime-denoise0", "anime-denoise1"))
PHOTO_DENOISE3 = _waifu2x("photo-denoise3")
WAIFU2X = (ANIME, ANIME_DENOISE0, ANIME_DENOISE1, PHOTO_DENOISE3)
X4PLUS = Model("realesrgan-x4plus", 4, 32, edge=8, feather=32, megapixels=(0.03, 2), bytes_per_pixel=55_000)

# By benchmarks/UPSCALING.md: where little was lost, the networks for drawings score more on photos, too, than those for
# photos do. They are never behind Lanczos by more than half a point, and the others by up to 11. Where much was lost,
# photos keep a quarter of Lanczos, and with it some of the grain of skin, which is the network's to smooth. Dots that
# stand for colours keep half: the networks take them for what is to be seen.
BY_LOSS: dict[tuple[PictureKind, Loss], tuple[Model, float]] = {
    (PictureKind.PHOTO, Loss.NONE): (ANIME, 1),
    (PictureKind.PHOTO, Loss.PALETTE): (ANIME_DENOISE0, 0.5),
    (PictureKind.PHOTO, Loss.LIGHT): (ANIME_DENOISE0, 1),
    (PictureKind.PHOTO, Loss.MODERATE): (ANIME_DENOISE0, 1),
    (PictureKind.PHOTO, Loss.HEAVY): (PHOTO_DENOISE3, 0.75),
    (PictureKind.GRAPHIC, Loss.NONE): (ANIME, 1),
    (PictureKind.GRAPHIC, Loss.PALETTE): (ANIME, 1),
    (PictureKind.GRAPHIC, Loss.LIGHT): (ANIME_DENOISE0, 1),
    (PictureKind.GRAPHIC, Loss.MODERATE): (ANIME_DENOISE1, 1),
    (PictureKind.GRAPHIC, Loss.HEAVY): (ANIME_DENOISE1, 1),
}
# Once and then Lanczos takes a fifth of the time of twice. Of photos that costs nothing at 4, of graphics some points.
REACH_ON_CPU = 4


def choices_for(kind: PictureKind, loss: Loss, device: Device) -> tuple[NetworkChoice, ...]:
    """In order of scale. x4plus takes most of a minute for a megapixel on a CPU, so that it is left to GPUs."""
    model, share = BY_LOSS[kind, loss]
    twice = NetworkChoice(model, passes=2, share=share)
    if device is Device.CPU:
        return NetworkChoice(model, reach=REACH_ON_CPU, share=share), twice
    return NetworkChoice(model, share=share), NetworkChoice(X4PLUS) if kind is PictureKind.PHOTO else twice


def models_on(device: Device) -> frozenset[Model]:
    """All that may be chosen there."""
    return frozenset(each.model for kind, loss in BY_LOSS for each in choices_for(kind, loss, device))


def choose(
    choices: Sequence[NetworkChoice], factor: float, device: Device, pixels: int, seconds: float
) -> NetworkChoice:
    """The smallest that is enough for the factor, or else the largest there is; a smaller one where time is short.

    `pixels` are those of the image. Where nothing is done within the seconds, the quickest: limits on pixels are for
    others to set.
    """
    in_time = [each for each in choices if each.seconds_for(pixels, device) <= seconds]
    possible = in_time or [min(choices, key=lambda each: each.seconds_for(pixels, device))]
    return next((each for each in possible if max(each.scale, each.reach) >= factor), possible[-1])
