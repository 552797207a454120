"""Which network for what: photos and graphics, how many times larger, on which device."""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    PHOTO = "photo"
    GRAPHIC = "graphic"


class Device(StrEnum):
    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True)
class Model:
    """A network that makes images `scale` times as large.

    `context`: so many pixels around a tile must be seen with it. `feather`: over so many pixels neighbouring tiles
    fade into each other, where no affordable context makes them agree. Both are pixels of the input.
    """

    name: str
    scale: int
    context: int
    feather: int = 0


@dataclass(frozen=True)
class Choice:
    """A model, run `passes` times one after another."""

    model: Model
    passes: int = 1

    @property
    def scale(self) -> int:
        return int(self.model.scale**self.passes)


WAIFU2X = Model("waifu2x-photo-denoise1-x2", 2, context=7)
X4PLUS = Model("realesrgan-x4plus", 4, context=32, feather=32)
ANIME = tuple(Model(f"realesr-animevideov3-x{scale}", scale, context=19) for scale in (2, 3, 4))
# In order of scale. x4plus takes 30 s for a megapixel on a CPU, so that it is left to GPUs.
CHOICES: dict[tuple[Kind, Device], tuple[Choice, ...]] = {
    (Kind.PHOTO, Device.CPU): (Choice(WAIFU2X), Choice(WAIFU2X, passes=2)),
    (Kind.PHOTO, Device.CUDA): (Choice(WAIFU2X), Choice(X4PLUS)),
    (Kind.GRAPHIC, Device.CPU): tuple(map(Choice, ANIME)),
    (Kind.GRAPHIC, Device.CUDA): tuple(map(Choice, ANIME)),
}


def choose(kind: Kind, factor: float, device: Device) -> Choice:
    """The smallest scale that reaches the factor, or the largest there is."""
    choices = CHOICES[kind, device]
    return next((choice for choice in choices if choice.scale >= factor), choices[-1])


def models_folder() -> Path:
    """Where networks are kept for the user; $XDG_CACHE_HOME moves it."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return Path(cache or Path.home() / ".cache") / "imgopt" / "models"


def path_of(name: str) -> Path:
    return models_folder() / f"{name}.onnx"
