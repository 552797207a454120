"""Chooses a network by picture kind, coding loss, factor, device and time."""

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
    """A network that enlarges `scale` times.

    All lengths are pixels of the input. `context`: pixels around a tile that the network needs. `edge`: pixels beyond
    the image's own edges. `feather`: width in which neighbouring tiles are blended, where no affordable context makes
    them agree. `megapixels` of output per second: on one CPU thread by ncnn (`make bench-upscale`), and an estimate for
    the slowest supported GPU. `bytes_per_pixel`: ncnn's memory per pixel of a tile.
    """

    name: str
    scale: int
    context: int
    edge: int = 0
    feather: int = 0
    megapixels: tuple[float, float] = (1, 1)
    bytes_per_pixel: int = 0

    def seconds_for(self, pixels: int, device: Device) -> float:
        """Returns about how many seconds `pixels` of output take."""
        return pixels / 1_000_000 / self.megapixels[device is Device.CUDA]

    def side_within(self, memory: int) -> int:
        """Returns the side of the largest square tile that ncnn can process in `memory` bytes."""
        return isqrt(max(0, memory) // self.bytes_per_pixel) - 2 * self.context


@dataclass(frozen=True)
class NetworkChoice:
    """A model, run `passes` times in sequence.

    `reach`: up to this factor a larger choice is no better; 0 means the factor of the passes. `share`, 0 to 1, of the
    network's result is blended with Lanczos.
    """

    model: Model
    passes: int = 1
    reach: float = 0
    share: float = 1

    @property
    def scale(self) -> int:
        return int(self.model.scale**self.passes)

    def seconds_for(self, pixels: int, device: Device) -> float:
        """Returns about how many seconds an image of `pixels` takes."""
        made = [pixels * self.model.scale ** (2 * number) for number in range(1, self.passes + 1)]
        return self.model.seconds_for(sum(made), device)


def _waifu2x(name: str) -> Model:
    """Returns one of waifu2x's small networks, which share an architecture: each leaves out its context as a margin."""
    return Model(f"waifu2x-{name}-x2", 2, 7, edge=7, megapixels=(0.8, 30), bytes_per_pixel=6_700)


# Trained on drawings, with no denoising, and with two levels of it; trained on photos, and with the most denoising.
ANIME, ANIME_DENOISE0, ANIME_DENOISE1 = map(_waifu2x, ("anime", "anime-denoise0", "anime-denoise1"))
PHOTO_DENOISE3 = _waifu2x("photo-denoise3")
WAIFU2X = (ANIME, ANIME_DENOISE0, ANIME_DENOISE1, PHOTO_DENOISE3)
X4PLUS = Model("realesrgan-x4plus", 4, 32, edge=8, feather=32, megapixels=(0.03, 2), bytes_per_pixel=55_000)

# Chosen by benchmarks/UPSCALING.md. With little loss, the networks for drawings score higher than those for photos, on
# photos too: at worst half a point below Lanczos, where the others lose up to 11. With much loss, a quarter of Lanczos
# keeps some of the grain of skin, which the network would smooth. Dithered images keep half of Lanczos, because
# networks take the dots for content.
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
# One pass and Lanczos take a fifth of the time of two passes. At factor 4 photos lose nothing by that, graphics some
# points.
REACH_ON_CPU = 4


def choices_for(kind: PictureKind, loss: Loss, device: Device) -> tuple[NetworkChoice, ...]:
    """Returns the choices in order of scale. x4plus is only used on GPUs, because a CPU takes most of a minute for a
    megapixel.
    """
    model, share = BY_LOSS[kind, loss]
    twice = NetworkChoice(model, passes=2, share=share)
    if device is Device.CPU:
        return NetworkChoice(model, reach=REACH_ON_CPU, share=share), twice
    return NetworkChoice(model, share=share), NetworkChoice(X4PLUS) if kind is PictureKind.PHOTO else twice


def models_on(device: Device) -> frozenset[Model]:
    """Returns all models that may be chosen on a device."""
    return frozenset(each.model for kind, loss in BY_LOSS for each in choices_for(kind, loss, device))


def choose(
    choices: Sequence[NetworkChoice], factor: float, device: Device, pixels: int, seconds: float
) -> NetworkChoice:
    """Returns the smallest choice that suffices for the factor, or the largest; a smaller one where time is short.

    `pixels` are the image's. Where none is fast enough, returns the fastest: limits on pixels are checked elsewhere.
    """
    in_time = [each for each in choices if each.seconds_for(pixels, device) <= seconds]
    possible = in_time or [min(choices, key=lambda each: each.seconds_for(pixels, device))]
    return next((each for each in possible if max(each.scale, each.reach) >= factor), possible[-1])
