"""What a job comes to: one description of a file, from the encoder to what clients are told."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from imgopt.codecs.format import Format, ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.encoding import BITS, LOSSLESS_QUALITY, Metadata
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.imaging.geometry import Size
from imgopt.imaging.scores.model import NOT_COMPARED, Score
from imgopt.imaging.scores.ssimulacra2 import METRIC
from imgopt.imaging.steps.compress import Compressed

NOT_ENCODED = "none"
# The kind of metadata that is said in XMP, too.
IN_XMP = "IPTC"
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

    `encoder` is "none" where the original was returned, because it could not be made smaller by much. `quality` is the
    number of the API's scale that it has, None where nothing was lost. `size_limit_met` is None without a limit.
    `score` says how much it looks like the picture as it was before its encoder, 0-100, by `score_metric`; both are
    None where that was not measured. `warning` says what was left out, and why. `thumbhash` and `dominant_colors` are
    as in `Appearance`, of the first result of a job alone; so is `transparent`, whether anything shows through what it
    was made of, None where that was not looked at. `others` are those that the same job has made besides,
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
    transparent: bool | None = None
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
NOT_SHOWN = frozenset({"warning", "upscaling", "thumbhash", "dominant_colors", "transparent", "candidates", "others"})


@dataclass(frozen=True)
class Made:
    """An artifact and its bytes, which go into S3, and nowhere else."""

    artifact: Artifact
    data: bytes = field(repr=False)

    def stored_at(self, key: str) -> Artifact:
        """The artifact as it is once the bytes are there."""
        return replace(self.artifact, key=key, size=len(self.data))


def join_warnings(*sentences: str | None) -> str | None:
    """What is told of a result as one `warning`."""
    return " ".join(filter(None, sentences)) or None


def describe_lost(kept: Metadata, target: Format, *, animated: bool = False) -> str | None:
    """A sentence for `warning` where a file is written without what should have been kept.

    IPTC is said in XMP, too, so that formats without IPTC lose nothing.
    """
    if animated and not target.insert_metadata:
        return f"{target.label} animations keep no metadata." if kept.by_kind else _describe_unread(kept)
    if kept.by_kind and not target.longest_metadata:
        return f"{target.label} files keep no metadata."
    too_long = tuple(kind for kind, data in kept.by_kind.items() if len(data) > target.longest_metadata)
    unknown = [kind for kind in kept.by_kind if kind not in target.metadata_kinds and kind != IN_XMP]
    lost = f"{target.label} files keep no {', '.join(unknown)}." if unknown else None
    return join_warnings(lost, _describe_unread(replace(kept, unread=(*kept.unread, *too_long))))


def _describe_unread(kept: Metadata) -> str | None:
    names = ", ".join(dict.fromkeys(kept.unread))
    return f"Metadata that is damaged or too long was not kept: {names}." if names else None


def describe_vector_metadata(data: bytes, source: ImageHeader, keep: KeepMetadata) -> str | None:
    """The same of a drawing, whose metadata are never kept."""
    vector = FORMATS[source.format].vector
    has_some = keep is not KeepMetadata.NONE and vector is not None and vector.has_metadata(data)
    return f"Metadata of {FORMATS[source.format].label} files are not kept." if has_some else None


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
        warning=join_warnings(warning, *_warnings(compressed, bits), score.warning),
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
