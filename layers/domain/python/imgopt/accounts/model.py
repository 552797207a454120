"""Principals: guests, users, and their credentials."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from imgopt.accounts.plans import Tier

GUEST_PREFIX = "guest-"


def is_guest_id(principal_id: str) -> bool:
    return principal_id.startswith(GUEST_PREFIX)


class Access(StrEnum):
    """Whether a user's credentials are accepted. DELETING is permanent: everything of the user is being deleted."""

    OPEN = "open"
    BLOCKED = "shut_out"
    DELETING = "deleting"


class Credential(StrEnum):
    """The kind of credential of a request. `UPLOAD` is the id of an upload, by which a guest may process it."""

    SESSION = "session"
    JWT = "jwt"
    DEVICE = "device"
    API_KEY = "api_key"
    UPLOAD = "upload"


@dataclass(frozen=True)
class Principal:
    """The guest or user who makes a request. Files and jobs belong to its `id`.

    `period_start` and `period_end` are those of a paid subscription; None where credits are daily. `networks` are the
    networks that contain a guest's address, the smallest first.
    """

    id: str
    tier: Tier
    credential: Credential
    email: str | None = field(default=None, repr=False)
    period_start: datetime | None = None
    period_end: datetime | None = None
    networks: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_guest(self) -> bool:
        return self.tier is Tier.UNREGISTERED


@dataclass(frozen=True)
class Guest:
    """A guest whose session token is stored by its SHA-256, as tokens of version 0.1 were."""

    id: str
    token_hash: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class User:
    """A user, identified by an OIDC issuer. `id` is derived from issuer and subject, and stays the same for each
    sign-in.

    Billing writes the tier, its period and its end from a subscription; without one the tier is FREE.
    `imgopt.accounts.entitlement` tells the tier at a time.
    """

    id: str
    email: str | None = field(repr=False)
    created_at: datetime
    tier: Tier = Tier.FREE
    tier_until: datetime | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None
    access: Access = Access.OPEN


@dataclass(frozen=True)
class ApiKey:
    """An API key. Only its hash and its first characters are stored; the characters identify it for its owner.

    A key with `ends_at` None doesn't expire. The field isn't called `expires_at`, because that is a key of a table
    index, which can't be null.
    """

    id: str
    user_id: str
    name: str = field(repr=False)
    prefix: str
    key_hash: str = field(repr=False)
    created_at: datetime
    last_used_at: datetime | None = None
    ends_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether the key has expired. An expired key stays listed, so that its owner sees why it is refused."""
        return self.ends_at is not None and self.ends_at <= now


@dataclass(frozen=True)
class PageSession:
    """A short session in a browser on the service's own pages.

    `browser` describes the browser in a few words. `authenticated_at` is when the issuer last asked for a password, as
    far as the issuer says so.
    """

    token_hash: str = field(repr=False)
    user_id: str
    created_at: datetime
    expires_at: datetime
    browser: str = ""
    authenticated_at: datetime | None = None
