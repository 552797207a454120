"""Encodes a picture at a quality, at a target score, or within a limit on bytes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from imgopt.codecs.format import Encode, Format
from imgopt.codecs.formats import encoder_of
from imgopt.codecs.shared import vips
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata
from imgopt.errors import InvalidRequest
from imgopt.imaging.artifact import describe_lost
from imgopt.imaging.scores.effort import whole_effort
from imgopt.imaging.scores.model import Score
from imgopt.imaging.scores.stills import count_grounds, score_still
from imgopt.imaging.steps.compress import Attempts, Compressed
from imgopt.imaging.steps.scored import begin_by_sample, steps_for_search
from imgopt.imaging.steps.target import SearchBounds, search
from imgopt.transform.options import TransformOptions
from imgopt.transform.profiles import write_with_profile
from imgopt.transform.variant import Output, VariantOrder

if TYPE_CHECKING:
    from PIL.Image import Image

USUAL_QUALITY_ASKED = 80
# Formats without a quality, for which a limit on bytes has no effect.
WITHOUT_QUALITY = frozenset({"png", "gif", "ico"})
# (ratio of bytes to their limit, factor for the next quality), as in imgproxy. The quality is at least 10.
QUALITY_FACTORS = ((3.0, 0.25), (1.5, 0.5), (0.0, 0.75))
LOWEST_QUALITY_TRIED = 10

Write = Callable[[int], Encoding]


@dataclass(frozen=True)
class Written:
    """A file, its quality (None without one), and its score where one was searched for."""

    data: bytes
    quality: int | None = None
    score: float | None = None
    warnings: tuple[str, ...] = ()


def writer_of(target: Format) -> Encode:
    """Returns the format's encoder. Raises InvalidRequest for a format that can only be read."""
    try:
        return target.encode_quickly or encoder_of(target)
    except ValueError as error:
        raise InvalidRequest(str(error)) from error


def asked_quality(output: Output, options: TransformOptions) -> int:
    """Returns the quality: that of the output, of the URL, of the URL for the format, or the default."""
    of_format = options.format_quality.get(output.format)
    return output.quality or options.quality or of_format or USUAL_QUALITY_ASKED


def write_picture(pixels: Any, order: VariantOrder, metadata: Metadata, profile: bytes | None) -> Written:
    """Encodes a vips image of 8 bits; with `profile`, in its colours."""
    target, output = order.target, order.output
    lost = tuple(filter(None, (describe_lost(metadata, target),)))
    if profile:
        by_profile = partial(write_with_profile, pixels, profile, target, metadata)
        return _warn(_write(by_profile, order, asked_quality(output, order.options)), lost)
    image, encode = vips.to_pillow(pixels), writer_of(target)
    quality, score = asked_quality(output, order.options), None
    if output.quality is None and output.target is not None and target.name not in WITHOUT_QUALITY:
        quality, score = _search(image, encode, target, output.target)
    made = _warn(_write(lambda each: encode(image, each, metadata), order, quality), lost)
    if score is None:
        return made
    known_score = score.value if made.quality == quality else None
    return _warn(replace(made, score=known_score), tuple(filter(None, (score.warning,))))


def _write(write: Write, order: VariantOrder, quality: int) -> Written:
    if order.output.format in WITHOUT_QUALITY:
        return Written(write(quality).data)
    return fit_bytes(write, quality, order.options.max_bytes)


def _warn(made: Written, warnings: tuple[str, ...]) -> Written:
    return replace(made, warnings=(*made.warnings, *warnings))


def fit_bytes(write: Write, quality: int, most: int) -> Written:
    """Lowers the quality in imgproxy's steps until the file fits; `most` 0 means no limit."""
    made = write(quality).data
    while most and len(made) > most and quality > LOWEST_QUALITY_TRIED:
        overshoot = len(made) / most
        quality = max(1, int(quality * next(part for above, part in QUALITY_FACTORS if overshoot > above)))
        made = write(quality).data
    missed = () if not most or len(made) <= most else (f"The file has more than {most} bytes: {len(made)}.",)
    return Written(made, quality, warnings=missed)


def _search(image: "Image", encode: Encode, target: Format, wanted: float) -> tuple[int, Score]:
    """Returns the quality with the target score, or the nearest one, and its score."""
    effort = whole_effort(image.width * image.height, target, count_grounds(image, target))

    def score_of(made: Compressed) -> Score:
        return score_still(image, made.encoding, made.quality, target, effort)

    attempts = Attempts(lambda quality, _scale: encode(image, quality, NO_METADATA))
    bounds = SearchBounds(steps_for_search(image, target))
    found = search(attempts, score_of, wanted, begin_by_sample(image, target, encode)(wanted), bounds)
    return found.made.quality, found.score
