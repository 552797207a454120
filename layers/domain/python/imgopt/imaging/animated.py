"""Processes animations that stay animations: all frames are resized alike; timing and metadata are kept."""

from dataclasses import replace
from typing import TYPE_CHECKING

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS, decode_animation
from imgopt.codecs.header import count_frames
from imgopt.codecs.shared.animation import Animation
from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import Encoding, Metadata
from imgopt.codecs.shared.provenance import mark
from imgopt.imaging.artifact import ArtifactFile, build_artifact, describe_lost, join_warnings
from imgopt.imaging.background import rgb_of
from imgopt.imaging.focus import choose_focus, reduce_blocks
from imgopt.imaging.geometry import CENTER, Size, cuts, place, shares_kept
from imgopt.imaging.metadata_limit import fit_metadata
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, canvas_of, steps_for
from imgopt.imaging.scores.frames import Moment, score_animation, take_moments, tiles_of
from imgopt.imaging.scores.model import Score
from imgopt.imaging.scores.tiles import WHOLE_PICTURE
from imgopt.imaging.soft_alpha import has_soft_alpha, warn_of_soft_alpha
from imgopt.imaging.steps.compress import Attempts, Compressed, Encode, fit_within, lowest_scale_of
from imgopt.imaging.steps.decode import read_kept
from imgopt.imaging.steps.resize import resize
from imgopt.imaging.steps.scored import Scoring, make_scored

if TYPE_CHECKING:
    from PIL.Image import Image

# The number of frames by which a crop is chosen.
FOCUS_FRAMES = 12


def optimize_animated(data: bytes, source: ImageHeader, target: str, options: ProcessingSettings) -> ArtifactFile:
    canvas, resizes = canvas_of(source, options), Step.RESIZE in steps_for(options)
    focus = _find_focus(data, source, canvas, options)
    found = mark(read_kept(data, source.format, options.keep_metadata), source.source_type)
    kept, lost = fit_metadata(found, FORMATS[target], source.source_type, options.output_file_size_limit)
    keeps_pixels = canvas == Size(source.width, source.height) and not options.output_background
    seen: dict[float, tuple[Moment, ...]] = {}
    soft = set[bool]()

    def encode(quality: int, scale: float) -> Encoding:
        if source.format == target and keeps_pixels and scale == 1:
            return _with_metadata(_rewrite(data, target, quality, options), target, kept)
        frames = _read(data, source, canvas, focus, options, scale=scale, soft=soft)
        seen[scale] = take_moments(frames, tiles_of(frames.size))
        return _with_metadata(_encode(frames, target, quality), target, kept)

    def fit_from(encode: Encode, quality: int) -> Compressed:
        attempts = Attempts(encode, lowest_scale=lowest_scale_of(canvas))
        return fit_within(attempts, quality, options.output_file_size_limit, scalable=not resizes)

    def score_of(made: Compressed) -> Score:
        size, read = canvas.scaled(made.scale), _count_frames(source, options)

        def moments() -> tuple[Moment, ...]:
            if made.scale not in seen:
                seen[made.scale] = _take_moments(data, source, options)
            return seen[made.scale]

        return score_animation(moments, tiles_of((size.width, size.height)), made.encoding, target, size.pixels * read)

    made, score = make_scored(Scoring(encode, fit_from, score_of), options)
    frames = count_frames(made.encoding.data, target)  # encoders may join equal frames
    hard = warn_of_soft_alpha(FORMATS[target], is_soft=True in soft)
    warning = join_warnings(lost, describe_lost(kept, FORMATS[target], animated=True), hard)
    done = build_artifact(made, target, canvas.scaled(made.scale), score=score, warning=warning)
    return replace(done, artifact=replace(done.artifact, frames=frames))


def _count_frames(source: ImageHeader, options: ProcessingSettings) -> int:
    return min(source.frames, options.gif_frame_limit or source.frames)


def _take_moments(data: bytes, source: ImageHeader, options: ProcessingSettings) -> tuple[Moment, ...]:
    """Returns samples of a file's frames, for files that are rewritten without decoding."""
    tiles = tiles_of((source.width, source.height))
    return take_moments(decode_animation(data, source.format, options.gif_frame_limit, tiles.cut), WHOLE_PICTURE)


def _with_metadata(made: Encoding, target: str, kept: Metadata) -> Encoding:
    insert = FORMATS[target].insert_metadata
    return replace(made, data=insert(made.data, kept)) if insert else made


def _rewrite(data: bytes, target: str, quality: int, options: ProcessingSettings) -> Encoding:
    """Makes the file smaller without drawing every frame, which some formats allow."""
    rewrite = FORMATS[target].rewrite_animation
    made = rewrite(data, quality, options.gif_frame_limit) if rewrite else None
    return made or _encode(decode_animation(data, target, options.gif_frame_limit), target, quality)


def _encode(animation: Animation, target: str, quality: int) -> Encoding:
    encode_animation = FORMATS[target].encode_animation
    if encode_animation is None:
        raise ValueError(f"{FORMATS[target].label} files can't be animations.")
    return encode_animation(animation, quality)


def _find_focus(data: bytes, source: ImageHeader, canvas: Size, options: ProcessingSettings) -> tuple[float, float]:
    """Returns the focus of a crop, from frames spread evenly, because the first frame may be blank."""
    own = Size(source.width, source.height)
    if not cuts(own, canvas, options.output_resize_behavior):
        return CENTER
    frames = decode_animation(data, source.format, FOCUS_FRAMES, reduce_blocks).frames
    return choose_focus(frames, shares_kept(own, canvas), keep_faces=options.keep_faces)


def _read(  # noqa: PLR0913 - facts about one animation
    data: bytes,
    source: ImageHeader,
    canvas: Size,
    focus: tuple[float, float],
    options: ProcessingSettings,
    *,
    scale: float,
    soft: set[bool],
) -> Animation:
    """Decodes all frames and resizes them, to `scale` times the canvas. A crop keeps the same region in each. `soft`
    gets whether frames have soft alpha.
    """
    ground = rgb_of(options.output_background)

    def transform(frame: "Image") -> "Image":
        placement = place(Size(*frame.size), canvas, options.output_resize_behavior, focus).scaled_by(scale)
        drawn = flatten(frame, ground) if options.output_background else frame
        soft.add(has_soft_alpha(drawn))
        return resize(drawn, placement, keep_alpha=True, ground=ground)

    return decode_animation(data, source.format, options.gif_frame_limit, transform)
