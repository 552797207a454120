"""Chooses the second decoder of a format: ImageMagick if it is installed, else a library that shares no code."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.conformance.pictures import Pixels
from benchmarks.conformance.readers import ffmpeg, imagemagick, librsvg, skia, tiff
from imgopt.codecs.format import ImageHeader


@dataclass(frozen=True)
class Reader:
    name: str
    frames_of: Callable[[bytes, ImageHeader], list[Pixels]]


SKIA, FFMPEG = Reader(skia.NAME, skia.frames_of), Reader(ffmpeg.NAME, ffmpeg.frames_of)
STILLS = {
    **dict.fromkeys(("jpg", "png", "webp", "gif", "bmp", "ico"), SKIA),
    **dict.fromkeys(("avif", "heic"), FFMPEG),
    "tiff": Reader(tiff.NAME, tiff.frames_of),
    "svg": Reader(librsvg.NAME, librsvg.frames_of),
}
# Skia reads no animated PNG.
ANIMATIONS = {**STILLS, "png": FFMPEG}


def reader_for(header: ImageHeader) -> Reader:
    library = (ANIMATIONS if header.frames > 1 else STILLS)[header.format]
    installed = imagemagick.program()
    # ImageMagick draws SVG incompletely, and needs FFmpeg for animated PNG.
    if installed is None or header.format == "svg" or (header.format == "png" and header.frames > 1):
        return library
    return Reader(installed[1], imagemagick.frames_of)
