"""The errors of this package. Each has a message that may be shown to the client.

ImgoptError
├── Unauthorized       the credential is not valid
├── AccountBlocked     the credential is valid, but its account is blocked
├── NotFound           it doesn't exist, or belongs to someone else
├── Conflict           it contradicts the present state
├── NotReady           the job has not finished
├── Expired            the job's files have been removed
├── TooLarge           more bytes, pixels or frames than the limits allow
├── TooCostly          more CPU time or memory than its credits pay for; a retry doesn't help
├── Unsupported        not an image, or an image of an unsupported kind
│   └── Unrecognized   its first bytes belong to no supported format
├── InvalidImage       a supported format, but truncated, damaged or contradictory
├── InvalidRequest     settings that cannot be carried out
│   └── Unfetchable    a URL that can't be fetched, or must not be
│       └── FetchTimeout   a URL whose server takes too long
├── UnreachableSource  the source of an image URL is not allowed, or doesn't exist
├── SourceRefused      the source's server refused it
├── SourceFailed       the source's server failed
├── SourceTimeout      the source's server takes too long
├── UnusableSource     the source of an image URL can't be processed
├── NoTags             no tags can be made for the image
├── InvalidSignature   a signature is missing, malformed or wrong
├── InvalidImageUrl    an image URL is malformed or has expired
├── ForbiddenImageUrl  an image URL has no valid signature, or asks for something that is not allowed
├── OutOfCredits       the cost exceeds the credits that are left
├── RateLimited        too many requests in too short a time
│   └── NothingPaid    the account of image URLs has no credits left
├── Interrupted        work that was cut off too often
├── NotConfigured      a feature that is not set up or not installed
└── Unavailable        a service behind this one did not answer; worth trying again
"""

from datetime import datetime


class ImgoptError(Exception):
    """The base of all errors whose message may be shown to clients."""


class Unauthorized(ImgoptError):
    pass


class AccountBlocked(ImgoptError):
    pass


class NotFound(ImgoptError):
    pass


class Conflict(ImgoptError):
    pass


class NotReady(ImgoptError):
    pass


class Expired(ImgoptError):
    pass


class TooLarge(ImgoptError):
    pass


class TooCostly(ImgoptError):
    pass


class Unsupported(ImgoptError):
    pass


class Unrecognized(Unsupported):
    pass


class InvalidImage(ImgoptError):
    pass


class InvalidRequest(ImgoptError):
    pass


class Unfetchable(InvalidRequest):
    """A URL that can't be fetched. `passes` tells whether a later attempt may succeed."""

    def __init__(self, message: str, *, passes: bool = False) -> None:
        super().__init__(message)
        self.passes = passes


class FetchTimeout(Unfetchable):
    pass


class UnreachableSource(ImgoptError):
    pass


class SourceRefused(ImgoptError):
    """The source's server refused it. `answered` is its HTTP status, 400 to 499."""

    def __init__(self, message: str, answered: int = 404) -> None:
        super().__init__(message)
        self.answered = answered


class SourceFailed(ImgoptError):
    pass


class SourceTimeout(ImgoptError):
    pass


class UnusableSource(ImgoptError):
    pass


class NoTags(ImgoptError):
    pass


class InvalidSignature(ImgoptError):
    pass


class InvalidImageUrl(ImgoptError):
    pass


class ForbiddenImageUrl(ImgoptError):
    pass


class OutOfCredits(ImgoptError):
    """Of `limit` credits, `remaining` are left until `resets_at`, and `needed` are more than that.

    `payment_fault` says in a few words why the payment that came with the call was refused; "" where none came.
    """

    def __init__(  # noqa: PLR0913 - facts of an answer
        self, tier: str, *, needed: int, remaining: int, limit: int, resets_at: datetime, payment_fault: str = ""
    ) -> None:
        super().__init__(f"Insufficient credits. Need {needed}, have {remaining}.")
        self.tier, self.needed, self.remaining, self.limit, self.resets_at = tier, needed, remaining, limit, resets_at
        self.payment_fault = payment_fault

    @property
    def missing(self) -> int:
        return self.needed - self.remaining


class RateLimited(ImgoptError):
    """Too many requests or too large amounts. `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NothingPaid(RateLimited):
    """The account of image URLs has no credits left. The message doesn't say how many it has, which only concerns the
    operator.
    """

    def __init__(self, message: str = "The credits for this are used up.") -> None:
        super().__init__(message, retry_after=600)


class Interrupted(ImgoptError):
    pass


class NotConfigured(ImgoptError):
    pass


class Unavailable(ImgoptError):
    """A service behind this one did not answer. `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def kinds_of(error: type[ImgoptError]) -> frozenset[type[ImgoptError]]:
    """Returns all classes derived from an error class, without the class itself."""
    return frozenset(kind for each in error.__subclasses__() for kind in (each, *kinds_of(each)))


KINDS = kinds_of(ImgoptError)
PUBLIC_NAMES = frozenset(kind.__name__ for kind in KINDS)
