"""`python -m benchmarks.calibrate [IMAGES]`: which native quality of each encoder looks like the API's quality q.

The API's scale is jpegli's: q means the score (median over the calibration half) of a 4:2:0 jpegli JPEG of quality q.
For each encoder the table gives the native quality with the same median score. Images are flattened on white, so
that all encoders are asked for the same pixels. The palette's table leaves photos out: nobody should want them so.
"""

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from io import BytesIO

import numpy as np
from PIL import Image

from benchmarks.corpus import Kind, Sample, samples
from benchmarks.trials import Encoder, in_process, trials

ASKED = (10, 20, 30, 40, 50, 60, 65, 70, 75, 80, 85, 90, 95, 100)
GRAPHICS: tuple[Kind, ...] = ("screenshot", "chart", "art")
ALL: tuple[Kind, ...] = ("photo", *GRAPHICS)
JPEG_NATIVES = (5, 12, 20, 30, 45, 60, 72, 80, 87, 93, 97, 100)
SHARES = {"photo": 8, "screenshot": 3, "chart": 3, "art": 6}


@dataclass(frozen=True)
class Scale:
    encoder: Encoder
    natives: tuple[int, ...]
    kinds: tuple[Kind, ...] = ALL


def jpegli(image: Image.Image, quality: int) -> bytes:
    import pyjpegli

    return bytes(pyjpegli.encode(image.tobytes(), image.width, image.height, quality=quality))


def jpeg_444(image: Image.Image, quality: int) -> bytes:
    options = {"trellis_quant": True, "overshoot_deringing": True, "optimize_scans": True, "quant_table": 3}
    return bytes(_vips(image).jpegsave_buffer(Q=quality, subsample_mode="off", **options))


def webp(image: Image.Image, quality: int) -> bytes:
    return bytes(_vips(image).webpsave_buffer(Q=quality, effort=4, smart_subsample=True))


def avif(image: Image.Image, quality: int) -> bytes:
    options = {"compression": "av1", "effort": 2, "subsample_mode": "off", "bitdepth": 8}
    return bytes(_vips(image).heifsave_buffer(Q=quality, **options))


def palette(image: Image.Image, quality: int) -> bytes:
    """Only to be looked at: nothing is done to make the file small."""
    from imagequant import ffi, lib

    attributes = lib.liq_attr_create()
    lib.liq_set_speed(attributes, 3)
    lib.liq_set_quality(attributes, 0, quality)
    pixels = image.convert("RGBA").tobytes()
    source = lib.liq_image_create_rgba(attributes, ffi.from_buffer(pixels), image.width, image.height, 0)
    result = ffi.new("liq_result**")
    if lib.liq_image_quantize(source, attributes, result):
        raise ValueError(f"no palette at quality {quality}")
    lib.liq_set_dithering_level(result[0], 0.5)
    indices = bytearray(image.width * image.height)
    lib.liq_write_remapped_image(result[0], source, ffi.from_buffer(indices), len(indices))
    colors = lib.liq_get_palette(result[0])
    flat = [part for entry in colors.entries[0 : colors.count] for part in (entry.r, entry.g, entry.b)]
    for free, what in ((lib.liq_result_destroy, result[0]), (lib.liq_image_destroy, source)):
        free(what)
    lib.liq_attr_destroy(attributes)
    return _png(image.size, bytes(indices), flat)


def _png(size: tuple[int, int], indices: bytes, colors: list[int]) -> bytes:
    image, out = Image.frombytes("P", size, indices), BytesIO()
    image.putpalette(colors)
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _vips(image: Image.Image) -> "object":
    import pyvips

    return pyvips.Image.new_from_memory(image.tobytes(), image.width, image.height, 3, "uchar")


def _encoder(name: str, package: str, encode: Callable[[Image.Image, int], bytes]) -> Encoder:
    """Grey is coloured: the table is of the options above, not of what an encoder does with fewer channels."""
    key = f"calibrate {name} {package} {version(package)}"
    return in_process(key, lambda image, quality: encode(image.convert("RGB"), quality), flat=True)


TARGET = Scale(_encoder("jpegli", "pyjpegli", jpegli), ASKED)
SCALES = {
    "webp": Scale(_encoder("webp", "pyvips-binary", webp), (5, 15, 25, 40, 55, 65, 75, 82, 88, 93, 97, 100)),
    "avif": Scale(_encoder("avif", "pyvips-binary", avif), (10, 20, 30, 40, 50, 58, 65, 72, 80, 88, 95, 99)),
    "jpeg 4:4:4": Scale(_encoder("jpeg 444", "pyvips-binary", jpeg_444), JPEG_NATIVES),
    "png palette": Scale(
        _encoder("palette", "imagequant", palette), (5, 15, 25, 40, 55, 65, 75, 82, 88, 93, 97, 100), GRAPHICS
    ),
}


@cache
def _chosen(kinds: tuple[Kind, ...], most: int) -> list[Sample]:
    """The first of each kind by name, so that few images are of all kinds, too."""
    share = most / sum(SHARES.values())
    return [each for kind in kinds for each in samples(kind, report=False)[: max(2, round(SHARES[kind] * share))]]


def curve(scale: Scale, kinds: tuple[Kind, ...], most: int) -> list[float]:
    """The median score at each native quality, made to rise."""
    by_image = [[trial.score for trial in trials(scale.encoder, each, scale.natives)] for each in _chosen(kinds, most)]
    medians = [statistics.median(column) for column in zip(*by_image, strict=True)]
    return list(np.maximum.accumulate(medians))


def table(scale: Scale, most: int) -> list[tuple[int, int]]:
    wanted = curve(TARGET, scale.kinds, most)
    natives = np.interp(wanted, curve(scale, scale.kinds, most), scale.natives)
    return [(asked, round(float(native))) for asked, native in zip(ASKED, natives, strict=True)]


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 99
    for kinds in (ALL, ("photo",), GRAPHICS):
        scores = [round(float(value), 1) for value in curve(TARGET, kinds, most)]
        print(f"jpegli's scores ({', '.join(kinds)}):", list(zip(ASKED, scores, strict=True)), flush=True)
    for name, scale in SCALES.items():
        print(f"{name}: {table(scale, most)}", flush=True)


if __name__ == "__main__":
    main()
