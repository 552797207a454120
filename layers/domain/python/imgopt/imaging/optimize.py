"""Makes results: decodes, resizes and compresses. Vector and repacked files skip these steps."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from imgopt.codecs.cleaning import clean, trim
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS, is_vector, mend
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.errors import InvalidImage, TooLarge
from imgopt.imaging import animated, repacked, still, vector
from imgopt.imaging.accept import accepted_formats
from imgopt.imaging.appearance import SIDE_SEEN, describe_appearance
from imgopt.imaging.artifact import NOT_ENCODED, Artifact, ArtifactFile, describe_lost, join_warnings
from imgopt.imaging.best_format import make_best
from imgopt.imaging.candidates import ANIMATION_ALONE, candidates_for, is_auto, possible_contents, possible_settings
from imgopt.imaging.content_credentials import warn_of_lost_manifest
from imgopt.imaging.hdr import keeps_gain_map, warn_of_lost_hdr
from imgopt.imaging.kinds import contents_seen
from imgopt.imaging.options import OutputFormat, ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import (
    can_make,
    canvas_of,
    changes_pixels,
    changes_size,
    holds_animations,
    is_repacked,
    shape_of,
    stays_animated,
    target_format,
)
from imgopt.imaging.scores.model import NOTHING_LOST
from imgopt.imaging.scores.ssimulacra2 import METRIC
from imgopt.imaging.size_limit import warn_of_missed_limit
from imgopt.imaging.steps.decode import read_kept, shows_through
from imgopt.imaging.steps.resize import warn_of_crop
from imgopt.imaging.still_source import ReadPicture, read_once
from imgopt.imaging.upscaled import Upscaled, header_of, remaining, source_type_of
from imgopt.imaging.written_tags import leave_room
from imgopt.sandbox import budget

if TYPE_CHECKING:
    from PIL.Image import Image


def optimize(data: bytes, source: ImageHeader, options: ProcessingSettings, least_saving: float = 0.0) -> ArtifactFile:
    """Returns the first result of `optimize_all`."""
    return optimize_all(data, source, options, least_saving)[0]


def optimize_all(
    data: bytes, source: ImageHeader, options: ProcessingSettings, least_saving: float = 0.0, *, signs: bool = False
) -> list[ArtifactFile]:
    """Makes all results that the settings ask for, except upscaling by a network.

    Where only compression was asked for and it saves less than `least_saving` (0 to 1) of the original, or nothing, the
    original is returned. `signs` says whether results are signed later. Raises InvalidImage where the file can't be
    decoded.
    """
    sound, outputs = mend(data, source.format), outputs_of(options)
    original = data if source.has_manifest and options.keep_metadata is KeepMetadata.ALL else sound
    read = read_once(sound, source, outputs)
    made = ((_make(sound, source, each, read), each) for each in _in_turn(source, [*map(leave_room, outputs)]))
    chosen = (_or_original(one, original, source, each, least_saving) for one, each in made)
    judged = (_judge(one, source, each, signs=signs, sent=len(data)) for one, each in zip(chosen, outputs, strict=True))
    return _describe(judged, lambda: _look_at(sound, source, outputs[0], read))


def optimize_upscaled(
    data: bytes, source: ImageHeader, upscaled: Upscaled, options: ProcessingSettings, *, signs: bool = False
) -> list[ArtifactFile]:
    """Makes the results from the intermediate, `data`, for the settings of its source."""
    known, outputs = replace(header_of(upscaled), dpi=source.dpi), outputs_of(options)
    larger = replace(known, source_type=source_type_of(source, upscaled, options))
    left = [leave_room(remaining(source, upscaled, each)) for each in outputs]
    read = read_once(data, larger, left)
    first_frame = replace(larger, frames=1)  # only another result needs the further frames
    made = (_make(data, larger if each.keep_animation else first_frame, each, read) for each in _in_turn(larger, left))
    judged = (_judge(one, source, each, signs=signs) for one, each in zip(made, outputs, strict=True))
    return _describe(judged, lambda: _look_at(data, larger, left[0], read))


def _in_turn(source: ImageHeader, outputs: Sequence[ProcessingSettings]) -> Iterator[ProcessingSettings]:
    """Yields the outputs, and gives each a share of the remaining time by its pixels."""
    pixels = [canvas_of(source, each).pixels for each in outputs]
    for number, each in enumerate(outputs):
        budget.current().reserve(sum(pixels[number + 1 :]) / sum(pixels[number:]))
        yield each


def _describe(made: Iterable[ArtifactFile], see: Callable[[], "Image"]) -> list[ArtifactFile]:
    """Adds the appearance to the first result, where the picture can be decoded. A failure doesn't fail the job."""
    first, *others = made
    with suppress(InvalidImage, TooLarge, MemoryError):  # some files can be kept, but not decoded
        image = see()
        seen, transparent = describe_appearance(image), shows_through(image)
        artifact = replace(
            first.artifact, thumbhash=seen.thumbhash, dominant_colors=seen.colors, transparent=transparent
        )
        first = replace(first, artifact=artifact)
    return [first, *others]


