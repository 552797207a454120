"""The last step on pixels: a file of the wanted format, at the wanted quality or under the wanted size."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from imgopt.codecs import avif, gif, ico, jpeg, png, trace, webp
from imgopt.codecs.encoding import Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

# Below, pictures fall apart: a smaller one looks better than a worse one.
LOWEST_QUALITY = 20
MOST_TRIES = 8
WELL_FILLED = 0.97
# The scale goes down by 10 % at least and to a quarter at most in one try.
LEAST_STEP, LARGEST_STEP = 0.9, 0.25
# Below, nothing could be made out; a limit that would need it is not met.
LOWEST_SCALE = 1 / 16

Encode = Callable[[int, float], Encoding]


class Codec(Protocol):
    """What each module of `imgopt.codecs` that writes a format offers."""

    def encode(self, image: "Image", quality: int, metadata: Metadata) -> Encoding: ...


CODECS: dict[str, Codec] = {"jpg": jpeg, "png": png, "webp": webp, "avif": avif, "gif": gif, "svg": trace, "ico": ico}


@dataclass(frozen=True)
class Compressed:
    """An encoding, the quality it was asked for, and by how much it had to be scaled down to fit."""

    encoding: Encoding
    quality: int
    scale: float = 1.0


def fit(encode: Encode, quality: int, limit: int | None, *, scalable: bool) -> Compressed:
    """The best encoding of at most `limit` bytes: first of a lower quality, then, where allowed, of fewer pixels.

    `encode` takes a quality 1-100 and a scale up to 1. Where nothing fits, the smallest that was found.
    """
    best = Compressed(encode(quality, 1.0), quality)
    if limit is None or _size(best) <= limit:
        return best
    lowest = min(quality, LOWEST_QUALITY)
    worst = Compressed(encode(lowest, 1.0), lowest)
    if _size(worst) <= limit:
        return _search_quality(encode, worst, best, limit)
    return _search_scale(encode, worst, limit) if scalable else min(best, worst, key=_size)


def _search_quality(encode: Encode, fits: Compressed, exceeds: Compressed, limit: int) -> Compressed:
    """Between a quality that fits and one that doesn't: bytes grow about exponentially with it."""
    for _ in range(MOST_TRIES):
        if exceeds.quality - fits.quality <= 1 or _size(fits) >= WELL_FILLED * limit:
            break
        quality = _interpolate(fits, exceeds, limit)
        tried = Compressed(encode(quality, 1.0), quality)
        if _size(tried) <= limit:
            fits = tried
        else:
            exceeds = tried
    return fits


def _interpolate(fits: Compressed, exceeds: Compressed, limit: int) -> int:
    from math import log

    span = log(_size(exceeds) / _size(fits)) or 1.0
    guess = fits.quality + (exceeds.quality - fits.quality) * log(limit / _size(fits)) / span
    return min(max(int(guess), fits.quality + 1), exceeds.quality - 1)


def _search_scale(encode: Encode, smallest: Compressed, limit: int) -> Compressed:
    """Bytes follow the number of pixels, so its root follows the scale; a little less, to be done sooner."""
    tried = smallest
    for _ in range(MOST_TRIES):
        factor = min(LEAST_STEP, (limit / _size(tried)) ** 0.5 * WELL_FILLED)
        scale = max(tried.scale * max(factor, LARGEST_STEP), LOWEST_SCALE)
        tried = Compressed(encode(smallest.quality, scale), smallest.quality, scale)
        smallest = min(smallest, tried, key=_size)
        if _size(smallest) <= limit or scale == LOWEST_SCALE:
            break
    return smallest


def _size(compressed: Compressed) -> int:
    return len(compressed.encoding.data)
