"""libjxl through pillow-jxl-plugin, on one thread: decoding, encoding, and repacking of JPEGs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

ONE_THREAD = 0
MODES = frozenset({"L", "LA", "RGB", "RGBA"})
DEEP_GREY = "I;16"
# Bytes per pixel by mode, at 8 bits per sample.
CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
# The modes with premultiplied alpha.
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
    """Decodes a codestream or file to mode L, LA, RGB or RGBA, with the orientation applied; `info` has a profile.

    Samples are reduced to 8 bits. Raises InvalidImage where it is damaged.
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
        raise InvalidImage(f"JPEG XL with pixels of this kind ({info.mode}) is not supported.")
    return _Pixels(info.mode, (info.width, info.height), bytes(samples), bytes(profile or b""))


def _to_eight_bits(pixels: _Pixels) -> tuple[str, bytes]:
    """Reduces to 8 bits. The library returns grey samples with all bits, little-endian, and colours with 8."""
    mode = "L" if pixels.mode == DEEP_GREY else pixels.mode
    width, height = pixels.size
    is_deep = len(pixels.samples) == 2 * CHANNELS[mode] * width * height
    return mode, pixels.samples[1::2] if is_deep else pixels.samples


def encode(image: "Image", quality: int, effort: int) -> bytes:
    """Encodes an image in mode L, LA, RGB or RGBA to a codestream. Quality is libjxl's, 0 to 100, where 100 is
    lossless.
    """
    lossless = quality == HIGHEST_QUALITY
    encoder = _encoder(image.mode, lossless=lossless, quality=quality, effort=effort)
    return bytes(encoder(image.tobytes(), *image.size, False))


def pack_jpeg(jpeg: bytes) -> bytes:
    """Returns a file from which the JPEG can be restored. Raises InvalidImage where that is impossible."""
    encoder = _encoder("RGB", lossless=True, quality=HIGHEST_QUALITY, effort=RECONSTRUCTION_EFFORT)
    try:
        return bytes(encoder(jpeg, 0, 0, True))
    except Exception as error:
        raise InvalidImage("JPEG XL can't store this JPEG without loss: it is CMYK, or of a rare kind.") from error


def unpack_jpeg(data: bytes) -> bytes:
    """Restores the JPEG of a file. Raises InvalidImage where there is none."""
    from pillow_jxl import Decoder

    try:
        is_jpeg, _, jpeg, *_ = Decoder(num_threads=ONE_THREAD)(data)
    except Exception as error:
        raise InvalidImage("The JPEG XL file is damaged and can't be decoded.") from error
    if not is_jpeg:
        raise InvalidImage("The JPEG XL file contains no JPEG that can be restored.")
    return bytes(jpeg)


def _encoder(mode: str, *, lossless: bool, quality: int, effort: int) -> Any:
    import pillow_jxl

    new: Any = pillow_jxl.Encoder  # its type stub is of an older version
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
