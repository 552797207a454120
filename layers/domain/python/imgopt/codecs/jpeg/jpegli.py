"""The C interface of jpegli, which is libjpeg's with other names, from the library in `pyjpegli`.

pyjpegli's Python function supports neither grey nor 4:4:4. Structures are those of libjpeg 6.2; jpegli refuses other
sizes.

Quantization tables are jpegli's with the factors below, equal in all blocks: its adaptive quantization costs 2 to 5 %
more bytes at equal SSIMULACRA2 (`benchmarks.jpeg_steps`).
"""

import ctypes
from ctypes import (
    POINTER,
    Structure,
    byref,
    c_char,
    c_char_p,
    c_double,
    c_int,
    c_size_t,
    c_uint,
    c_ulong,
    c_ushort,
    c_void_p,
)
from functools import cache, lru_cache
from math import hypot
from typing import TYPE_CHECKING

from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

INTERFACE_VERSION = 62
COMPRESS_STRUCT_BYTES = 520
ERROR_STRUCT_BYTES = 1024  # larger than libjpeg's, which has 168
GREYSCALE, RGB = 1, 2
MOST_SCANS = 2
STRIP_ROWS = 512
LARGEST_STEP = 255
# A scan of one component: its number, and its first and last coefficient in zigzag order (ITU T.81, G.1.1.1). jpegli's
# progressive levels send each coefficient twice, which costs more time than it saves: these scans have as few bytes as
# level 1 in 70 % of its time.
Band = tuple[int, int, int]
QUICK_BANDS: tuple[Band, ...] = ((0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 2), (0, 3, 63), (1, 1, 63), (2, 1, 63))
# Factors for jpegli's steps, found by `benchmarks.jpeg_steps`: of the DC coefficients of luma and chroma, which smooth
# areas need finer, and an additional factor for the highest frequencies of chroma. They save 2 to 4 % at equal
# SSIMULACRA2.
Factors = tuple[float, float, float]
FACTORS: Factors = (0.8, 0.53, 0.8)


class JpegComponent(Structure):
    """The beginning of `jpeg_component_info`; the rest is private to jpegli."""

    _fields_ = [("id", c_int), ("index", c_int), ("horizontal", c_int), ("vertical", c_int), ("rest", c_char * 80)]


class QuantizationTable(Structure):
    """`JQUANT_TBL`: steps of 8 x 8 frequencies, row by row from DC on."""

    _fields_ = [("steps", c_ushort * 64), ("is_written", c_int)]


class JpegScan(Structure):
    """`jpeg_scan_info`: components, the range of coefficients, and the bits already sent and left out."""

    _fields_ = [
        *(("count", c_int), ("components", c_int * 4), ("first", c_int), ("last", c_int)),
        *(("bits_before", c_int), ("bits_left", c_int)),
    ]


class Compress(Structure):
    """`jpeg_compress_struct` on 64-bit systems. Only fields that are used here have names."""

    _fields_ = [
        ("error", c_void_p),
        ("internal", c_void_p * 3),
        ("is_decompressor", c_int),
        ("global_state", c_int),
        ("destination", c_void_p),
        ("image_width", c_uint),
        ("image_height", c_uint),
        ("input_components", c_int),
        ("in_color_space", c_int),
        ("input_gamma", c_double),
        ("data_precision", c_int),
        ("num_components", c_int),
        ("jpeg_color_space", c_int),
        ("components", POINTER(JpegComponent)),
        ("tables", POINTER(QuantizationTable) * 4),
        ("huffman_tables", c_void_p * 8),
        ("arithmetic_coding", c_char * 48),
        ("scan_count", c_int),
        ("scans", POINTER(JpegScan)),
        ("rest", c_char * (COMPRESS_STRUCT_BYTES - 256)),
    ]


