"""The pixels that two decoders return, and their differences."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]  # height x width x 4: red, green, blue and alpha, not multiplied by alpha
# Larger differences, of 255, count.
TOLERANCE = 8
# Differences are averaged over squares with sides of so many pixels. No specification says how to enlarge subsampled
# chroma (ITU-T T.81 A.1.1, H.273 8.7), or how to smooth the edges of drawings.
SIDES = {"jpg": 4, "webp": 4, "avif": 4, "heic": 4, "svg": 16}


class NotRead(Exception):
    """A decoder did not read a file. The message is the reason."""


@dataclass(frozen=True)
class Difference:
    """A difference of two pictures.

    `largest` is the largest difference of a channel, of 255, averaged as `SIDES` says. `share` is the share of the
    pixels that differ by more than TOLERANCE.
    """

    largest: float
    share: float

    def __str__(self) -> str:
        return f"up to {self.largest:.0f}, {self.share:.2%} of the pixels"


def compare(own: list[Pixels], second: list[Pixels], format_name: str) -> "Difference | str | None":
    """None if all frames are equal; a text if sizes or numbers of frames differ; else the largest difference."""
    if len(own) != len(second):
        return f"{len(own)} frames, not {len(second)}"
    if own[0].shape != second[0].shape:
        return f"{_size(own[0])} pixels, not {_size(second[0])}"
    found = [measure(mine, other, SIDES.get(format_name, 1)) for mine, other in zip(own, second, strict=True)]
    worst = max(found, key=lambda each: each.largest)
    return worst if worst.largest > TOLERANCE else None


def measure(own: Pixels, second: Pixels, side: int) -> Difference:
    """The difference of channels multiplied by alpha, so that invisible colours do not count."""
    apart = np.abs(_averaged(_premultiplied(own) - _premultiplied(second), side)).max(axis=2)
    return Difference(float(apart.max()), float((apart > TOLERANCE).mean()))


def _premultiplied(pixels: Pixels) -> "np.ndarray[Any, np.dtype[np.float32]]":
    values = pixels.astype(np.float32)
    values[..., :3] *= values[..., 3:] / 255
    return values


def _averaged(values: "np.ndarray[Any, Any]", side: int) -> "np.ndarray[Any, Any]":
    """The means over squares. The squares at the right and the lower edge are filled with the last pixel."""
    if side == 1:
        return values
    height, width, bands = values.shape
    padded = np.pad(values, ((0, -height % side), (0, -width % side), (0, 0)), mode="edge")
    squares = padded.reshape(padded.shape[0] // side, side, padded.shape[1] // side, side, bands)
    averaged: np.ndarray[Any, Any] = squares.mean(axis=(1, 3))
    return averaged


def _size(pixels: Pixels) -> str:
    return f"{pixels.shape[1]}x{pixels.shape[0]}"


TURNS = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.transpose(1, 0, 2),
    6: lambda pixels: pixels.transpose(1, 0, 2)[:, ::-1],
    7: lambda pixels: pixels[::-1, ::-1].transpose(1, 0, 2),
    8: lambda pixels: pixels.transpose(1, 0, 2)[::-1],
}


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """The pixels, rotated and mirrored by an EXIF orientation of 1-8 (CIPA DC-008, 4.6.5.1.2)."""
    turned: Pixels = TURNS[orientation](pixels) if orientation in TURNS else pixels
    return turned
