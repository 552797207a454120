"""What is known of a source, what a browser takes, and what is made for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from imgopt.codecs.format import ImageHeader
from imgopt.errors import ImgoptError
from imgopt.transform.options import TransformOptions


@dataclass(frozen=True)
class SourceState:
    """A source as it was when it was last asked; times are in seconds since 1970.

    `digest` is the SHA-256 of its bytes, `etag` and `last_modified` are what its server says. `kind` is empty before
    anybody had to know it. `qualities` have found ones by format and score, `jobs` those by which something was made
    of it, `enlarged` keys of larger pictures by factor; `alt` is what it shows, in a sentence.
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

    def believed(self, until: int) -> "SourceState":
        return replace(self, believed_until=until)


@dataclass(frozen=True)
class Snapshot:
    """A source's state, and its bytes where they have been read on the way to it."""

    state: SourceState
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ReadSource:
    """A source's state, and its bytes."""

    state: SourceState
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class BrowserWishes:
    """What a browser says of itself, as far as the settings let that count: few values, so that few images come of it.

    `formats` are those of `url_auto_formats` that it takes; `width` is in pixels of its screen, 0 where it is not said,
    `dpr` is 0 then.
    """

    formats: frozenset[str] = frozenset()
    dpr: float = 0.0
    width: int = 0
    saves_data: bool = False


@dataclass(frozen=True)
class VariantPlan:
    """What is to be made of a source. `format` is empty where its own bytes are wanted, unchanged."""

    options: TransformOptions
    format: str
    quality: int | None = None
    target: float | None = None

    @property
    def enlarges(self) -> bool:
        """Whether a network is to make the source larger first."""
        return bool(self.format) and self.options.upscale > 1


@dataclass(frozen=True)
class VariantNotes:
    """What is stored with an image. `warning` says what was asked for and left out, in printable ASCII."""

    format: str
    mime_type: str
    width: int
    height: int
    source_width: int
    source_height: int
    warning: str = ""


@dataclass(frozen=True)
class StoredVariant:
    """An image under a key in S3; without its bytes where it is too large to be answered inline."""

    key: str
    notes: VariantNotes
    size: int
    data: bytes | None = field(default=None, repr=False)

    @property
    def etag(self) -> str:
        return f'"{self.key.rpartition("/")[2]}"'


@dataclass(frozen=True)
class VariantAnswer:
    """`dpr` is what the browser's own came to, 0 where it doesn't count; `alt` tells what the image shows.

    `seconds` are how long it may be kept, None for as long as the settings say; `instead_of` is why another image
    stands in for the one that was asked for. `last_modified` is what the source's server says of that.
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
    """A job has to end first; it is worth asking again after so many seconds."""

    job_id: str
    retry_after: int
