"""The score of an animation: the mean over some of its frames."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import mean
from typing import TYPE_CHECKING

from imgopt.codecs.formats import decode_animation
from imgopt.codecs.shared.animation import Animation, sample_indexes
from imgopt.codecs.shared.encoding import Encoding
from imgopt.codecs.shared.timing import shown
from imgopt.imaging.scores.model import NOTHING_LOST, Score, score_by
from imgopt.imaging.scores.ssimulacra2 import BYTES_COMPARED, LEAST_NANOSECONDS, NANOSECONDS_COMPARED
from imgopt.imaging.scores.stills import compare_seen
from imgopt.imaging.scores.tiles import TILE_PIXELS, SampleTiles, spread

if TYPE_CHECKING:
    from PIL.Image import Image

# The number of compared frames, spread evenly, and the pixels compared of each.
FRAMES_COMPARED, FRAME_PIXELS = 6, 16 * TILE_PIXELS
# For animations with more pixels, decoding the result would take too long in relation to encoding it.
MOST_PIXELS_READ = 100_000_000
TOO_LARGE_TO_READ = "No score: the animation is too large to be decoded again."
FRAME_BYTES_READ, DECODE_NANOSECONDS = 4, 20.0


@dataclass(frozen=True)
class Moment:
    """A sample of the frame at one time. `at` is a fraction of the whole duration, 0 to 1."""

    at: float
    sample: "Image"


def tiles_of(size: tuple[int, int]) -> SampleTiles:
    """Returns the tiles that are compared of each frame."""
    return spread(*size, FRAME_PIXELS)


def take_moments(animation: Animation, tiles: SampleTiles) -> tuple[Moment, ...]:
    """Returns samples in the middle of at most `FRAMES_COMPARED` frames: encoders join frames and round durations."""
    spans = list(_spans(animation))
    chosen = sample_indexes(len(spans), FRAMES_COMPARED)
    return tuple(Moment(sum(spans[index]) / 2, tiles.cut(animation.frames[index])) for index in chosen)


def score_animation(
    moments: Callable[[], tuple[Moment, ...]], tiles: SampleTiles, encoding: Encoding, name: str, pixels: int
) -> Score:
    """Returns the score of an animation in a format. `pixels` are those of all frames."""
    if encoding.lossless:
        return NOTHING_LOST
    if pixels > MOST_PIXELS_READ:
        return Score(warning=TOO_LARGE_TO_READ)
    comparing = FRAMES_COMPARED * (FRAME_PIXELS * NANOSECONDS_COMPARED + LEAST_NANOSECONDS)
    seconds = (pixels * DECODE_NANOSECONDS + comparing) / 1e9
    return score_by(
        lambda: _measure(moments(), decode_animation(encoding.data, name, None, tiles.cut)),
        seconds,
        FRAME_BYTES_READ * pixels + BYTES_COMPARED * FRAME_PIXELS,
    )


def _measure(moments: tuple[Moment, ...], made: Animation) -> float:
    spans = list(_spans(made))
    frames = [next(number for number, (_, ends) in enumerate(spans) if moment.at < ends) for moment in moments]
    return mean(compare_seen(moment.sample, made.frames[frame]) for moment, frame in zip(moments, frames, strict=True))


def _spans(animation: Animation) -> Iterator[tuple[float, float]]:
    """Yields the begin and end of each frame, as fractions of the whole duration."""
    durations = [shown(duration) for duration in animation.durations]
    whole, begins = sum(durations), 0
    for duration in durations:
        yield begins / whole, (begins + duration) / whole
        begins += duration