def _look_at(data: bytes, source: ImageHeader, options: ProcessingSettings, read: ReadPicture) -> "Image":
    """Returns the picture. A vector image is drawn small, because as a vector it may have any number of pixels."""
    drawing = FORMATS[source.format].vector
    if drawing is None:
        return read(options).image
    shape = shape_of(source)
    small = shape.scaled(SIDE_SEEN / max(shape.width, shape.height))
    return drawing.render(data, small.width, small.height).image


def _make(data: bytes, source: ImageHeader, options: ProcessingSettings, read: ReadPicture) -> ArtifactFile:
    """Makes a result in the requested format, or in the best one."""
    if not is_auto(options):
        return _make_one(data, source, options, read)
    candidates = [each for each in _find_candidates(source, options, read) if can_make(source, each)]
    return make_best(lambda each, rival: _make_one(data, source, each, read, rival), candidates, options)


def _find_candidates(source: ImageHeader, options: ProcessingSettings, read: ReadPicture) -> list[ProcessingSettings]:
    possible = possible_settings(source, options)
    if len(possible) == 1:  # an accepted vector image, which may be too large to be drawn
        return list(possible)
    if ANIMATION_ALONE in possible_contents(source, options):
        return candidates_for(source, options, ANIMATION_ALONE, source.has_alpha)
    image = _see(source, options, read)
    return candidates_for(source, options, contents_seen(image), shows_through(image))


def _see(source: ImageHeader, options: ProcessingSettings, read: ReadPicture) -> "Image":
    """Returns the decoded picture, for which every possible setting is the same."""
    return read(possible_settings(source, options)[0]).image


def _make_one(
    data: bytes, source: ImageHeader, options: ProcessingSettings, read: ReadPicture, rival: int | None = None
) -> ArtifactFile:
    if is_repacked(source, options):
        return repacked.repack_losslessly(data, source, options)
    target = target_format(source.format, options)
    drawing = FORMATS[source.format].vector
    if drawing and source.format == target:
        return vector.optimize_vector(data, source, drawing, options)
    if stays_animated(source, target, options):
        return animated.optimize_animated(data, source, target, options)
    return still.optimize_still(data, source, options, read, rival)


