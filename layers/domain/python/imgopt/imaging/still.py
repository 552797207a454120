"""Processes one picture: decodes, resizes and encodes it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, TypeAlias

from imgopt.codecs.capabilities import Vector
from imgopt.codecs.format import Encode, Format, ImageHeader
from imgopt.codecs.formats import FORMATS, encoder_of
from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY, NO_METADATA, Encoding
from imgopt.codecs.shared.provenance import mark
from imgopt.imaging.artifact import (
    Made,
    describe_left_out,
    describe_lost,
    describe_vector_metadata,
    join_warnings,
    made_of,
)
from imgopt.imaging.background import rgb_of
from imgopt.imaging.deep import DeepPicture, read_deep
from imgopt.imaging.geometry import Size, place
from imgopt.imaging.hdr import place_gain_map, read_gain_map
from imgopt.imaging.image_set import make_set, optimize_set
from imgopt.imaging.metadata_limit import fit_metadata
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, canvas_of, changes_pixels, drawn_size, steps_for, target_format
from imgopt.imaging.scores.model import NOTHING_LOST, Score
from imgopt.imaging.soft_alpha import has_soft_alpha, warn_of_soft_alpha
from imgopt.imaging.steps.compress import Attempts, Compressed, fit_within, lowest_scale_of
from imgopt.imaging.steps.compress import Encode as EncodeScaled
from imgopt.imaging.steps.decode import Decoded, decode, shows_through
from imgopt.imaging.steps.preview import Preview, fit_by_preview, sample_of
from imgopt.imaging.steps.resize import REDUCING_GAP, plan_resize, resize
from imgopt.imaging.steps.scored import Scoring, begin_by_sample, make_smallest, score_picture, steps_for_search
from imgopt.imaging.steps.target import Prediction

if TYPE_CHECKING:
    from PIL.Image import Image

ReadPicture: TypeAlias = Callable[[ProcessingSettings], Decoded]


def optimize_still(
    data: bytes, source: ImageHeader, options: ProcessingSettings, read: ReadPicture, rival: int | None = None
) -> Made:
    """Makes a still result. A search by score ends where it can't become smaller than `rival`, another
    format's bytes.
    """
    images = FORMATS[source.format].encode_set
    is_kept = target_format(source.format, options) == source.format and not changes_pixels(source, options)
    if images and is_kept:
        return optimize_set(data, source, images, options)
    decoded = read(options)
    target = FORMATS[target_format(source.format, options, has_alpha=shows_through(decoded.image))]
    if target.encode_set and Step.RESIZE not in steps_for(options):
        return make_set(decoded, target, target.encode_set, source, options)
    kept, lost = fit_metadata(decoded.metadata, target, source.source_type, options.output_file_size_limit)
    decoded = replace(decoded, metadata=kept, warning=join_warnings(decoded.warning, lost))
    picture = read_deep(data, source, target, canvas_of(source, options), _deep_quality(options))
    decoded = replace(decoded, gain_map=read_gain_map(data, source, target))
    return _make(decoded, picture, target, source, options, rival=rival)


def _deep_quality(options: ProcessingSettings) -> int:
    """Returns the quality for 16 bits per sample. A target score never means lossless here, because scores
    have 8 bits.
    """
    if options.output_background:
        return 0
    if options.output_quality_target is None:
        return options.output_quality
    return LOSSLESS_QUALITY if options.output_quality_target == LOSSLESS_QUALITY else 0


def read_once(data: bytes, source: ImageHeader, outputs: Sequence[ProcessingSettings]) -> ReadPicture:
    """Returns a function that decodes the picture once for all results, when it is first needed. A vector image is
    drawn for each.
    """
    vector = FORMATS[source.format].vector

    @cache
    def decode_for_all() -> Decoded:
        return _decode(data, source, outputs)

    return (lambda options: _draw(data, source, vector, options)) if vector else (lambda _options: decode_for_all())


def _decode(data: bytes, source: ImageHeader, outputs: Sequence[ProcessingSettings]) -> Decoded:
    """Decodes no more pixels than the largest result needs, where the format allows it."""
    own = Size(source.width, source.height)
    scale = max(place(own, canvas_of(source, each), each.output_resize_behavior).factor for each in outputs)
    decoded = _put_on(decode(data, source.format, outputs[0].keep_metadata, scale=scale), outputs[0])
    return replace(decoded, metadata=mark(replace(decoded.metadata, dpi=source.dpi), source.source_type))


def _draw(data: bytes, source: ImageHeader, vector: Vector, options: ProcessingSettings) -> Decoded:
    drawn = drawn_size(source, _wanted(source, options), options.output_resize_behavior)
    drawing = vector.render(data, drawn.width, drawn.height)
    lost = describe_vector_metadata(data, source, options.keep_metadata)
    warning = join_warnings(describe_left_out(drawing.left_out), lost)
    return _put_on(Decoded(drawing.image, NO_METADATA, warning=warning), options)


def _put_on(decoded: Decoded, options: ProcessingSettings) -> Decoded:
    """Puts the picture on the background, if one is asked for, so that nothing is transparent."""
    color = options.output_background
    return replace(decoded, image=flatten(decoded.image, rgb_of(color))) if color else decoded


def _wanted(source: ImageHeader, options: ProcessingSettings) -> Size:
    """Returns the size that is needed; for formats with a set of sizes, that of the largest."""
    images = FORMATS[target_format(source.format, options)].encode_set
    if images and Step.RESIZE not in steps_for(options):
        return Size(max(images.sides), max(images.sides))
    return canvas_of(source, options)


def _make(  # noqa: PLR0913 - facts about one picture
    decoded: Decoded,
    deep: DeepPicture | None,
    target: Format,
    source: ImageHeader,
    options: ProcessingSettings,
    *,
    rival: int | None,
) -> Made:
    image, canvas = decoded.image, canvas_of(source, options)
    focus = plan_resize(image, canvas, options.output_resize_behavior, keep_faces=options.keep_faces)

    @lru_cache(maxsize=2)  # each picture may take hundreds of megabytes
    def at_scale(scale: float) -> "Image":
        placement = focus if scale == 1 else focus.scaled_by(scale)
        return resize(image, placement, keep_alpha=target.keeps_alpha, ground=rgb_of(options.output_background))

    def encode(write: Encode, quality: int, scale: float) -> Encoding:
        if deep and quality >= deep.format.lowest_quality:
            return deep.encode(focus if scale == 1 else focus.scaled_by(scale), decoded.metadata)
        made = write(at_scale(scale), quality, decoded.metadata)
        if not decoded.gain_map or not target.gain_maps:
            return made
        placement = focus if scale == 1 else focus.scaled_by(scale)
        placed = place_gain_map(decoded.gain_map, Size(source.width, source.height), Size(*image.size), placement)
        return replace(made, data=target.gain_maps.insert(made.data, placed, quality))

    scorings = [
        _scoring(encode, write, at_scale=at_scale, target=target, source=source, options=options)
        for write in _encoders_for(at_scale(1), target, options)
    ]
    made, score = make_smallest(scorings, options, rival)
    size = canvas.scaled(made.scale)
    done = made_of(made, target.name, size, score=score, bits=decoded.bits, warning=_warning(decoded, target))
    return replace(done, artifact=replace(done.artifact, has_gain_map=decoded.gain_map is not None))


def _encoders_for(image: "Image", target: Format, options: ProcessingSettings) -> Sequence[Encode]:
    """Returns the encoders to try: several only for a target score, where the smallest file wins; for formats with a
    set of sizes the one of smaller files, where a limit on bytes needs it.
    """
    images, limit = target.encode_set, options.output_file_size_limit
    if images and limit and len(images.encode([image], options.output_quality).data) > limit:
        return (lambda picture, quality, _metadata: images.encode_packed([picture], quality),)
    if options.output_quality_target is None or target.choose_encoders is None:
        return (encoder_of(target),)
    return target.choose_encoders(image)


def _warning(decoded: Decoded, target: Format) -> str | None:
    hard = warn_of_soft_alpha(target, is_soft=target.hardens_alpha and has_soft_alpha(decoded.image))
    return join_warnings(decoded.warning, describe_lost(decoded.metadata, target), hard)


def _scoring(  # noqa: PLR0913 - facts about one picture
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
