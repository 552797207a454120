"""The steps on pixels: decode, resize, compress. What needs no pixels goes past it."""

from dataclasses import replace

from imgopt.codecs.cleaning import clean
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS, is_vector, mend
from imgopt.imaging import animated, still, vector
from imgopt.imaging.artifact import NOT_ENCODED, Artifact, Made
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import changes_size, stays_animated, target_format
from imgopt.imaging.scores.model import NOTHING_LOST
from imgopt.imaging.scores.ssimulacra2 import METRIC
from imgopt.imaging.upscaled import Upscaled, header_of, remaining


def optimize(data: bytes, source: ImageHeader, options: ProcessingSettings, least_saving: float = 0.0) -> Made:
    """Makes of a file what the settings ask for, but for pixels that a network makes up.

    Where only compression was asked and that saves less than `least_saving` of the original, 0-1, or nothing at all,
    the original is the product.
    Raises InvalidImage where the file can't be read, whatever its header said.
    """
    sound = mend(data, source.format)
    made = _or_original(_make(sound, source, options), sound, source, options, least_saving)
    return _judge(made, source, options)


def optimize_upscaled(data: bytes, source: ImageHeader, upscaled: Upscaled, options: ProcessingSettings) -> Made:
    """Makes of the larger picture, `data`, what the settings ask for of its source."""
    larger = replace(header_of(upscaled), dpi=source.dpi)
    return _judge(_make(data, larger, remaining(source, upscaled, options)), source, options)


def _make(data: bytes, source: ImageHeader, options: ProcessingSettings) -> Made:
    target = target_format(source.format, options)
    drawing = FORMATS[source.format].vector
    if drawing and source.format == target:
        return vector.optimize_vector(data, source, drawing, options)
    if stays_animated(source, target, options):
        return animated.optimize_animated(data, source, target, options)
    return still.optimize_still(data, source, options)


def _or_original(
    made: Made, data: bytes, source: ImageHeader, options: ProcessingSettings, least_saving: float
) -> Made:
    """The original, without metadata that isn't to be kept, unless something else was asked for or it is much larger.

    A limit on bytes that the original exceeds comes before the least saving.
    """
    fewer_frames = source.frames > 1 and (options.gif_frame_limit or source.frames) < source.frames
    if made.artifact.format != source.format or changes_size(options) or fewer_frames:
        return made
    original = data if not is_vector(source.format) or made.data == data else None
    cleaned = original and clean(original, source.format, options.keep_metadata)
    if not cleaned:
        return made
    limit = options.output_file_size_limit
    is_needed = limit is not None and len(cleaned) > limit
    enough = len(cleaned) if is_needed else len(cleaned) * (1 - least_saving)
    if len(made.data) < enough:
        return made
    return Made(_describe_original(source), cleaned)


def _describe_original(source: ImageHeader) -> Artifact:
    return Artifact(
        format=source.format,
        width=source.width,
        height=source.height,
        encoder=NOT_ENCODED,
        quality=None,
        frames=source.frames,
        original_returned=True,
        score=NOTHING_LOST.value,
        score_metric=METRIC,
    )


def _judge(made: Made, source: ImageHeader, options: ProcessingSettings) -> Made:
    """What is said of it besides: whether it met a limit on bytes, and of what its source was only a part."""
    limit = options.output_file_size_limit
    warning = " ".join(filter(None, (source.warning, made.artifact.warning))) or None
    met = None if limit is None else len(made.data) <= limit
    return replace(made, artifact=replace(made.artifact, size_limit_met=met, warning=warning))
