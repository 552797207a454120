from dataclasses import dataclass
from datetime import datetime

from imgopt.codecs.header import ImageHeader


@dataclass(frozen=True)
class TempFile:
    """An upload that waits to be processed, and belongs to who uploaded it."""

    id: str
    owner: str
    filename: str
    key: str
    size: int
    image: ImageHeader
    created_at: datetime
    expires_at: datetime
