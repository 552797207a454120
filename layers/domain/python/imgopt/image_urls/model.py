"""What an image URL says, and by which rules it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from imgopt.transform.options import TransformOptions

ARGUMENTS_SEPARATOR = ":"
# Of HMAC-SHA256.
SIGNATURE_BYTES = 32


@dataclass(frozen=True)
class ResponseOptions:
    """What is asked of the answer. `expires` is in seconds since 1970, 0 for never; `words` asks for an alt text."""

    raw: bool = False
    skip_processing: frozenset[str] = frozenset()
    cachebuster: str = ""
    expires: int = 0
    filename: str = ""
    attachment: bool = False
    words: bool = False


@dataclass(frozen=True)
class SecurityOptions:
    """Limits in place of those of the settings; None where none is asked. Resolutions are in pixels, sizes in bytes."""

    max_src_resolution: int | None = None
    max_src_file_size: int | None = None
    max_animation_frames: int | None = None
    max_animation_frame_resolution: int | None = None
    max_result_dimension: int | None = None


@dataclass(frozen=True)
class AskedOptions:
    """What all options of a URL come to."""

    transform: TransformOptions = field(default_factory=TransformOptions)
    response: ResponseOptions = ResponseOptions()
    limits: SecurityOptions = SecurityOptions()


@dataclass(frozen=True)
class ImageUrl:
    """`source` is a URL of https, http, s3 or job; `key_name` tells by which key it was signed."""

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
    """An option as it stands in a URL or in a preset."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Preset:
    """Options by a name; those of presets that it names are among them. `text` has all that it comes to, the default
    preset's first: whatever changes that changes the text."""

    text: str
    options: tuple[WrittenOption, ...]


@dataclass(frozen=True)
class AllowedSource:
    """A host and the beginning of a path, each with `*` for any characters but slashes. An empty host is any."""

    scheme: str
    host: str
    port: int | None
    path: str


@dataclass(frozen=True)
class Replacement:
    """What a source begins with, with `*` for any characters but slashes, and what stands there instead, with `${1}`
    for what the first of these was."""

    pattern: str
    text: str


@dataclass(frozen=True)
class UrlRules:
    """Without `allowed_sources` and `allowed_options` all are allowed."""

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
