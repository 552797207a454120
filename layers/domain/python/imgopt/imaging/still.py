"""Processes one picture: decodes, resizes and encodes it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from imgopt.codecs.format import Encode, Format, ImageHeader
from imgopt.codecs.formats import FORMATS, encoder_of
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY, Encoding
from imgopt.imaging.artifact import ArtifactFile, build_artifact, describe_lost, join_warnings
from imgopt.imaging.background import rgb_of
from imgopt.imaging.deep import DeepPicture, read_deep
from imgopt.imaging.geometry import Size
from imgopt.imaging.hdr import place_gain_map, read_gain_map
from imgopt.imaging.image_set import make_set, optimize_set
from imgopt.imaging.metadata_limit import fit_metadata
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, canvas_of, changes_pixels, steps_for, target_format
from imgopt.imaging.soft_alpha import has_soft_alpha, warn_of_soft_alpha
from imgopt.imaging.steps.decode import Decoded, shows_through
from imgopt.imaging.steps.resize import plan_resize, resize
from imgopt.imaging.steps.scored import make_smallest
from imgopt.imaging.still_scoring import scoring_for
from imgopt.imaging.still_source import ReadPicture

if TYPE_CHECKING:
    from PIL.Image import Image


def optimize_still(
    data: bytes, source: ImageHeader, options: ProcessingSettings, read: ReadPicture, rival: int | None = None
) -> ArtifactFile:
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


def _make(  # noqa: PLR0913 - facts about one picture
    decoded: Decoded,
    deep: DeepPicture | None,
    target: Format,
    source: ImageHeader,
    options: ProcessingSettings,
    *,
    rival: int | None,
) -> ArtifactFile:
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
        scoring_for(encode, write, at_scale=at_scale, target=target, source=source, options=options)
        for write in _encoders_for(at_scale(1), target, options)
    ]
    made, score = make_smallest(scorings, options, rival)
    size = canvas.scaled(made.scale)
    done = build_artifact(made, target.name, size, score=score, bits=decoded.bits, warning=_warning(decoded, target))
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
