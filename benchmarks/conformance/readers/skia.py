"""Skia, the library with which Chromium draws. It reads still PNG, JPEG, WebP, GIF, BMP and ICO by their profiles."""

from importlib.metadata import version

import numpy as np
import skia

from benchmarks.conformance.pictures import NotRead, Pixels, upright
from imgopt.codecs.format import ImageHeader

NAME = f"Skia (skia-python {version('skia-python')})"
ORIGINS = ("TopLeft", "TopRight", "BottomRight", "BottomLeft", "LeftTop", "RightTop", "RightBottom", "LeftBottom")
ORIENTATIONS = {name: number for number, name in enumerate(ORIGINS, 1)}


def frames_of(data: bytes, header: ImageHeader) -> list[Pixels]:
    """All frames, each complete, in sRGB."""
    try:
        codec = skia.Codec.MakeFromData(data)
    except RuntimeError as error:
        raise NotRead("Skia read no image") from error
    count = max(1, codec.getFrameCount()) if header.frames > 1 else 1
    made: list[Pixels] = []
    for number in range(count):
        made.append(_frame(codec, number, made))
    turn = ORIENTATIONS.get(str(codec.getOrigin()).rpartition("k")[2].partition("_")[0], 1)
    return [upright(each, turn) for each in made]


def _frame(codec: skia.Codec, number: int, before: list[Pixels]) -> Pixels:
    """A frame, drawn on the frame that it depends on, so that an animation takes linear time."""
    size, options = codec.dimensions(), skia.Codec.Options()
    pixels = np.zeros((size.height(), size.width(), 4), np.uint8)
    if number:
        needed = codec.getFrameInfo()[number].fRequiredFrame
        options.fFrameIndex = number
        if needed >= 0:
            pixels = before[needed].copy()
            options.fPriorFrame = needed
    info = skia.ImageInfo.Make(size, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType, skia.ColorSpace.MakeSRGB())
    result = codec.getPixels(info, pixels, pixels.strides[0], options)
    if result != skia.Codec.Result.kSuccess:
        raise NotRead(str(result).rpartition(".k")[2])
    return pixels
