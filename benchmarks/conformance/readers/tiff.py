"""TIFF by tifffile and imagecodecs. This module converts the samples to colours (TIFF 6.0)."""

from importlib.metadata import version
from io import BytesIO
from typing import Any

import imagecodecs
import numpy as np
import tifffile

from benchmarks.conformance.pictures import NotRead, Pixels, upright
from imgopt.codecs.format import ImageHeader

NAME = f"tifffile {version('tifffile')} with imagecodecs {version('imagecodecs')}"
Samples = np.ndarray[Any, np.dtype[np.float32]]
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, MASK, CMYK, YCBCR, CIELAB = 0, 1, 2, 3, 4, 5, 6, 8
BANDS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, MASK: 1, CMYK: 4, YCBCR: 3}
ASSOCIATED, UNASSOCIATED = 1, 2
REDUCED = 1


def frames_of(data: bytes, _header: ImageHeader) -> list[Pixels]:
    """The first page that is not marked as reduced (NewSubfileType)."""
    try:
        with tifffile.TiffFile(BytesIO(data)) as file:
            page: Any = next((each for each in file.pages if not each.subfiletype & REDUCED), file.pages.first)
            pixels = _pixels(page)
            turn = page.tags.valueof(274, 1)
    except NotRead:
        raise
    except Exception as error:  # tifffile raises a dozen kinds of errors
        raise NotRead(f"{type(error).__name__}: {str(error)[:80]}") from error
    return [np.ascontiguousarray(upright(pixels, turn))]


def _pixels(page: Any) -> Pixels:
    photometric = int(page.photometric)
    if photometric not in BANDS:
        raise NotRead(f"this benchmark does not convert {page.photometric.name} samples of tifffile")
    values = _rows(page)
    if photometric == YCBCR and int(page.compression) not in (6, 7):
        raise NotRead("this benchmark does not convert YCbCr samples of tifffile that are not JPEG")
    count = BANDS[photometric]
    colors = _colors(page, photometric, values[..., :count])
    alpha = _alpha(page, values, count)
    if alpha is not None and ASSOCIATED in page.extrasamples:
        colors = np.where(alpha > 0, colors / np.maximum(alpha, 1 / 65535), 0)
    alpha = np.ones((*colors.shape[:2], 1), np.float32) if alpha is None else alpha
    whole = np.concatenate([_managed(page, photometric, colors), alpha], axis=2)
    rounded: Pixels = np.rint(whole.clip(0, 1) * 255).astype(np.uint8)
    return rounded


def _rows(page: Any) -> Any:
    """The stored samples: height x width x samples."""
    values = page.asarray()
    if page.axes == "SYX":
        values = np.moveaxis(values, 0, -1)
    elif page.axes == "YX":
        values = values[..., None]
    elif page.axes != "YXS":
        raise NotRead(f"axes {page.axes}")
    return values


def _scaled(page: Any, values: Any) -> Samples:
    """The samples, scaled to 0-1."""
    if values.dtype.kind == "b":
        return np.asarray(values, np.float32)
    if values.dtype.kind == "u":
        return np.asarray(values / (2.0**page.bitspersample - 1), np.float32)
    if values.dtype.kind == "i":
        return np.asarray(values / (2.0 ** (page.bitspersample - 1) - 1), np.float32)
    return np.nan_to_num(np.asarray(values, np.float32), nan=0, posinf=1, neginf=0)


def _colors(page: Any, photometric: int, values: Any) -> Samples:
    """The pixels as red, green and blue, 0-1."""
    if photometric == PALETTE:
        return np.asarray(np.moveaxis(page.colormap, 0, -1)[values[..., 0].astype(int)] / 65535, np.float32)
    scaled = _scaled(page, values)
    if photometric == CMYK:
        return (1 - scaled[..., :3]) * (1 - scaled[..., 3:])
    if photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO, MASK):
        scaled = 1 - scaled if photometric == WHITE_IS_ZERO else scaled
        return np.repeat(scaled, 3, axis=2)
    return scaled


def _alpha(page: Any, values: Any, count: int) -> Samples | None:
    kinds = [int(each) for each in page.extrasamples]
    at = next((number for number, kind in enumerate(kinds) if kind in (ASSOCIATED, UNASSOCIATED)), None)
    return None if at is None else _scaled(page, values[..., count + at : count + at + 1])


def _managed(page: Any, photometric: int, colors: Samples) -> Samples:
    """The pixels in sRGB, if the file has a profile for red, green and blue."""
    profile = page.tags.valueof(34675)
    if not profile or photometric == CMYK or bytes(profile[16:20]) != b"RGB ":
        return colors
    deep = np.ascontiguousarray(np.rint(colors.clip(0, 1) * 65535).astype(np.uint16))
    srgb = imagecodecs.cms_profile("srgb")
    made = imagecodecs.cms_transform(deep, bytes(profile), srgb, colorspace="rgb", outcolorspace="rgb", intent=1)
    return np.asarray(made / 65535, np.float32)
