"""Who uses the service: guests, users, and what either may present to prove it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from imgopt.accounts.plans import Tier

GUEST_PREFIX = "guest-"


def is_guest_id(principal_id: str) -> bool:
    return principal_id.startswith(GUEST_PREFIX)


class Access(StrEnum):
    """Whether a user's credentials are taken. DELETING is for good: all that is theirs is deleted."""

    OPEN = "open"
    SHUT_OUT = "shut_out"
    DELETING = "deleting"


class Credential(StrEnum):
    """What a request proved its principal by. `UPLOAD` is the id of an upload, which lets a guest process it."""

    SESSION = "session"
    JWT = "jwt"
    DEVICE = "device"
    API_KEY = "api_key"
    UPLOAD = "upload"


@dataclass(frozen=True)
class Principal:
    """Who makes a request. Files and jobs belong to its `id`.

    `period_start` and `period_end` are those of a paid subscription, None where credits come by the day. `networks` are
    those that a guest asks from, the smallest first.
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
    """A guest's session whose token is stored, as all were until version 0.2. Only the token's SHA-256 is stored."""

    id: str
    token_hash: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class User:
    """Someone an OIDC issuer knows. `id` is made of issuer and subject, so that signing in again finds it.

    The tier, its period and its end are what billing last read from a subscription; without one the tier is FREE.
    Ask `imgopt.accounts.entitlement` what it is worth at present.
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
    """A key for servers. Of the key itself there is the hash, and how it begins, so that its owner can tell it.

    One without `ends_at` is good until it is revoked. It is not called `expires_at`, as that is a key of the table's
    index, which can't be nothing.
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
        """It stays listed until it is revoked, so that its owner can see why it is refused."""
        return self.ends_at is not None and self.ends_at <= now


@dataclass(frozen=True)
class PageSession:
    """Someone signed in on the service's own page, in a browser, for a short time.

    `browser` is what that calls itself, in a few words. `authenticated_at` is when the issuer last asked for a
    password, as far as it says so: it may know somebody for longer than we do.
    """

    token_hash: str = field(repr=False)
    user_id: str
    created_at: datetime
    expires_at: datetime
    browser: str = ""
    authenticated_at: datetime | None = None
