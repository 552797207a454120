"""Processes files with one picture in several sizes. A limit on bytes lowers the quality first, then drops sizes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
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
from imgopt.imaging.steps.compress import LEAST_QUALITY, LOWEST_QUALITY, Compressed, fit
from imgopt.imaging.steps.compress import Encode as EncodeScaled
from imgopt.imaging.steps.decode import UNREADABLE, Decoded, decode, read_kept
from imgopt.imaging.steps.resize import plan_resize, resize
from imgopt.imaging.steps.scored import Scoring, make_scored, score_picture

if TYPE_CHECKING:
    from PIL.Image import Image

Write = Callable[[int], Encoding]


@dataclass(frozen=True)
class Sizes:
    """Some sizes of a set, the largest first; their largest picture; and writers by quality, the usual one first, then
    that of smaller files.
    """

    sizes: tuple[Size, ...]
    largest: "Image"
    writers: tuple[Write, ...]


def make_set(
    decoded: Decoded, target: Format, images: ImageSet, source: ImageHeader, options: ProcessingSettings
) -> ArtifactFile:
    """Makes a set of the usual sizes, each square, with margins for other shapes."""
    squares = [Size(side, side) for side in sorted(images.sides, reverse=True)]
    rgba = decoded.image.convert("RGBA")
    keep_alpha, ground = options.output_background is None, rgb_of(options.output_background)
    places = [plan_resize(rgba, square, ResizeBehavior.PAD) for square in squares]
    icons = [resize(rgba, each, keep_alpha=keep_alpha, ground=ground) for each in places]
    fewer = (_from_pictures(images, icons[dropped:]) for dropped in range(len(icons)))
    warning = join_warnings(decoded.warning, describe_lost(decoded.metadata, target))
    return _make_within(fewer, target, source, options, warning=warning, bits=decoded.bits)


def _from_pictures(images: ImageSet, icons: "list[Image]") -> Sizes:
    writers = (partial(images.encode, icons), partial(images.encode_packed, icons))
    return Sizes(tuple(Size(*each.size) for each in icons), icons[0], writers)


def optimize_set(data: bytes, source: ImageHeader, images: ImageSet, options: ProcessingSettings) -> ArtifactFile:
    """Encodes each size of a set from its own picture."""
    target = FORMATS[source.format]
    lost = describe_lost(read_kept(data, source.format, options.keep_metadata), target)
    return _make_within(_read_fewer(data, source.format, images), target, source, options, warning=lost)


def _read_fewer(data: bytes, name: str, images: ImageSet) -> Iterator[Sizes]:
    """Yields the sizes of a file, then those without the largest, and so on to the smallest."""
    left: bytes | None = data
    while left:
        largest, sizes = decode(left, name).image, tuple(Size(*each) for each in images.read_sizes(left))
        yield Sizes(sizes, largest, (partial(images.rewrite, left), partial(images.rewrite_packed, left)))
        left = images.drop_largest(left)


def _make_within(  # noqa: PLR0913 - facts about one file
    fewer: Iterator[Sizes],
    target: Format,
    source: ImageHeader,
    options: ProcessingSettings,
    *,
    warning: str | None,
    bits: int = 8,
) -> ArtifactFile:
    """Makes the first of the sets, from all sizes to one, that fits the limit on bytes; the score is that of its
    largest picture.
    """
    first = tried = next(fewer)
    made, score = _make(first, target, source, options)
    limit = options.output_file_size_limit
    while limit and made.size > limit and (following := next(fewer, None)):
        tried = following
        made, score = _make(tried, target, source, options)
    warnings = join_warnings(warning, _describe_dropped(first.sizes[: len(first.sizes) - len(tried.sizes)]))
    return build_artifact(made, target.name, tried.sizes[0], score=score, bits=bits, warning=warnings)


def _make(sizes: Sizes, target: Format, source: ImageHeader, options: ProcessingSettings) -> tuple[Compressed, Score]:
    """Encodes the sizes. Qualities below `LOWEST_QUALITY` are tried only where a single size is left."""
    limit, lowest = options.output_file_size_limit, LOWEST_QUALITY if len(sizes.sizes) > 1 else LEAST_QUALITY
    for write in sizes.writers:

        def encode(quality: int, _scale: float, write: Write = write) -> Encoding:
            try:
                return write(quality)
            except UNREADABLE as error:
                raise InvalidImage(f"The {target.label} file is damaged and can't be decoded.") from error

        def fit_from(encode: EncodeScaled, quality: int) -> Compressed:
            return fit(encode, quality, limit, scalable=False, lowest=lowest)

        def score_of(made: Compressed) -> Score:
            return score_picture(sizes.largest, made, target, source, options)

        made, score = make_scored(Scoring(encode, fit_from, score_of), options)
        if not limit or made.size <= limit:
            break
    return made, score


def _describe_dropped(sizes: tuple[Size, ...]) -> str | None:
    """Returns a sentence for `warning` that names the dropped sizes; None where there are none."""
    names = ", ".join(f"{each.width} x {each.height}" for each in sizes)
    return f"Sizes left out, because of the limit on bytes: {names} px." if names else None