def _or_original(
    made: ArtifactFile, data: bytes, source: ImageHeader, options: ProcessingSettings, least_saving: float
) -> ArtifactFile:
    """Returns the original, cleaned of metadata, where only compression was asked for and it saves too little.

    A limit on bytes that the original exceeds overrides the least saving.
    """
    fewer_frames = source.frames > 1 and (options.gif_frame_limit or source.frames) < source.frames
    if source.format not in _wanted_formats(made, options) or changes_pixels(source, options) or fewer_frames:
        return made
    original = data if not is_vector(source.format) or made.data == data else None
    cleaned = original and clean(original, source.format, options.keep_metadata, source.source_type)
    if not cleaned:
        return made
    limit = options.output_file_size_limit
    is_needed = limit is not None and len(cleaned) > limit
    enough = len(cleaned) if is_needed else len(cleaned) * (1 - least_saving)
    if len(made.data) < enough or not (cleaned := trim(cleaned, source.format, options.keep_metadata)):
        return made
    lost = _describe_cleaned(data, source, options.keep_metadata)
    return ArtifactFile(
        replace(_describe_original(source, cleaned), warning=lost, candidates=made.artifact.candidates), cleaned
    )


def _describe_cleaned(data: bytes, source: ImageHeader, keep: KeepMetadata) -> str | None:
    """Returns a sentence about metadata that a cleaned original has lost, though they should be kept; None
    otherwise.
    """
    if keep is KeepMetadata.ALL:
        return None
    return describe_lost(read_kept(data, source.format, keep), FORMATS[source.format], animated=source.frames > 1)


def _wanted_formats(made: ArtifactFile, options: ProcessingSettings) -> frozenset[str]:
    return accepted_formats(options.accept) if is_auto(options) else frozenset({made.artifact.format})


def _describe_original(source: ImageHeader, cleaned: bytes) -> Artifact:
    return Artifact(
        format=source.format,
        width=source.width,
        height=source.height,
        encoder=NOT_ENCODED,
        quality=None,
        frames=source.frames,
        original_returned=True,
        has_gain_map=source.has_gain_map and keeps_gain_map(cleaned, source.format),
        score=NOTHING_LOST.value,
        score_metric=METRIC,
    )


def _judge(
    made: ArtifactFile, source: ImageHeader, options: ProcessingSettings, *, signs: bool, sent: int | None = None
) -> ArtifactFile:
    """Adds whether a limit on bytes is met, and warnings about a missed one, lost frames, HDR and manifests, and about
    a result in another format that is larger than the `sent` bytes.
    """
    limit = options.output_file_size_limit
    lost = (
        warn_of_lost_frames(made, source, options),
        warn_of_lost_hdr(made, source),
        warn_of_lost_manifest(made.artifact, source, options, signs=signs),
        warn_of_crop(shape_of(source), canvas_of(source, options), options),
        warn_of_missed_limit(len(made.data), limit),
        _warn_of_larger(made, source, options, sent),
    )
    warning = join_warnings(source.warning, made.artifact.warning, *lost)
    met = None if limit is None else len(made.data) <= limit
    return replace(made, artifact=replace(made.artifact, size_limit_met=met, warning=warning))


def _warn_of_larger(
    made: ArtifactFile, source: ImageHeader, options: ProcessingSettings, sent: int | None
) -> str | None:
    """Returns a sentence for `warning` where a read-only format was replaced by a larger file; None otherwise."""
    own, written = FORMATS[source.format], FORMATS[made.artifact.format]
    is_replaced = own.replaced_by and options.output_format is OutputFormat.ORIGINAL and not changes_size(options)
    if not is_replaced or sent is None or len(made.data) <= sent:
        return None
    return (
        f"The {written.label} is larger than the {own.label} that was sent, and {own.label} files can't be written. "
        "Set output_format to auto for the smallest format."
    )


def warn_of_lost_frames(made: ArtifactFile, source: ImageHeader, options: ProcessingSettings) -> str | None:
    """Returns a sentence for `warning` where an animation has become a still image without being asked to; None
    otherwise.
    """
    one = source.frames == 1 or made.artifact.frames > 1 or options.gif_frame_limit == 1
    if one or stays_animated(source, made.artifact.format, options):  # all of its frames may look the same
        return None
    taken = f"Only the first of {source.frames} frames was used"
    return f"{taken}: set keep_animation to keep them." if holds_animations(made.artifact.format) else f"{taken}."
