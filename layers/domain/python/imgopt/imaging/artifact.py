"""The artifact: the description of a result file, from the encoder to the answer for clients."""

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
# The kind of metadata that XMP contains as well.
IN_XMP = "IPTC"
STOPPED = "The search for the size limit was stopped early: it needs more computing time than the credits pay for."


@dataclass(frozen=True)
class Upscaling:
    """An upscaling: the network, its device, its duration in seconds, and the number of tiles."""

    model: str
    device: str
    seconds: float
    tiles: int


@dataclass(frozen=True)
class Candidate:
    """A format that was tried for a result: its bytes, its score, and its CPU time in milliseconds."""

    format: str
    bytes: int
    score: float | None
    milliseconds: int


@dataclass(frozen=True)
class Artifact:
    """A finished file. Storing it sets `key`, in the results bucket, and `size`, in bytes.

    `encoder` is "none" where the original was returned, because compressing saved too little. `quality` is on the API's
    scale, 1 to 100; None where nothing was lost. `size_limit_met` is None without a limit. `score` is the similarity to
    the picture before encoding, 0 to 100, by `score_metric`; both are None where it was not measured. `warning` says
    what was left out, and why. `thumbhash` and `dominant_colors` are those of `Appearance`, for the first result of a
    job only. So is `transparent`: whether the source has transparent pixels, None where that is unknown. `others` are
    the other results of the same job, each without `others`. `candidates` are the formats that were tried, in that
    order; empty where the format was asked for.
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


# The names of an artifact's fields in answers. Each field is listed here or in NOT_SHOWN.
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
# Fields that answers show for the whole job, or under other names.
NOT_SHOWN = frozenset({"warning", "upscaling", "thumbhash", "dominant_colors", "transparent", "candidates", "others"})


@dataclass(frozen=True)
class ArtifactFile:
    """An artifact and its bytes. The bytes are only stored in S3."""

    artifact: Artifact
    data: bytes = field(repr=False)

    def stored_at(self, key: str) -> Artifact:
        """Returns the artifact with its key and size."""
        return replace(self.artifact, key=key, size=len(self.data))


def join_warnings(*sentences: str | None) -> str | None:
    """Joins sentences to one `warning`; None without any."""
    return " ".join(filter(None, sentences)) or None


def describe_lost(kept: Metadata, target: Format, *, animated: bool = False) -> str | None:
    """Returns a sentence for `warning` where the format can't hold metadata that should be kept; None otherwise.

    XMP contains IPTC as well, so that formats without IPTC lose nothing.
    """
    if animated and not target.insert_metadata:
        return f"{target.label} animations can't contain metadata." if kept.by_kind else _describe_unread(kept)
    if kept.by_kind and not target.longest_metadata:
        return f"{target.label} files can't contain metadata."
    too_long = tuple(kind for kind, data in kept.by_kind.items() if len(data) > target.longest_metadata)
    unknown = [kind for kind in kept.by_kind if kind not in target.metadata_kinds and kind != IN_XMP]
    lost = f"{target.label} files can't contain {', '.join(unknown)}." if unknown else None
    return join_warnings(lost, _describe_unread(replace(kept, unread=(*kept.unread, *too_long))))


def _describe_unread(kept: Metadata) -> str | None:
    names = ", ".join(dict.fromkeys(kept.unread))
    return f"Metadata that is damaged or too long was not kept: {names}." if names else None


def describe_vector_metadata(data: bytes, source: ImageHeader, keep: KeepMetadata) -> str | None:
    """Returns the same for a vector image, whose metadata are never kept."""
    vector = FORMATS[source.format].vector
    has_some = keep is not KeepMetadata.NONE and vector is not None and vector.has_metadata(data)
    return f"Metadata of {FORMATS[source.format].label} files are not kept." if has_some else None


def describe_left_out(names: Collection[str]) -> str | None:
    """Returns a sentence for `warning`; None where nothing was left out."""
    return f"Left out: {', '.join(sorted(names))}." if names else None


def build_artifact(  # noqa: PLR0913 - properties of a result
    compressed: Compressed,
    target: str,
    size: Size,
    *,
    score: Score = NOT_COMPARED,
    bits: int = BITS,
    warning: str | None = None,
) -> ArtifactFile:
    """Returns the artifact of a still picture.

    `bits` per sample are the source's: the result is lossless only if it has as many. `warning` says what was left out
    before.
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
    return ArtifactFile(artifact, encoding.data)


def metric_of(score: float | None) -> str | None:
    """Returns the name of the metric; None without a score."""
    return None if score is None else METRIC


def _warnings(compressed: Compressed, bits: int) -> Iterator[str]:
    if compressed.stopped:
        yield STOPPED
    encoding, asked_exact = compressed.encoding, compressed.quality == LOSSLESS_QUALITY
    if asked_exact and encoding.lossless and bits > encoding.bits:
        yield f"The image has {bits} bits per sample, the result has {encoding.bits}."
