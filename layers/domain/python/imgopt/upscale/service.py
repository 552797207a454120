"""Images made larger, or smaller, by any factor: networks where they help, Lanczos for the rest."""

from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from imgopt.codecs.shared.color import normalize
from imgopt.errors import InvalidRequest
from imgopt.imaging.geometry import Size
from imgopt.imaging.kinds import PictureKind, kind_of
from imgopt.settings import settings
from imgopt.upscale.alpha import bleed
from imgopt.upscale.frame_delta import DeltaUpscaler
from imgopt.upscale.models import Device, choose
from imgopt.upscale.runtime import Runtime, best_runtime
from imgopt.upscale.scaling import Enlarger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL.Image import Image

LEAST_FACTOR, MOST_FACTOR = 0.1, 10.0
PLAIN_MODES = ("L", "LA", "RGB", "RGBA")
LANCZOS = "lanczos"


@dataclass(frozen=True)
class UpscaleReport:
    """`model` is the network's name, "lanczos" where none was needed; `tiles` is how often it was run."""

    model: str
    device: Device
    seconds: float
    tiles: int


def upscale(
    image: "Image",
    factor: float,
    *,
    kind: PictureKind | None = None,
    strength: float = 1,
    runtime: Runtime | None = None,
) -> "tuple[Image, UpscaleReport]":
    """An image in L, LA, RGB or RGBA, 8 bits, each side times `factor`, 0.1-10, rounded and at least 1.

    Up to 1 it is resampled by Lanczos. Above, a network is run whose scale is enough, if time allows, and its result
    brought to the size by Lanczos. `kind` is found out where it is not given, and the best device taken.
    `strength`, 0-1, is how much of the network shows over plain Lanczos.

    Raises InvalidRequest for numbers out of range, NotConfigured where there are no networks, and Unavailable where
    one fails.
    """
    _check(factor, strength)
    started = perf_counter()
    plain = image if image.mode in PLAIN_MODES else normalize(image.copy())
    if _is_lanczos_enough(factor, strength):
        return _resample(plain, Size(*plain.size).scaled(factor)), _report(None, started, 0)
    network = _find_network(plain, factor, kind, runtime)
    larger, tiles = _by_network(plain, factor, strength, network)
    return larger, _report(network, started, tiles)


def upscale_frames(
    frames: "Sequence[Image]",
    factor: float,
    *,
    kind: PictureKind | None = None,
    strength: float = 1,
    runtime: Runtime | None = None,
) -> "tuple[list[Image], UpscaleReport]":
    """Complete frames of one size, all RGB or all RGBA, as `upscale` does one.

    The kind is that of the first. Frames that are alike are done once, and of others only what is new, where that is
    simple (see `DeltaUpscaler`).
    """
    _check(factor, strength)
    started = perf_counter()
    if _is_lanczos_enough(factor, strength):
        smaller = Size(*frames[0].size).scaled(factor)
        return [_resample(frame, smaller) for frame in frames], _report(None, started, 0)
    network = _find_network(frames[0], factor, kind, runtime)
    larger, tiles = _each_once(
        frames, partial(_by_network, factor=factor, strength=strength, enlarge=DeltaUpscaler(network))
    )
    return larger, _report(network, started, tiles)


def _each_once(frames: "Sequence[Image]", make: "Callable[[Image], tuple[Image, int]]") -> "tuple[list[Image], int]":
    from hashlib import sha256

    done: dict[bytes, Image] = {}
    larger, tiles = [], 0
    for frame in frames:
        key = sha256(frame.tobytes()).digest()
        if key not in done:
            done[key], added = make(frame)
            tiles += added
        larger.append(done[key])
    return larger, tiles


def _is_lanczos_enough(factor: float, strength: float) -> bool:
    return factor <= 1 or strength == 0


def _check(factor: float, strength: float) -> None:
    if not LEAST_FACTOR <= factor <= MOST_FACTOR:
        raise InvalidRequest(f"The factor must be from {LEAST_FACTOR} to {MOST_FACTOR:g}.")
    if not 0 <= strength <= 1:
        raise InvalidRequest("The strength must be from 0 to 1.")


def _find_network(image: "Image", factor: float, kind: PictureKind | None, runtime: Runtime | None) -> Enlarger:
    used = runtime or best_runtime()
    found, pixels = kind or kind_of(image), image.width * image.height
    choice = choose(found, factor, used.device, pixels, settings().upscale_seconds)
    return Enlarger(choice, used.open(choice.model), used.device)


def _report(network: Enlarger | None, started: float, tiles: int) -> UpscaleReport:
    """Without a network it was Lanczos."""
    name, device = (network.choice.model.name, network.device) if network else (LANCZOS, Device.CPU)
    return UpscaleReport(name, device, perf_counter() - started, tiles)


def _by_network(
    image: "Image", factor: float, strength: float, enlarge: Enlarger | DeltaUpscaler
) -> "tuple[Image, int]":
    """Networks know RGB alone: grey becomes grey again, and alpha goes its own way."""
    from PIL import Image

    has_alpha = image.mode in ("LA", "RGBA")
    size = Size(*image.size).scaled(factor)
    colors = bleed(image) if has_alpha else _in_rgb(image)
    larger, tiles = enlarge(colors, size)
    if strength < 1:
        larger = Image.blend(_resample(colors, size), larger, strength)
    del colors  # each of these may be hundreds of megabytes
    if image.mode in ("L", "LA"):
        larger = larger.convert("L")
    if has_alpha:
        larger.putalpha(_resample(image.getchannel("A"), size))
    return larger, tiles


def _in_rgb(image: "Image") -> "Image":
    """`convert` would copy what is in RGB."""
    return image if image.mode == "RGB" else image.convert("RGB")


def _resample(image: "Image", size: Size) -> "Image":
    from PIL.Image import Resampling

    return image.resize((size.width, size.height), Resampling.LANCZOS)
