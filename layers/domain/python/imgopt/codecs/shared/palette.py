"""Chooses palettes for one or several pictures by libimagequant, and makes alpha 1-bit."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_COLORS = 256
OPAQUE_FROM = 128


@dataclass(frozen=True)
class QuantizerEffort:
    """libimagequant's speed, 1 to 10, and whether noisy areas have less weight than smooth ones."""

    speed: int
    weighted: bool


THOROUGH = QuantizerEffort(3, weighted=True)


@dataclass(frozen=True)
class Palette:
    """Colours as RGB triples, and the index of the transparent one."""

    rgb: bytes
    transparent: int | None


def harden_alpha(frame: "Image") -> "Image":
    """Returns RGBA whose alpha is 0 or 255, with a threshold at half; all transparent pixels are equal."""
    from PIL import Image

    if frame.mode != "RGBA":
        return frame.convert("RGBA")
    mask = frame.getchannel("A").point(lambda value: 255 if value >= OPAQUE_FROM else 0)
    solid = frame.copy()
    solid.putalpha(mask)
    empty = Image.new("RGBA", frame.size)
    empty.paste(solid, mask=mask)
    return empty


@dataclass(frozen=True)
class Handle:
    """An RGBA image in the library, for choosing and mapping colours repeatedly."""

    size: tuple[int, int]
    pointer: Any


@contextmanager
def handle(image: "Image") -> Iterator[Handle]:
    """Yields a handle, valid inside the context."""
    from imagequant import ffi, lib

    attributes = lib.liq_attr_create()
    pixels = image.tobytes()  # the library only keeps a pointer
    pointer = lib.liq_image_create_rgba(attributes, ffi.from_buffer(pixels), *image.size, 0)
    lib.liq_attr_destroy(attributes)
    try:
        yield Handle(image.size, pointer)
    finally:
        lib.liq_image_destroy(pointer)


@contextmanager
def quantizer(
    frames: "Iterable[Image | Handle]",
    fidelity: int,
    *,
    dithering: float = 0,
    holes: bool = False,
    effort: QuantizerEffort = THOROUGH,
) -> "Iterator[Quantizer]":
    """Chooses at most 256 colours for RGBA frames together; fewer where that is close enough.

    `fidelity` is libimagequant's quality, 0 to 100, at which it stops adding colours; `dithering` is 0 to 1.

    `holes` reserves one colour for transparent pixels.
    """
    from imagequant import ffi, lib

    attributes = lib.liq_attr_create()
    histogram = lib.liq_histogram_create(attributes)
    result = ffi.new("liq_result**")
    try:
        lib.liq_set_speed(attributes, effort.speed)
        lib.liq_set_quality(attributes, 0, fidelity)
        for frame in frames:
            with _held(frame) as held:
                if not effort.weighted:
                    _weigh_alike(held)
                _check(lib.liq_histogram_add_image(histogram, attributes, held.pointer))
        if holes:
            _check(lib.liq_histogram_add_fixed_color(histogram, ffi.new("liq_color*")[0], 0))
        _check(lib.liq_histogram_quantize(histogram, attributes, result))
        lib.liq_set_dithering_level(result[0], dithering)
        yield Quantizer(result[0])
    finally:
        if result[0] != ffi.NULL:
            lib.liq_result_destroy(result[0])
        lib.liq_histogram_destroy(histogram)
        lib.liq_attr_destroy(attributes)


class Quantizer:
    """The chosen colours, valid inside the context."""

    def __init__(self, result: Any) -> None:
        self._result = result

    def remap(self, frame: "Image | Handle") -> "Image":
        """Returns the index of each pixel's colour, in mode L."""
        from imagequant import ffi, lib
        from PIL import Image

        pixels = bytearray(frame.size[0] * frame.size[1])
        with _held(frame) as held:
            buffer = ffi.from_buffer(pixels)
            _check(lib.liq_write_remapped_image(self._result, held.pointer, buffer, len(pixels)))
        return Image.frombytes("L", frame.size, bytes(pixels))

    def dither(self) -> None:
        """Turns on full dithering for later calls of `remap`."""
        from imagequant import lib

        lib.liq_set_dithering_level(self._result, 1.0)

    @property
    def count(self) -> int:
        """The number of colours."""
        from imagequant import lib

        return int(lib.liq_get_palette(self._result).count)

    @property
    def quality(self) -> int:
        """How close the colours are to those of the frames, 0 to 100."""
        from imagequant import lib

        return int(lib.liq_get_quantization_quality(self._result))

    @property
    def expected_error(self) -> float:
        """What `error` will be for these frames without dithering, known before `remap`."""
        from imagequant import lib

        return float(max(0.0, lib.liq_get_quantization_error(self._result)) ** 0.5)

    @property
    def error(self) -> float:
        """The root mean square error of the last remapped frame, weighted by the library."""
        from imagequant import lib

        return float(max(0.0, lib.liq_get_remapping_error(self._result)) ** 0.5)

    def entries(self) -> bytes:
        """Returns the colours as RGBA; see `palette` for when they are valid."""
        from imagequant import ffi, lib

        found = lib.liq_get_palette(self._result)
        return bytes(ffi.buffer(found.entries)[: 4 * found.count])

    def palette(self) -> Palette:
        """Returns the palette. Without dithering it is valid for all frames; with it, for the last remapped frame,
        which refined it.
        """
        from imagequant import lib

        found = lib.liq_get_palette(self._result)
        colors = [found.entries[number] for number in range(found.count)]
        rgb = b"".join(bytes((color.r, color.g, color.b)) for color in colors)
        return Palette(rgb, next((number for number, color in enumerate(colors) if color.a == 0), None))


def _weigh_alike(held: Handle) -> None:
    """Weights all pixels equally in the next choice of colours."""
    from imagequant import ffi, lib

    weights = b"\xff" * (held.size[0] * held.size[1])
    _check(lib.liq_image_set_importance_map(held.pointer, ffi.from_buffer(weights), len(weights), lib.LIQ_COPY_PIXELS))


def _held(frame: "Image | Handle") -> AbstractContextManager[Handle]:
    return nullcontext(frame) if isinstance(frame, Handle) else handle(frame)


def _check(code: int) -> None:
    if code:
        raise MemoryError(f"libimagequant: error {code}")
