"""The plot in README: bits per pixel by score for each encoder, as medians over the photos of the report half."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.corpus import Sample
from benchmarks.encoders import QUALITIES, ours
from benchmarks.matching import front, size_at
from benchmarks.peers.programs import sharp
from benchmarks.trials import Encoder, Trial, trials
from local.environment import ROOT

PICTURE = ROOT / "docs" / "pictures" / "bits-by-score.svg"
SCORES = range(50, 93, 2)
# A point needs at least this share of the images to reach its score.
LEAST_PART = 0.8
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 440, 64, 150, 24, 52
BITS = (0.25, 0.5, 1, 2, 4)


@dataclass(frozen=True)
class Line:
    """A line of the plot. `dashes` is empty for the service's encoders."""

    label: str
    encoder: Callable[[], Encoder | None]
    color: str
    dashes: str = ""


PEER = "6 4"
LINES = (
    Line("JPEG", lambda: ours("jpeg"), "#c2410c"),
    Line("JPEG, sharp mozjpeg", lambda: sharp("jpeg", flat=True, mozjpeg=True), "#c2410c", PEER),
    Line("WebP", lambda: ours("webp"), "#15803d"),
    Line("WebP, sharp", lambda: sharp("webp"), "#15803d", PEER),
    Line("JPEG XL", lambda: ours("jxl"), "#7e22ce"),
    Line("AVIF", lambda: ours("avif"), "#1d4ed8"),
    Line("AVIF, sharp", lambda: sharp("avif"), "#1d4ed8", PEER),
)
Points = list[tuple[float, float]]


def draw(samples: Sequence[Sample]) -> None:
    """Draws the plot into docs/pictures. Cached measurements are reused."""
    lines = [(line, points_of(encoder, samples)) for line in LINES if (encoder := line.encoder())]
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture_of([(line, points) for line, points in lines if points]))


def points_of(encoder: Encoder, samples: Sequence[Sample]) -> Points:
    """The scores and bits per pixel of an encoder."""
    fronts = [(sample, front(trials(encoder, sample, QUALITIES))) for sample in samples]
    found = ((score, [bits for sample, each in fronts if (bits := _bits_at(sample, each, score))]) for score in SCORES)
    return [(score, statistics.median(bits)) for score, bits in found if len(bits) >= LEAST_PART * len(samples)]


@cache
def _pixels(sample: Sample) -> int:
    width, height = sample.open().size
    return width * height


def _bits_at(sample: Sample, trials_of: Sequence[Trial], score: float) -> float | None:
    if not trials_of[0].score <= score <= trials_of[-1].score:
        return None
    return 8 * size_at(trials_of, score) / _pixels(sample)


def picture_of(lines: Sequence[tuple[Line, Points]]) -> str:
    """The plot as an SVG on a white ground."""
    parts = [*_grid(), *(_line(line, points) for line, points in lines), *_legend([line for line, _ in lines])]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        f' font-size="13"><title>Bits a pixel by SSIMULACRA2</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f"{''.join(parts)}</svg>\n"
    )


def _x(score: float) -> float:
    share = (score - SCORES.start) / (SCORES.stop - 1 - SCORES.start)
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(bits: float) -> float:
    share = math.log(bits / BITS[0]) / math.log(BITS[-1] / BITS[0])
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _grid() -> list[str]:
    right, floor = WIDTH - RIGHT, HEIGHT - BOTTOM
    across = [
        f'<path d="M{LEFT} {_y(bits)}H{right}" stroke="#ddd"/>'
        f'<text x="{LEFT - 8}" y="{_y(bits) + 4}" text-anchor="end" fill="#444">{bits:g}</text>'
        for bits in BITS
    ]
    up = [
        f'<path d="M{_x(score)} {TOP}V{floor}" stroke="#eee"/>'
        f'<text x="{_x(score)}" y="{floor + 18}" text-anchor="middle" fill="#444">{score}</text>'
        for score in SCORES[::5]
    ]
    middle = (LEFT + right) / 2
    names = (
        f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">SSIMULACRA2: more looks better</text>'
        f'<text transform="translate(16 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">bits a pixel</text>'
    )
    return [*across, *up, names]


def _line(line: Line, points: Points) -> str:
    path = "L".join(f"{_x(score)} {_y(bits)}" for score, bits in points)
    return f'<path d="M{path}" fill="none" stroke="{line.color}" stroke-width="2" stroke-dasharray="{line.dashes}"/>'


def _legend(lines: Sequence[Line]) -> list[str]:
    left = WIDTH - RIGHT + 12
    return [
        f'<path d="M{left} {TOP + 12 + 22 * at}h22" stroke="{line.color}" stroke-width="2"'
        f' stroke-dasharray="{line.dashes}"/><text x="{left + 28}" y="{TOP + 16 + 22 * at}">{line.label}</text>'
        for at, line in enumerate(lines)
    ]
