from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Principal:
    """Who makes a request. Files and jobs belong to its `id`."""

    id: str
    is_guest: bool


@dataclass(frozen=True)
class Guest:
    """A guest's session. Only the token's SHA-256 is ever stored."""

    id: str
    token_hash: str
    created_at: datetime
    expires_at: datetime
