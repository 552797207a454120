"""`python -m benchmarks.calibrate [IMAGES]` prints the native quality of each encoder for each quality q of the API.

The API's scale is that of jpegli with its defaults: q means the median score of 4:2:0 JPEGs of jpegli at quality q over
the photos of the calibration half. For each encoder, with the service's options, the table has the native quality with
the same median score over the same photos. AVIF's options for drawings are calibrated on drawings, to the scores that
its options for photos reach there. For palettes, which are rarely used for photos, the table has the number at which
the search for a palette starts that ends with the fewest bytes, over drawings.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from PIL import Image

from benchmarks.corpus import Sample, samples
from benchmarks.sources import Kind
from benchmarks.trials import Encoder, in_process, trials
from imgopt.codecs.avif import codec as avif
from imgopt.codecs.avif.tuning import PHOTO, REPEATING, SPEEDS, Tuning, tuning_for
from imgopt.codecs.jpeg import jpegli, mozjpeg
from imgopt.codecs.jxl import codec as jxl
from imgopt.codecs.png import codec as png
from imgopt.codecs.png import colors, indexed
from imgopt.codecs.webp import codec as webp

ASKED = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100)
DRAWINGS: tuple[Kind, ...] = ("screenshot", "chart", "art", "icon")
PALETTES_ASKED, STARTS = (30, 50, 70, 80, 90), (10, 30, 50, 65, 75, 80, 84, 88, 93, 97)
NATIVES = (5, 15, 25, 35, 45, 55, 65, 75, 82, 88, 93, 97, 100)


AVIF_NATIVES = (*NATIVES[:-1], 99)


@dataclass(frozen=True)
class Scale:
    encoder: Encoder
    natives: tuple[int, ...] = NATIVES


@dataclass(frozen=True)
class Calibrated:
    """A calibration: the scale, the target whose scores it has to reach, and the images."""

    scale: Scale
    target: Scale
    images: Callable[[int], list[Sample]]


def _encoder(name: str, package: str, encode: Callable[[Image.Image, int], bytes]) -> Encoder:
    key = f"calibrate {name} {package} {version(package)}"
    return in_process(key, lambda image, quality: encode(image.convert("RGB"), quality), flat=True)


def jpegli_encoder(*, full_chroma: bool, factors: jpegli.Factors | None = jpegli.FACTORS) -> Encoder:
    def encode(image: Image.Image, quality: int) -> bytes:
        return jpegli.encode(image, quality, full_chroma=full_chroma, factors=factors)

    return _encoder(f"jpegli{' 4:4:4' if full_chroma else ''}{factors or ''}", "pyjpegli", encode)


def _avif(tuning: Tuning) -> Scale:
    name = f"avif {tuning.options} {SPEEDS}"
    return Scale(_encoder(name, "pillow", lambda image, native: avif.write(image, native, tuning)), AVIF_NATIVES)


def _avif_as_photo() -> Scale:
    def encode(image: Image.Image, quality: int) -> bytes:
        return avif.write(image, PHOTO.scale.native(quality), PHOTO)

    return Scale(_encoder(f"avif {PHOTO} {SPEEDS}", "pillow", encode), ASKED)


def mozjpeg_encoder(*, full_chroma: bool) -> Encoder:
    def encode(image: Image.Image, quality: int) -> bytes:
        return mozjpeg.encode(image, quality, full_chroma=full_chroma)

    return _encoder(f"mozjpeg{' 4:4:4' if full_chroma else ''}", "pyvips-binary", encode)


def _photos(most: int) -> list[Sample]:
    return samples("photo", report=False)[:most]


def _drawings(most: int) -> list[Sample]:
    return [each for each in samples(*DRAWINGS, report=False) if tuning_for(each.open()) is not PHOTO][:most]


TARGET = Scale(jpegli_encoder(full_chroma=False, factors=None), ASKED)
SCALES = {
    "JPEG": Calibrated(Scale(jpegli_encoder(full_chroma=False)), TARGET, _photos),
    "JPEG_FULL_CHROMA": Calibrated(Scale(jpegli_encoder(full_chroma=True)), TARGET, _photos),
    "MOZJPEG": Calibrated(Scale(mozjpeg_encoder(full_chroma=False)), TARGET, _photos),
    "MOZJPEG_FULL_CHROMA": Calibrated(Scale(mozjpeg_encoder(full_chroma=True)), TARGET, _photos),
    "WEBP": Calibrated(Scale(_encoder("webp", "pyvips-binary", webp.write)), TARGET, _photos),
    "AVIF": Calibrated(_avif(PHOTO), TARGET, _photos),
    "JXL": Calibrated(Scale(_encoder("jxl", "pillow-jxl-plugin", jxl.write), (*NATIVES[:-1], 99)), TARGET, _photos),
    "AVIF_DRAWING": Calibrated(_avif(REPEATING), _avif_as_photo(), _drawings),
}


def curve(scale: Scale, images: list[Sample]) -> list[float]:
    """The median score at each native quality, corrected to be monotonic."""
    by_image = [[trial.score for trial in trials(scale.encoder, each, scale.natives)] for each in images]
    return list(np.maximum.accumulate(np.median(by_image, axis=0)))


def table(calibrated: Calibrated, most: int) -> list[tuple[int, int]]:
    scale, images = calibrated.scale, calibrated.images(most)
    natives = np.interp(curve(calibrated.target, images), curve(scale, images), scale.natives)
    return [(asked, round(float(native))) for asked, native in zip(ASKED, natives, strict=True)]


def palette_starts(most: int) -> list[tuple[int, int]]:
    drawings = [each.open() for each in samples(*DRAWINGS, report=False)[:most]]
    return [(asked, min(STARTS, key=lambda start: _palette_bytes(drawings, asked, start))) for asked in PALETTES_ASKED]


def _palette_bytes(drawings: list[Image.Image], quality: int, start: int) -> int:
    return sum(_bytes_from(each, quality, start) for each in drawings)


def _bytes_from(drawing: Image.Image, quality: int, start: int) -> int:
    few = colors.reduce_colors(drawing, quality, start)
    return len(indexed.pack_indexed(few)) if few else len(png.encode(drawing, 100).data)


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 99
    scores = zip(ASKED, curve(TARGET, _photos(most)), strict=True)
    print("scores:", [(asked, round(float(score), 1)) for asked, score in scores])
    for name, calibrated in SCALES.items():
        print(f"{name}: {table(calibrated, most)}", flush=True)
    print(f"PALETTE: {palette_starts(most)}")


if __name__ == "__main__":
    main()
