"""libjxl, as pillow-jxl-plugin carries it, on one thread: pixels in and out, and JPEGs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

ONE_THREAD = 0
MODES = frozenset({"L", "LA", "RGB", "RGBA"})
DEEP_GREY = "I;16"
# Bytes of a pixel by its mode, where samples have eight bits.
CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
# Modes of colours that were multiplied by alpha.
PREMULTIPLIED = {"LA": "La", "RGBA": "RGBa"}
RECONSTRUCTION_EFFORT = 7
HIGHEST_QUALITY = 100


@dataclass(frozen=True)
class _Pixels:
    mode: str
    size: tuple[int, int]
    samples: bytes
    profile: bytes


def decode(data: bytes, *, is_premultiplied: bool = False) -> "Image":
    """Pixels of a codestream or a file in mode L, LA, RGB or RGBA, turned as it says; `info` has a profile.

    Samples of more than eight bits are cut to these. Raises InvalidImage where it is damaged.
    """
    from PIL import Image

    pixels = _run_decoder(data)
    mode, samples = _to_eight_bits(pixels)
    raw = PREMULTIPLIED.get(mode, mode) if is_premultiplied else mode
    image: Image.Image = Image.frombytes(raw, pixels.size, samples)
    image = image.convert(mode) if raw != mode else image
    image.info["icc_profile"] = pixels.profile
    return image


def _run_decoder(data: bytes) -> _Pixels:
    from pillow_jxl import Decoder

    try:
        is_jpeg, info, samples, profile, _ = Decoder(num_threads=ONE_THREAD)(data)
    except Exception as error:
        raise InvalidImage("The JPEG XL file is damaged and can't be decoded.") from error
    if is_jpeg or (info.mode not in MODES and info.mode != DEEP_GREY):
        raise InvalidImage(f"JPEG XL with pixels like these ({info.mode}) can't be decoded.")
    return _Pixels(info.mode, (info.width, info.height), bytes(samples), bytes(profile or b""))


def _to_eight_bits(pixels: _Pixels) -> tuple[str, bytes]:
    """The library hands over grey with all its bits, the lower byte first, and colours cut to eight."""
    mode = "L" if pixels.mode == DEEP_GREY else pixels.mode
    width, height = pixels.size
    is_deep = len(pixels.samples) == 2 * CHANNELS[mode] * width * height
    return mode, pixels.samples[1::2] if is_deep else pixels.samples


def encode(image: "Image", quality: int, effort: int) -> bytes:
    """A codestream of an image in mode L, LA, RGB or RGBA; quality is libjxl's, 0-100, and at 100 nothing is lost."""
    lossless = quality == HIGHEST_QUALITY
    encoder = _encoder(image.mode, lossless=lossless, quality=quality, effort=effort)
    return bytes(encoder(image.tobytes(), *image.size, False))


def pack_jpeg(jpeg: bytes) -> bytes:
    """A file that gives back this JPEG. Raises InvalidImage where there can't be one."""
    encoder = _encoder("RGB", lossless=True, quality=HIGHEST_QUALITY, effort=RECONSTRUCTION_EFFORT)
    try:
        return bytes(encoder(jpeg, 0, 0, True))
    except Exception as error:
        raise InvalidImage("JPEG XL can't hold this JPEG without loss: it is CMYK, or of a rare kind.") from error


def unpack_jpeg(data: bytes) -> bytes:
    """The JPEG that a file gives back. Raises InvalidImage where there is none."""
    from pillow_jxl import Decoder

    try:
        is_jpeg, _, jpeg, *_ = Decoder(num_threads=ONE_THREAD)(data)
    except Exception as error:
        raise InvalidImage("The JPEG XL file is damaged and can't be decoded.") from error
    if not is_jpeg:
        raise InvalidImage("The JPEG XL file doesn't hold what gives back a JPEG.")
    return bytes(jpeg)


def _encoder(mode: str, *, lossless: bool, quality: int, effort: int) -> Any:
    import pillow_jxl

    new: Any = pillow_jxl.Encoder  # its stub knows an older one
    return new(
        mode=mode,
        lossless=lossless,
        quality=quality,
        decoding_speed=0,
        effort=effort,
        use_container=False,
        use_original_profile=lossless,
        num_threads=ONE_THREAD,
    )
