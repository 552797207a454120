"""What a job comes to: one description of a file, from the encoder to what clients are told."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.encoding import BITS, LOSSLESS_QUALITY
from imgopt.imaging.geometry import Size
from imgopt.imaging.scores.model import NOT_COMPARED, Score
from imgopt.imaging.scores.ssimulacra2 import METRIC
from imgopt.imaging.steps.compress import Compressed

NOT_ENCODED = "none"
STOPPED = "The search for the size limit was stopped early: it takes more computing time than the credits pay for."


@dataclass(frozen=True)
class Upscaling:
    """By which network on which device pixels were made up, in how many seconds and tiles."""

    model: str
    device: str
    seconds: float
    tiles: int


@dataclass(frozen=True)
class Candidate:
    """A format that was tried for a result: its bytes, its score, and the milliseconds of CPU time that it took."""

    format: str
    bytes: int
    score: float | None
    milliseconds: int


@dataclass(frozen=True)
class Artifact:
    """A finished file. Storing it gives it a `key` in the results bucket and its `size` in bytes.

    `encoder` is "none" where the original was returned, because it could not be made smaller. `quality` is the number
    of the API's scale that it has, None where nothing was lost. `size_limit_met` is None where there was no limit.
    `score` says how much it looks like the picture as it was before its encoder, 0-100, by `score_metric`; both are
    None where that was not measured. `warning` says what was left out, and why. `thumbhash` and `dominant_colors` are
    as in `Appearance`, of the first result of a job alone. `others` are those that the same job has made besides,
    without others of their own. `candidates` are the formats among which this one was chosen, in the order in which
    they were tried; there are none where the format was asked for.
    """

    format: str
    width: int
    height: int
    encoder: str
    quality: int | None
    frames: int = 1
    original_returned: bool = False
    size_limit_met: bool | None = None
    has_gain_map: bool = False
    score: float | None = None
    score_metric: str | None = None
    warning: str | None = None
    upscaling: Upscaling | None = None
    key: str = ""
    size: int = 0
    thumbhash: str | None = None
    dominant_colors: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    others: tuple["Artifact", ...] = ()

    @property
    def mime_type(self) -> str:
        return FORMATS[self.format].mime_type


# The fields of an artifact by the names that clients know them by; a new one is listed here or below.
SHOWN = {
    "key": "processed_file_path",
    "size": "processed_size",
    "format": "processed_format",
    "width": "processed_width",
    "height": "processed_height",
    "encoder": "encoder",
    "quality": "encoder_quality",
    "original_returned": "original_returned",
    "frames": "processed_frames",
    "size_limit_met": "size_limit_met",
    "has_gain_map": "processed_hdr",
    "score": "score",
    "score_metric": "score_metric",
}
# What jobs tell for all of their results, or under other names.
NOT_SHOWN = frozenset({"warning", "upscaling", "thumbhash", "dominant_colors", "candidates", "others"})


@dataclass(frozen=True)
class Made:
    """An artifact and its bytes, which go into S3, and nowhere else."""

    artifact: Artifact
    data: bytes = field(repr=False)

    def stored_at(self, key: str) -> Artifact:
        """The artifact as it is once the bytes are there."""
        return replace(self.artifact, key=key, size=len(self.data))


def describe_left_out(names: Collection[str]) -> str | None:
    """A sentence for `warning`; None where nothing was left out."""
    return f"Left out: {', '.join(sorted(names))}." if names else None


def made_of(  # noqa: PLR0913 - what a result has besides
    compressed: Compressed,
    target: str,
    size: Size,
    *,
    score: Score = NOT_COMPARED,
    bits: int = BITS,
    warning: str | None = None,
) -> Made:
    """Of a still picture.

    `bits` are those of a sample of the source: nothing is lost only where the result has as many. `warning` is what was
    left out before.
    """
    encoding = compressed.encoding
    artifact = Artifact(
        format=target,
        width=size.width,
        height=size.height,
        encoder=encoding.encoder,
        quality=None if encoding.lossless and bits <= encoding.bits else compressed.quality,
        frames=1,
        score=score.value,
        score_metric=metric_of(score.value),
        warning=" ".join(filter(None, (warning, *_warnings(compressed, bits), score.warning))) or None,
    )
    return Made(artifact, encoding.data)


def metric_of(score: float | None) -> str | None:
    """What a score was measured by."""
    return None if score is None else METRIC


def _warnings(compressed: Compressed, bits: int) -> Iterator[str]:
    if compressed.stopped:
        yield STOPPED
    encoding, asked_exact = compressed.encoding, compressed.quality == LOSSLESS_QUALITY
    if asked_exact and encoding.lossless and bits > encoding.bits:
        yield f"The image has {bits} bits a sample, and the result {encoding.bits}."
