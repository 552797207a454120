"""How a still result is encoded for a size limit and a score."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from imgopt.codecs.format import Encode, Format, ImageHeader
from imgopt.codecs.formats import encoder_of
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding
from imgopt.imaging.geometry import Size
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, canvas_of, steps_for
from imgopt.imaging.scores.model import NOTHING_LOST, Score
from imgopt.imaging.steps.compress import Attempts, Compressed, fit_within, lowest_scale_of
from imgopt.imaging.steps.compress import Encode as EncodeScaled
from imgopt.imaging.steps.preview import Preview, fit_by_preview, sample_of
from imgopt.imaging.steps.resize import REDUCING_GAP
from imgopt.imaging.steps.scored import Scoring, begin_by_sample, score_picture, steps_for_search
from imgopt.imaging.steps.target import Prediction

if TYPE_CHECKING:
    from PIL.Image import Image


def scoring_for(  # noqa: PLR0913 - facts about one picture
    encode: Callable[[Encode, int, float], Encoding],
    write: Encode,
    *,
    at_scale: "Callable[[float], Image]",
    target: Format,
    source: ImageHeader,
    options: ProcessingSettings,
) -> Scoring:
    scalable, limit = Step.RESIZE not in steps_for(options), options.output_file_size_limit

    def fit_from(encode: EncodeScaled, quality: int) -> Compressed:
        attempts = Attempts(encode, lowest_scale=lowest_scale_of(canvas_of(source, options)))
        preview = _preview(at_scale(1), encoder_of(target)) if limit else None
        if limit and preview:
            return fit_by_preview(attempts, preview, quality, limit, scalable=scalable)
        return fit_within(attempts, quality, limit, scalable=scalable)

    def score_of(made: Compressed) -> Score:
        if made.encoding.lossless:
            return NOTHING_LOST
        return score_picture(at_scale(made.scale), made, target, source, options)

    def begin(wanted: float) -> Prediction:
        return begin_by_sample(at_scale(1), target, write)(wanted)

    return Scoring(partial(encode, write), fit_from, score_of, begin, steps_for_search(at_scale(1), target))


def _preview(image: "Image", write: Encode) -> Preview | None:
    sample = sample_of(image)
    if sample is None:
        return None

    def measure(quality: int, scale: float) -> int:
        size = Size(*sample.size).scaled(scale)
        scaled = sample if scale == 1 else sample.resize((size.width, size.height), reducing_gap=REDUCING_GAP)
        return len(write(scaled, quality, NO_METADATA).data)

    return Preview(measure, image.width * image.height / (sample.width * sample.height))