def encode(
    image: "Image",
    quality: int,
    *,
    full_chroma: bool,
    scans: int | tuple[Band, ...] = MOST_SCANS,
    factors: Factors | None = FACTORS,
) -> bytes:
    """Encodes an image in mode L or RGB. `quality`, 1 to 100, is jpegli's own.

    Chroma has half the resolution in both directions unless `full_chroma`. `scans` is jpegli's progressive level: 0 for
    one scan, 1 for few, 2 for the most; or a list of scans, whose chroma scans are left out for grey. Without `factors`
    jpegli uses its own steps and adaptive quantization, by which the API's quality scale is defined. Raises
    InvalidImage where jpegli fails.
    """
    library, compress = _library(), Compress()
    errors = ctypes.create_string_buffer(ERROR_STRUCT_BYTES)
    compress.error = library.jpegli_std_error(errors)
    library.jpegli_CreateCompress(byref(compress), INTERFACE_VERSION, c_size_t(COMPRESS_STRUCT_BYTES))
    target, length = c_void_p(), c_ulong()
    library.jpegli_mem_dest(byref(compress), byref(target), byref(length))
    try:
        _configure(compress, image, quality, full_chroma=full_chroma)
        _choose_scans(compress, scans)
        if factors:
            library.jpegli_enable_adaptive_quantization(byref(compress), 0)
            _change_steps(compress, factors)
        _write(compress, image)
        return ctypes.string_at(target, length.value)
    finally:
        library.jpegli_destroy_compress(byref(compress))
        _c_library().free(target)


def _configure(compress: Compress, image: "Image", quality: int, *, full_chroma: bool) -> None:
    library, grey = _library(), image.mode == "L"
    compress.image_width, compress.image_height = image.size
    compress.input_components = 1 if grey else 3
    compress.in_color_space = GREYSCALE if grey else RGB
    library.jpegli_set_defaults(byref(compress))
    luma = compress.components[0]
    luma.horizontal = luma.vertical = 1 if grey or full_chroma else 2
    library.jpegli_set_quality(byref(compress), quality, 1)


def _choose_scans(compress: Compress, scans: int | tuple[Band, ...]) -> None:
    if isinstance(scans, int):
        _library().jpegli_set_progressive_level(byref(compress), scans)
        return
    kept = [each for each in scans if each[0] < compress.num_components]
    compress.scans = (JpegScan * len(kept))(*(JpegScan(1, (c_int * 4)(number), *band) for number, *band in kept))
    compress.scan_count = len(kept)


def _change_steps(compress: Compress, factors: Factors) -> None:
    """Changes the tables; the first one is luma's."""
    for number, table in enumerate(compress.tables[:3]):
        if table:
            steps = table.contents.steps
            steps[:] = _changed(tuple(steps), factors[min(number, 1)], factors[2] if number else 0)


@lru_cache(maxsize=256)
def _changed(steps: tuple[int, ...], mean: float, tilt: float) -> tuple[int, ...]:
    rising = [1 + tilt * hypot(*divmod(place, 8)) / hypot(7, 7) for place in range(64)]
    return tuple(_step(step, factor) for step, factor in zip(steps, (mean, *rising[1:]), strict=True))


def _step(step: int, factor: float) -> int:
    """Returns a step within the range of baseline JPEG (ITU T.81, B.2.4.1)."""
    return min(max(round(step * factor), 1), LARGEST_STEP)


def _write(compress: Compress, image: "Image") -> None:
    """Writes strips, so that no second copy of all pixels is in memory."""
    library = _library()
    library.jpegli_start_compress(byref(compress), 1)
    row_bytes = image.width * compress.input_components
    for top in range(0, image.height, STRIP_ROWS):
        rows = min(STRIP_ROWS, image.height - top)
        pixels = (image if rows == image.height else image.crop((0, top, image.width, top + rows))).tobytes()
        first = ctypes.cast(c_char_p(pixels), c_void_p).value or 0
        pointers = (c_void_p * rows)(*range(first, first + rows * row_bytes, row_bytes))
        if library.jpegli_write_scanlines(byref(compress), pointers, rows) != rows:
            raise InvalidImage("The image could not be written as JPEG.")
    library.jpegli_finish_compress(byref(compress))


@cache
def _library() -> ctypes.CDLL:
    import pyjpegli

    library = ctypes.CDLL(pyjpegli.__file__)
    library.jpegli_std_error.restype = c_void_p
    return library


@cache
def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
