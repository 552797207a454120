"""Images made larger, or smaller, by any factor: networks where they help, Lanczos for the rest."""

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from imgopt.codecs.color import normalize
from imgopt.errors import InvalidRequest
from imgopt.pipeline.geometry import Size
from imgopt.settings import settings
from imgopt.upscale.alpha import bleed
from imgopt.upscale.kinds import kind_of
from imgopt.upscale.models import Choice, Device, Kind, choose
from imgopt.upscale.scaling import enlarge
from imgopt.upscale.session import Runtime, best_runtime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

LEAST, MOST = 0.1, 10.0
PLAIN_MODES = ("L", "LA", "RGB", "RGBA")
LANCZOS = "lanczos"


@dataclass(frozen=True)
class Report:
    """`model` is the network's name, "lanczos" where none was needed; `tiles` is how often it was run."""

    model: str
    device: Device
    seconds: float
    tiles: int


def upscale(
    image: "Image",
    factor: float,
    *,
    kind: Kind | None = None,
    strength: float = 1,
    runtime: Runtime | None = None,
) -> "tuple[Image, Report]":
    """An image in L, LA, RGB or RGBA, 8 bits, each side times `factor`, 0.1-10, rounded and at least 1.

    Up to 1 it is resampled by Lanczos. Above, the network with the next larger scale is run and its result brought
    down, or beyond 4 up, by Lanczos. `kind` is found out where it is not given, and the best device taken.
    `strength`, 0-1, is how much of the network shows over plain Lanczos.

    Raises InvalidRequest for numbers out of range, NotAvailable where there are no networks, and Unavailable where
    one fails.
    """
    _check(factor, strength)
    started = perf_counter()
    plain = image if image.mode in PLAIN_MODES else normalize(image.copy())
    if factor <= 1 or strength == 0:
        resized = _resample(plain, Size(*plain.size).scaled(factor))
        return resized, Report(LANCZOS, Device.CPU, perf_counter() - started, 0)
    used = runtime or best_runtime()
    found, pixels = kind or kind_of(plain), plain.width * plain.height
    choice = choose(found, factor, used.device, pixels, settings().upscale_seconds)
    larger, tiles = _by_network(plain, factor, choice, strength, used)
    return larger, Report(choice.model.name, used.device, perf_counter() - started, tiles)


def upscale_frames(
    frames: "Sequence[Image]",
    factor: float,
    *,
    kind: Kind | None = None,
    strength: float = 1,
    runtime: Runtime | None = None,
) -> "tuple[list[Image], Report]":
    """Complete frames of one size, all RGB or all RGBA, as `upscale` does one; those that are alike are done once.

    The kind is that of the first.
    """
    from hashlib import sha256

    found = kind or kind_of(frames[0])
    done: dict[bytes, tuple[Image, Report]] = {}
    larger = []
    for frame in frames:
        key = sha256(frame.tobytes()).digest()
        if key not in done:
            done[key] = upscale(frame, factor, kind=found, strength=strength, runtime=runtime)
        larger.append(done[key][0])
    reports = [report for _, report in done.values()]
    seconds, tiles = sum(each.seconds for each in reports), sum(each.tiles for each in reports)
    return larger, replace(reports[0], seconds=seconds, tiles=tiles)


def _check(factor: float, strength: float) -> None:
    if not LEAST <= factor <= MOST:
        raise InvalidRequest(f"The factor must be from {LEAST} to {MOST:g}.")
    if not 0 <= strength <= 1:
        raise InvalidRequest("The strength must be from 0 to 1.")


def _by_network(
    image: "Image", factor: float, choice: Choice, strength: float, runtime: Runtime
) -> "tuple[Image, int]":
    """Networks know RGB alone: grey becomes grey again, and alpha goes its own way."""
    from PIL import Image

    has_alpha = image.mode in ("LA", "RGBA")
    size = Size(*image.size).scaled(factor)
    colors = bleed(image) if has_alpha else image.convert("RGB")
    larger, tiles = enlarge(colors, choice, size, runtime.open(choice.model), runtime.device)
    if strength < 1:
        larger = Image.blend(_resample(colors, size), larger, strength)
    del colors  # each of these may be hundreds of megabytes
    if image.mode in ("L", "LA"):
        larger = larger.convert("L")
    if has_alpha:
        larger.putalpha(_resample(image.getchannel("A"), size))
    return larger, tiles


def _resample(image: "Image", size: Size) -> "Image":
    from PIL.Image import Resampling

    return image.resize((size.width, size.height), Resampling.LANCZOS)
