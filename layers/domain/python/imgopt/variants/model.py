"""The stored state of sources, the browser's preferences, and variants."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from imgopt.codecs.format import ImageHeader
from imgopt.errors import ImgoptError
from imgopt.transform.options import TransformOptions


@dataclass(frozen=True)
class SourceState:
    """A source when it was last checked; times are in seconds since 1970.

    `digest` is the SHA-256 of its bytes; `etag` and `last_modified` are its server's. `kind` is "" until it is needed.
    `qualities` are found ones by format and score; `jobs` are ids by what they make; `enlarged` are keys of upscaled
    pictures by factor; `alt` is its alt text.
    """

    digest: str
    size: int
    image: ImageHeader
    believed_until: int
    etag: str = ""
    last_modified: str = ""
    kind: str = ""
    has_alpha: bool = False
    qualities: Mapping[str, int] = field(default_factory=dict)
    jobs: Mapping[str, str] = field(default_factory=dict)
    enlarged: Mapping[str, str] = field(default_factory=dict)
    alt: str = ""

    def with_next_check(self, until: int) -> "SourceState":
        return replace(self, believed_until=until)


@dataclass(frozen=True)
class Snapshot:
    """A source's state, and its bytes where they have been read."""

    state: SourceState
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ReadSource:
    """A source's state, and its bytes."""

    state: SourceState
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class ClientPreferences:
    """The browser's preferences, as far as the settings allow them, rounded to keep the number of variants low.

    `formats` are those of `url_auto_formats` that it accepts. `width` is in pixels of its screen; `width` and `dpr` are
    0 where unknown.
    """

    formats: frozenset[str] = frozenset()
    dpr: float = 0.0
    width: int = 0
    saves_data: bool = False


@dataclass(frozen=True)
class VariantPlan:
    """How a source is transformed. `format` is "" where its own bytes are wanted unchanged."""

    options: TransformOptions
    format: str
    quality: int | None = None
    target: float | None = None

    @property
    def enlarges(self) -> bool:
        """Whether a network has to upscale the source first."""
        return bool(self.format) and self.options.upscale > 1


@dataclass(frozen=True)
class VariantNotes:
    """The metadata of a stored variant. `warning` says what was asked for and left out, in printable ASCII."""

    format: str
    mime_type: str
    width: int
    height: int
    source_width: int
    source_height: int
    warning: str = ""


@dataclass(frozen=True)
class StoredVariant:
    """A variant in S3. `data` is None where it is too large to be answered inline."""

    key: str
    notes: VariantNotes
    size: int
    data: bytes | None = field(default=None, repr=False)

    @property
    def etag(self) -> str:
        return f'"{self.key.rpartition("/")[2]}"'


@dataclass(frozen=True)
class VariantAnswer:
    """An answer. `dpr` is the effective one of the browser, 0 where it has no effect; `alt` is the alt text.

    `seconds` are how long it may be cached, None for the settings' time; `instead_of` is the error for which another
    image is the answer. `last_modified` is that of the source's server.
    """

    variant: StoredVariant
    believed_until: int
    dpr: float = 0.0
    alt: str = ""
    seconds: int | None = None
    instead_of: ImgoptError | None = None
    last_modified: str = ""


@dataclass(frozen=True)
class PendingVariant:
    """A job that has to end first. A client should ask again after `retry_after` seconds."""

    job_id: str
    retry_after: int
