"""Resizes images by any factor: networks enlarge them, Lanczos does the rest."""

from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.shared.color import normalize
from imgopt.errors import InvalidRequest
from imgopt.imaging.geometry import Size
from imgopt.imaging.kinds import PictureKind
from imgopt.settings import settings
from imgopt.upscale.alpha import fill_transparent_pixels
from imgopt.upscale.frame_delta import DeltaUpscaler
from imgopt.upscale.kind import has_palette, kind_to_upscale
from imgopt.upscale.models import Device, choices_for, choose
from imgopt.upscale.pixel_art import enlarge_pixel_art, is_pixel_art
from imgopt.upscale.runtime import Runtime, best_runtime
from imgopt.upscale.scaling import Enlarger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL.Image import Image

LEAST_FACTOR, MOST_FACTOR = 0.1, 10.0
PLAIN_MODES = ("L", "LA", "RGB", "RGBA")
LANCZOS, NEAREST = "lanczos", "nearest"
BLENDED_ROWS = 256


@dataclass(frozen=True)
class UpscaleReport:
    """`model` is the network's name, or "lanczos" or "nearest" without one; `tiles` counts its runs."""

    model: str
    device: Device
    seconds: float
    tiles: int


@dataclass(frozen=True)
class UpscaleMethod:
    """A method of resizing, which returns the image and the number of tiles; and its name and device for the report."""

    name: str
    device: Device
    make: "Callable[[Image, Size], tuple[Image, int]]"


@dataclass(frozen=True)
class UpscaleParameters:
    """The arguments of `upscale`, with the picture's kind."""

    factor: float
    kind: PictureKind | None
    loss: Loss
    runtime: Runtime | None


def upscale(
    image: "Image",
    factor: float,
    *,
    kind: PictureKind | None = None,
    loss: Loss = Loss.NONE,
    runtime: Runtime | None = None,
) -> "tuple[Image, UpscaleReport]":
    """Resizes an image in L, LA, RGB or RGBA with 8 bits: each side times `factor`, 0.1 to 10, rounded, at least 1.

    Up to 1 it is resampled by Lanczos. Above, a network enlarges it by at least the factor, if time allows, and Lanczos
    reduces the result to the size. Lossless pixel art gets larger pixels. `kind` is determined where it is None, and
    the best device is used. `loss` is the coding loss of the file, which the network repairs.

    Raises InvalidRequest for a factor out of range, NotConfigured without networks, and Unavailable where one fails.
    """
    wanted, started = UpscaleParameters(factor, kind, loss, runtime), perf_counter()
    _check(wanted)
    plain = image if image.mode in PLAIN_MODES else normalize(image.copy())
    way = _find_way(plain, wanted, lambda enlarger: enlarger)
    larger, tiles = way.make(plain, Size(*plain.size).scaled(factor))
    return larger, UpscaleReport(way.name, way.device, perf_counter() - started, tiles)


def upscale_frames(
    frames: "Sequence[Image]",
    factor: float,
    *,
    kind: PictureKind | None = None,
    loss: Loss = Loss.NONE,
    runtime: Runtime | None = None,
) -> "tuple[list[Image], UpscaleReport]":
    """Resizes complete frames of one size, all RGB or all RGBA, as `upscale` does.

    Kind and loss are those of the first frame. Equal frames are computed once, and in others only the changes where
    possible (see `DeltaUpscaler`).
    """
    wanted, started = UpscaleParameters(factor, kind, loss, runtime), perf_counter()
    _check(wanted)
    way, size = _find_way(frames[0], wanted, DeltaUpscaler), Size(*frames[0].size).scaled(factor)
    larger, tiles = _each_once(frames, lambda frame: way.make(frame, size))
    return larger, UpscaleReport(way.name, way.device, perf_counter() - started, tiles)


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


def _check(wanted: UpscaleParameters) -> None:
    if not LEAST_FACTOR <= wanted.factor <= MOST_FACTOR:
        raise InvalidRequest(f"The factor must be from {LEAST_FACTOR} to {MOST_FACTOR:g}.")


def _find_way(
    image: "Image", wanted: UpscaleParameters, wrap: "Callable[[Enlarger], Enlarger | DeltaUpscaler]"
) -> UpscaleMethod:
    if wanted.factor <= 1:
        return UpscaleMethod(LANCZOS, Device.CPU, lambda image, size: (_resample(image, size), 0))
    if wanted.loss is Loss.NONE and wanted.kind is not PictureKind.PHOTO and is_pixel_art(image):
        return UpscaleMethod(NEAREST, Device.CPU, lambda image, size: (enlarge_pixel_art(image, size), 0))
    network = _find_network(image, wanted)
    make = partial(_by_network, enlarge=wrap(network), share=network.choice.share)
    return UpscaleMethod(network.choice.model.name, network.device, make)


def _find_network(image: "Image", wanted: UpscaleParameters) -> Enlarger:
    used = wanted.runtime or best_runtime()
    kind, pixels = wanted.kind or kind_to_upscale(image), image.width * image.height
    loss = Loss.PALETTE if wanted.loss is Loss.NONE and has_palette(image) else wanted.loss
    choices = choices_for(kind, loss, used.device)
    choice = choose(choices, wanted.factor, used.device, pixels, settings().upscale_seconds)
    return Enlarger(choice, used.open(choice.model), used.device)


def _by_network(image: "Image", size: Size, enlarge: Enlarger | DeltaUpscaler, share: float) -> "tuple[Image, int]":
    """Runs a network. It only knows RGB: grey is converted back, and alpha is resized separately."""
    has_alpha = image.mode in ("LA", "RGBA")
    colors = fill_transparent_pixels(image) if has_alpha else _in_rgb(image)
    larger, tiles = enlarge(colors, size)
    if share < 1:
        _blend_with_lanczos(larger, colors, share)
    del colors  # each of these may take hundreds of megabytes
    if image.mode in ("L", "LA"):
        larger = larger.convert("L")
    if has_alpha:
        larger.putalpha(_resample(image.getchannel("A"), size))
    return larger, tiles


def _blend_with_lanczos(larger: "Image", colors: "Image", share: float) -> None:
    """Blends `share` of a larger image with Lanczos, in place. Works in bands, because two copies would take hundreds
    of megabytes.
    """
    from PIL import Image

    ratio = colors.height / larger.height
    for top in range(0, larger.height, BLENDED_ROWS):
        bottom = min(top + BLENDED_ROWS, larger.height)
        box = (0, top * ratio, colors.width, min(bottom * ratio, colors.height))
        plain = colors.resize((larger.width, bottom - top), Image.Resampling.LANCZOS, box)
        part = larger.crop((0, top, larger.width, bottom))
        larger.paste(Image.blend(plain, part, share), (0, top))


def _in_rgb(image: "Image") -> "Image":
    """Returns the image in RGB, without the copy that `convert` makes of an RGB image."""
    return image if image.mode == "RGB" else image.convert("RGB")


def _resample(image: "Image", size: Size) -> "Image":
    from PIL.Image import Resampling

    return image.resize((size.width, size.height), Resampling.LANCZOS)
