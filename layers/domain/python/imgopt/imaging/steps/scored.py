"""Encodes at a quality or a target score, within a limit on bytes, and measures the score."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgopt.codecs.format import Encode as Write
from imgopt.codecs.format import Format, ImageHeader
from imgopt.codecs.formats import is_vector
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.scores.curve import EVERY_QUALITY, steps_of
from imgopt.imaging.scores.effort import effort_for, whole_effort
from imgopt.imaging.scores.model import Score, score_by
from imgopt.imaging.scores.ssimulacra2 import SAME_SCORE
from imgopt.imaging.scores.stills import compare_seen, count_grounds, read_result, score_still
from imgopt.imaging.scores.tiles import WHOLE_PICTURE, spread
from imgopt.imaging.steps.compress import Attempts, Compressed, Encode
from imgopt.imaging.steps.target import MOST_ENCODES, Prediction, Scored, ScoreOf, SearchBounds, predict, search

if TYPE_CHECKING:
    from PIL.Image import Image

# The sample that predicts the first quality: its pixels, its largest share of the picture, and the fewest useful
# pixels.
SAMPLE_PIXELS, SAMPLE_PART, LEAST_SAMPLE = 250_000, 1 / 6, 36_000
# A format whose sample is larger by more than this factor is not tried. One point of score takes this many times the
# bytes.
ABOUT_AS_SMALL, RISE_PER_POINT = 1.04, 1.04
USUAL_QUALITY = "The quality was chosen without measuring: it is the usual one for that target."

FitFrom = Callable[[Encode, int], Compressed]
Predict = Callable[[float], Prediction]


def usual_start(wanted: float) -> Prediction:
    """Returns the usual quality for a score, without a sample."""
    return predict(lambda _: None, wanted)


@dataclass(frozen=True)
class Scoring:
    """How one picture is encoded, limited to bytes starting at a quality, and scored.

    `begin` predicts the first quality of a search. `steps` are the qualities that make different files, rising.
    """

    encode: Encode
    fit_from: FitFrom
    score_of: ScoreOf
    begin: Predict = usual_start
    steps: Sequence[int] = EVERY_QUALITY


def make_scored(scoring: Scoring, options: ProcessingSettings, rival: int | None = None) -> tuple[Compressed, Score]:
    """Encodes by `output_quality_target` where it is given, else by `output_quality`. A limit on bytes overrides both.

    A search ends where it can't become smaller than `rival`, the bytes of another format's result.
    """
    return make_smallest((scoring,), options, rival)


def make_smallest(
    scorings: Sequence[Scoring], options: ProcessingSettings, rival: int | None = None
) -> tuple[Compressed, Score]:
    """Like `make_scored`, with several encoders: with a target the smallest file wins, otherwise the first encoder is
    used.

    Samples predict the smallest. Where they can't, all encoders are tried: together they make no more encodings of the
    whole than one may, and each leaves at least one for each later one.
    """
    wanted = options.output_quality_target
    if wanted is None:
        made = scorings[0].fit_from(scorings[0].encode, options.output_quality)
        return made, scorings[0].score_of(made)
    left, found = MOST_ENCODES, []
    begun = _most_promising([(scoring, scoring.begin(wanted)) for scoring in scorings])
    for others, (scoring, start) in zip(reversed(range(len(begun))), begun, strict=True):
        attempts, bounds = Attempts(scoring.encode), SearchBounds(scoring.steps, rival, left - others)
        best = search(attempts, scoring.score_of, wanted, start, bounds)
        left -= attempts.count
        found.append(_within_limit(best, scoring, options.output_file_size_limit))
    made, score = choose_scored(found, options)
    return made, _say_missed(score, wanted)


def _most_promising(begun: list[tuple[Scoring, Prediction]]) -> list[tuple[Scoring, Prediction]]:
    """Returns the encoders whose samples are about the smallest, the smallest first; all where a sample is missing."""
    sizes = {number: start.sample_bytes for number, (_, start) in enumerate(begun)}
    known = {number: size for number, size in sizes.items() if size is not None}
    if len(known) < len(begun):
        return begun
    least = min(known.values())
    return [begun[number] for number in sorted(known, key=known.__getitem__) if known[number] <= ABOUT_AS_SMALL * least]


def _within_limit(found: Scored, scoring: Scoring, limit: int | None) -> tuple[Compressed, Score]:
    if not limit or found.made.size <= limit:
        return found.made, found.score
    made = scoring.fit_from(_reuse(scoring.encode, found.made), found.made.quality)
    return made, scoring.score_of(made)


def choose_scored(made: Sequence[tuple[Compressed, Score]], options: ProcessingSettings) -> tuple[Compressed, Score]:
    """Returns the smallest result that reaches the target, else the one with the best score."""
    wanted = options.output_quality_target or 0
    good = [each for each in made if each[1].value is None or each[1].value >= wanted]
    if good:
        return min(good, key=lambda each: each[0].size)
    return max(made, key=lambda each: each[1].value or 0)


def _reuse(encode: Encode, known: Compressed) -> Encode:
    def encode_or_reuse(quality: int, scale: float) -> Encoding:
        return known.encoding if (quality, scale) == (known.quality, known.scale) else encode(quality, scale)

    return encode_or_reuse


def _say_missed(score: Score, wanted: float) -> Score:
    if score.value is None:
        missed: str | None = USUAL_QUALITY
    elif score.value < wanted:
        missed = f"The target of {wanted:g} was not reached: the score is {score.value:g}."
    else:
        missed = None
    return replace(score, warning=" ".join(filter(None, (score.warning, missed))) or None)


def steps_for_search(image: "Image", target: Format) -> Sequence[int]:
    """Returns the qualities that make different files; without the lossless one where the picture is too large
    for it.
    """
    steps = steps_of(target.native_of(image)) if target.native_of else EVERY_QUALITY
    return steps if image.width * image.height <= target.largest_lossless else steps[:-1]


def begin_by_sample(picture: "Image", target: Format, write: Write) -> Predict:
    """Predicts the quality from a sample of the picture. Each look costs at most a sixth of an encoding."""
    tiles = spread(*picture.size, min(SAMPLE_PIXELS, picture.width * picture.height * SAMPLE_PART))
    sample = tiles.cut(picture)
    if tiles is WHOLE_PICTURE or sample.width * sample.height < LEAST_SAMPLE:
        return usual_start

    looks: list[tuple[float, int]] = []

    def score_at(quality: int) -> float | None:
        return score_by(lambda: measure(quality), 0, 0).value

    def measure(quality: int) -> float:
        made = write(sample, quality, NO_METADATA)
        score = SAME_SCORE
        if not made.lossless:
            seen = compare_seen(sample, read_result(made.data, target.name, sample.size))
            score = tiles.estimate_whole(seen, target.loss_by_sample)
        looks.append((score, len(made.data)))
        return score

    def begin(wanted: float) -> Prediction:
        start = predict(score_at, wanted)
        return replace(start, sample_bytes=_bytes_for(wanted, looks))

    return begin


def _bytes_for(wanted: float, looks: Sequence[tuple[float, int]]) -> float | None:
    """Returns the expected bytes at the wanted score, from the look with the nearest score; None without looks."""
    if not looks:
        return None
    score, size = min(looks, key=lambda look: abs(look[0] - wanted))
    return float(size * RISE_PER_POINT ** (wanted - score))


def score_picture(
    picture: "Image", made: Compressed, target: Format, source: ImageHeader, options: ProcessingSettings
) -> Score:
    """Returns the score, by a small sample of the picture; by all of it for a target score."""
    read = 0 if is_vector(source.format) else source.width * source.height
    pixels, grounds = picture.width * picture.height, count_grounds(picture, target)
    is_searched = options.output_quality_target is not None
    effort = whole_effort(pixels, target, grounds) if is_searched else effort_for(read, pixels, target, grounds)
    return score_still(picture, made.encoding, made.quality, target, effort)
