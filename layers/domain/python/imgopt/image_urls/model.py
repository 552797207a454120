"""A parsed image URL, and the rules for parsing it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from imgopt.transform.options import TransformOptions

ARGUMENTS_SEPARATOR = ":"
# The length of HMAC-SHA256.
SIGNATURE_BYTES = 32


@dataclass(frozen=True)
class ResponseOptions:
    """Options for the answer. `expires` is in seconds since 1970, 0 for never; `words` asks for an alt text."""

    raw: bool = False
    skip_processing: frozenset[str] = frozenset()
    cachebuster: str = ""
    expires: int = 0
    filename: str = ""
    attachment: bool = False
    words: bool = False


@dataclass(frozen=True)
class SecurityOptions:
    """Limits that replace those of the settings; None where the URL has none. Resolutions are in pixels, sizes in
    bytes.
    """

    max_src_resolution: int | None = None
    max_src_file_size: int | None = None
    max_animation_frames: int | None = None
    max_animation_frame_resolution: int | None = None
    max_result_dimension: int | None = None


@dataclass(frozen=True)
class RequestedOptions:
    """The parsed options of a URL."""

    transform: TransformOptions = field(default_factory=TransformOptions)
    response: ResponseOptions = ResponseOptions()
    limits: SecurityOptions = SecurityOptions()


@dataclass(frozen=True)
class ImageUrl:
    """`source` is a URL of https, http, s3 or job; `key_name` names the key that signed the image URL."""

    transform: TransformOptions
    response: ResponseOptions
    source: str
    limits: SecurityOptions
    key_name: str


@dataclass(frozen=True)
class SigningKey:
    """A key and its salt."""

    key: bytes = field(repr=False)
    salt: bytes = field(repr=False)


@dataclass(frozen=True)
class WrittenOption:
    """An option as written in a URL or a preset."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Preset:
    """A named list of options, with those of the presets that it names. `text` has the complete list, the default
    preset's options first: it changes when any of them changes.
    """

    text: str
    options: tuple[WrittenOption, ...]


@dataclass(frozen=True)
class AllowedSource:
    """A host and the beginning of a path, each with `*` for any characters but slashes. An empty host allows all."""

    scheme: str
    host: str
    port: int | None
    path: str


@dataclass(frozen=True)
class Replacement:
    """A pattern for the beginning of a source, with `*` for any characters but slashes, and its replacement, in which
    `${1}` is what the first `*` matched.
    """

    pattern: str
    text: str


@dataclass(frozen=True)
class UrlRules:
    """Without `allowed_sources` all sources are allowed; without `allowed_options`, all options."""

    keys: tuple[SigningKey, ...] = ()
    signature_size: int = SIGNATURE_BYTES
    trusted_signatures: tuple[str, ...] = field(default=(), repr=False)
    unsigned_presets: frozenset[str] = frozenset()
    separator: str = ARGUMENTS_SEPARATOR
    presets: Mapping[str, Preset] = field(default_factory=dict)
    only_presets: bool = False
    allowed_options: frozenset[str] = frozenset()
    allow_security_options: bool = False
    base64_filename: bool = False
    base: str = ""
    replacements: tuple[Replacement, ...] = ()
    allowed_sources: tuple[AllowedSource, ...] = ()
