"""Results with a set of sizes, such as icons."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from imgopt.codecs.capabilities import ImageSet
from imgopt.codecs.format import Format, ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.encoding import Encoding
from imgopt.errors import InvalidImage
from imgopt.imaging.artifact import ArtifactFile, build_artifact, describe_lost, join_warnings
from imgopt.imaging.background import rgb_of
from imgopt.imaging.geometry import Size
from imgopt.imaging.options import ProcessingSettings, ResizeBehavior
from imgopt.imaging.scores.model import Score
from imgopt.imaging.steps.compress import Compressed, fit
from imgopt.imaging.steps.compress import Encode as EncodeScaled
from imgopt.imaging.steps.decode import UNREADABLE, Decoded, decode, read_kept
from imgopt.imaging.steps.resize import plan_resize, resize
from imgopt.imaging.steps.scored import FitFrom, Scoring, make_scored
from imgopt.imaging.still_scoring import score_picture

if TYPE_CHECKING:
    from PIL.Image import Image


def optimize_set(data: bytes, source: ImageHeader, images: ImageSet, options: ProcessingSettings) -> ArtifactFile:
    """Encodes each size of a set from its own picture. The score is that of the largest."""

    def encode(quality: int, _scale: float) -> Encoding:
        try:
            return images.rewrite(data, quality)
        except UNREADABLE as error:
            raise InvalidImage(f"The {FORMATS[source.format].label} file is damaged and can't be decoded.") from error

    largest, target = decode(data, source.format).image, FORMATS[source.format]
    scoring = Scoring(encode, _fit_set(options), lambda made: score_picture(largest, made, target, source, options))
    made, score = make_scored(scoring, options)
    lost = describe_lost(read_kept(data, source.format, options.keep_metadata), target)
    return build_artifact(made, source.format, Size(source.width, source.height), score=score, warning=lost)


def _fit_set(options: ProcessingSettings) -> FitFrom:
    def fit_from(encode: EncodeScaled, quality: int) -> Compressed:
        return fit(encode, quality, options.output_file_size_limit, scalable=False)

    return fit_from


def make_set(
    decoded: Decoded, target: Format, images: ImageSet, source: ImageHeader, options: ProcessingSettings
) -> ArtifactFile:
    """Makes a set of the usual sizes, each square, with margins for other shapes. The score is that of the largest."""
    squares = [Size(side, side) for side in images.sides]
    rgba = decoded.image.convert("RGBA")
    keep_alpha, ground = options.output_background is None, rgb_of(options.output_background)
    places = [plan_resize(rgba, square, ResizeBehavior.PAD) for square in squares]
    icons = [resize(rgba, each, keep_alpha=keep_alpha, ground=ground) for each in places]
    limit = options.output_file_size_limit

    def make_with(write: "Callable[[list[Image], int], Encoding]") -> tuple[Compressed, Score]:
        def encode(quality: int, _scale: float) -> Encoding:
            return write(icons, quality)

        scoring = Scoring(
            encode, _fit_set(options), lambda made: score_picture(icons[-1], made, target, source, options)
        )
        return make_scored(scoring, options)

    made, score = make_with(images.encode)
    if limit and made.size > limit:
        made, score = make_with(images.encode_packed)
    return build_artifact(
        made,
        target.name,
        squares[-1],
        score=score,
        bits=decoded.bits,
        warning=join_warnings(decoded.warning, describe_lost(decoded.metadata, target)),
    )
