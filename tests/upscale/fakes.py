"""Networks without weights: each pixel is repeated after a blur with the reach of a real network."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy
from PIL import Image, ImageDraw

from imgopt.upscale.models import Device, Model
from imgopt.upscale.runtime import Network, Runtime


@dataclass
class Repeating:
    """Blurs over `reach` pixels to all sides, with zeros beyond the edges, or leaving these out where it `trims`."""

    scale: int
    reach: int = 0
    trims: bool = False
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def __call__(self, batch: numpy.ndarray) -> numpy.ndarray:
        self.shapes.append(batch.shape)
        blurred = blur(batch, self.reach)
        if self.trims and self.reach:
            blurred = blurred[:, :, self.reach : -self.reach, self.reach : -self.reach]
        return blurred.repeat(self.scale, 2).repeat(self.scale, 3)


@dataclass
class Failing:
    """Gives what `spoil` makes of a good answer, so many `times`; good ones then."""

    spoil: Callable[[numpy.ndarray], numpy.ndarray]
    times: int
    scale: int = 2

    def __call__(self, batch: numpy.ndarray) -> numpy.ndarray:
        good = Repeating(self.scale)(batch)
        self.times -= 1
        return self.spoil(good) if self.times >= 0 else good


@dataclass
class Cramped:
    """A network with memory for images of this number of pixels."""

    pixels: int
    scale: int = 2

    def __call__(self, batch: numpy.ndarray) -> numpy.ndarray:
        if batch.shape[2] * batch.shape[3] > self.pixels:
            raise MemoryError
        return Repeating(self.scale)(batch)


def blur(batch: numpy.ndarray, reach: int) -> numpy.ndarray:
    side = 2 * reach + 1
    padded = numpy.pad(batch, ((0, 0), (0, 0), (reach, reach), (reach, reach)))
    for axis, length in ((2, batch.shape[2]), (3, batch.shape[3])):
        padded = sum(numpy.take(padded, range(at, at + length), axis) for at in range(side)) / side
    return padded.astype(numpy.float32)


def runtime(network: Network | None = None) -> Runtime:
    """Opens a network whatever the model; without one, that which repeats by the model's scale."""

    def opened(model: Model, device: Device) -> Network:
        return network or Repeating(model.scale)

    return Runtime(Device.CPU, opened)


def drawing() -> Image.Image:
    image = Image.new("RGB", (90, 60), "white")
    ImageDraw.Draw(image).ellipse((20, 10, 70, 50), fill=(200, 30, 60))
    return image


def photo(width: int, height: int) -> Image.Image:
    """Waves and noise in colour, the same every time."""
    y, x = numpy.mgrid[0:height, 0:width]
    waves = numpy.stack([numpy.sin(x / 5 + y / 9), numpy.cos(x / 11), numpy.sin(y / 4)], axis=-1)
    noise = numpy.random.default_rng(7).normal(0, 12, waves.shape)
    return Image.fromarray(numpy.clip(128 + 90 * waves + noise, 0, 255).astype(numpy.uint8))
