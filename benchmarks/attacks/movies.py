"""Animations of 400 megapixels in all frames. Some have few large frames, which cost few credits; others have many."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from PIL import Image

from benchmarks.attacks.stills import NOISE, noise


def noisy(count: int, width: int, height: int, levels: int = 2) -> "Iterator[Image.Image]":
    """Grey frames with a few levels, all different."""
    step = 255 // (levels - 1)
    table = [value % levels * step for value in range(256)]
    return (noise("L", width, height).point(table) for _ in range(count))


def plain(count: int, width: int, height: int) -> "Iterator[Image.Image]":
    """Frames that differ in every pixel but compress to almost nothing."""
    return (Image.new("RGB", (width, height), tuple(NOISE.randbytes(3))) for _ in range(count))


def save(frames: "Iterator[Image.Image]", pillow_name: str, **options: Any) -> bytes:
    first, *others = frames
    out = BytesIO()
    first.save(out, pillow_name, save_all=True, append_images=others, duration=100, loop=0, **options)
    return out.getvalue()


INPUTS: dict[str, Callable[[], bytes]] = {
    "large frames.gif": lambda: save(noisy(2, 10_000, 10_000), "GIF", optimize=False),
    "many frames.gif": lambda: save(noisy(250, 1000, 1000), "GIF", optimize=False),
    "plain frames.gif": lambda: save(plain(4, 10_000, 10_000), "GIF", optimize=False),
    "large frames.png": lambda: save(noisy(2, 10_000, 10_000), "PNG", compress_level=1),
    "plain frames.png": lambda: save(plain(4, 10_000, 10_000), "PNG", compress_level=1),
    "many frames.png": lambda: save(noisy(400, 1000, 1000), "PNG", compress_level=1),
    "large frames.webp": lambda: save(plain(4, 10_000, 10_000), "WEBP", quality=50, method=0),
    "many frames.webp": lambda: save(noisy(100, 1000, 1000), "WEBP", quality=5, method=0),
    "large frames.avif": lambda: save(plain(2, 7000, 7000), "AVIF", quality=50, speed=10),
}
