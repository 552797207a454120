"""`python -m benchmarks.calibrate [IMAGES]`: which native quality of each encoder looks like the API's quality q.

The API's scale is jpegli's: q means the median score of a 4:2:0 jpegli JPEG of quality q over the photos of the
calibration half. For each encoder, as the service uses it, the table gives the native quality with the same median
score over the same photos. For palettes, which photos are rarely given, it is the number from which the search for one
ends with the fewest bytes, over drawings.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import numpy as np
from PIL import Image

from benchmarks.corpus import Sample, samples
from benchmarks.sources import Kind
from benchmarks.trials import Encoder, in_process, trials
from imgopt.codecs.avif import codec as avif
from imgopt.codecs.jpeg import jpegli
from imgopt.codecs.jxl import codec as jxl
from imgopt.codecs.png import codec as png
from imgopt.codecs.png import colors
from imgopt.codecs.webp import codec as webp

ASKED = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100)
DRAWINGS: tuple[Kind, ...] = ("screenshot", "chart", "art", "icon")
PALETTES_ASKED, STARTS = (30, 50, 70, 80, 90), (10, 30, 50, 65, 75, 80, 84, 88, 93, 97)
NATIVES = (5, 15, 25, 35, 45, 55, 65, 75, 82, 88, 93, 97, 100)


@dataclass(frozen=True)
class Scale:
    encoder: Encoder
    natives: tuple[int, ...] = NATIVES


def _encoder(name: str, package: str, encode: Callable[[Image.Image, int], bytes]) -> Encoder:
    key = f"calibrate {name} {package} {version(package)}"
    return in_process(key, lambda image, quality: encode(image.convert("RGB"), quality), flat=True)


def _jpegli(*, full_chroma: bool) -> Encoder:
    name = "jpegli 4:4:4" if full_chroma else "jpegli"
    return _encoder(name, "pyjpegli", lambda image, quality: jpegli.encode(image, quality, full_chroma=full_chroma))


TARGET = Scale(_jpegli(full_chroma=False), ASKED)
SCALES = {
    "JPEG_FULL_CHROMA": Scale(_jpegli(full_chroma=True)),
    "WEBP": Scale(_encoder("webp", "pyvips-binary", webp.write)),
    "AVIF": Scale(_encoder("avif", "pillow", avif.write), (*NATIVES[:-1], 99)),
    "JXL": Scale(_encoder("jxl", "pillow-jxl-plugin", jxl.write), (*NATIVES[:-1], 99)),
}


@cache
def _photos(most: int) -> list[Sample]:
    return samples("photo", report=False)[:most]


def curve(scale: Scale, most: int) -> list[float]:
    """The median score at each native quality, made to rise."""
    by_image = [[trial.score for trial in trials(scale.encoder, each, scale.natives)] for each in _photos(most)]
    return list(np.maximum.accumulate(np.median(by_image, axis=0)))


def table(scale: Scale, most: int) -> list[tuple[int, int]]:
    natives = np.interp(curve(TARGET, most), curve(scale, most), scale.natives)
    return [(asked, round(float(native))) for asked, native in zip(ASKED, natives, strict=True)]


def palette_starts(most: int) -> list[tuple[int, int]]:
    drawings = [each.open() for each in samples(*DRAWINGS, report=False)[:most]]
    return [(asked, min(STARTS, key=lambda start: _palette_bytes(drawings, asked, start))) for asked in PALETTES_ASKED]


def _palette_bytes(drawings: list[Image.Image], quality: int, start: int) -> int:
    return sum(_bytes_from(each, quality, start) for each in drawings)


def _bytes_from(drawing: Image.Image, quality: int, start: int) -> int:
    few = colors.reduce_colors(drawing, quality, start)
    return len(png.pack(png.write(few), filters="none")) if few else len(png.encode(drawing, 100).data)


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 99
    print("scores:", [(asked, round(float(score), 1)) for asked, score in zip(ASKED, curve(TARGET, most), strict=True)])
    for name, scale in SCALES.items():
        print(f"{name}: {table(scale, most)}", flush=True)
    print(f"PALETTE: {palette_starts(most)}")


if __name__ == "__main__":
    main()
