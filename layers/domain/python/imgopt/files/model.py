from dataclasses import dataclass
from datetime import datetime

from imgopt.codecs.format import ImageHeader


@dataclass(frozen=True)
class TempFile:
    """An upload that waits to be processed."""

    id: str
    owner: str
    filename: str
    key: str
    size: int
    image: ImageHeader
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class AwaitedUpload:
    """A file that a client may send to S3 itself, of exactly `size` bytes."""

    id: str
    owner: str
    filename: str | None
    key: str
    size: int
    content_type: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class PresignedPost:
    """A form for S3: `fields` must be sent before the file."""

    url: str
    fields: dict[str, str]
