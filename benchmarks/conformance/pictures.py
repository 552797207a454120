"""What two decoders saw, and how far it is apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]  # height x width x 4: red, green, blue, alpha; alpha is not multiplied in
# Of 255: what is a difference.
TOLERANCE = 8
# Over squares of so many pixels a side a difference is averaged: how subsampled chroma is made larger is nowhere
# specified (ITU-T T.81 A.1.1, H.273 8.7), nor is how the edges of drawings are smoothed.
SIDES = {"jpg": 4, "webp": 4, "avif": 4, "heic": 4, "svg": 16}


class NotRead(Exception):
    """A decoder's reason not to read a file."""


@dataclass(frozen=True)
class Difference:
    """`largest` is of 255, averaged as `SIDES` says; `share` is that of the pixels that are further apart than
    TOLERANCE."""

    largest: float
    share: float

    def __str__(self) -> str:
        return f"up to {self.largest:.0f}, {self.share:.2%} of the pixels"


def compare(own: list[Pixels], second: list[Pixels], format_name: str) -> "Difference | str | None":
    """None where all frames are the same; a text where sizes or numbers of frames differ."""
    if len(own) != len(second):
        return f"{len(own)} frames, not {len(second)}"
    if own[0].shape != second[0].shape:
        return f"{_size(own[0])} pixels, not {_size(second[0])}"
    found = [measure(mine, other, SIDES.get(format_name, 1)) for mine, other in zip(own, second, strict=True)]
    worst = max(found, key=lambda each: each.largest)
    return worst if worst.largest > TOLERANCE else None


def measure(own: Pixels, second: Pixels, side: int) -> Difference:
    """With alpha multiplied in: what nobody can see doesn't count."""
    apart = np.abs(_averaged(_premultiplied(own) - _premultiplied(second), side)).max(axis=2)
    return Difference(float(apart.max()), float((apart > TOLERANCE).mean()))


def _premultiplied(pixels: Pixels) -> "np.ndarray[Any, np.dtype[np.float32]]":
    values = pixels.astype(np.float32)
    values[..., :3] *= values[..., 3:] / 255
    return values


def _averaged(values: "np.ndarray[Any, Any]", side: int) -> "np.ndarray[Any, Any]":
    """Over squares; those at the right and lower edge go on with the last pixel."""
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
    """As the EXIF orientation of 1-8 says (CIPA DC-008, 4.6.5.1.2)."""
    turned: Pixels = TURNS[orientation](pixels) if orientation in TURNS else pixels
    return turned
