"""The errors of this package. Each has a message that may be shown to the client.

ImgoptError
├── Unauthorized       the credential is missing, wrong or expired
├── AccountBlocked     the credential is valid, but its account is blocked
├── NotFound           the object doesn't exist, or belongs to someone else
├── Conflict           the request contradicts the present state
├── NotReady           the job has not completed, or the file of a direct upload has not arrived
├── Expired            the job, upload or code has expired
├── TooLarge           the file has more bytes, pixels or frames than the limits allow
├── TooCostly          the image needs more CPU time or memory than its credits pay for; a retry doesn't help
├── Unsupported        the file is no image, or an image of an unsupported kind
│   └── Unrecognized   the first bytes of the file belong to no supported format
├── InvalidImage       the file has a supported format, but is truncated, damaged or contradictory
├── InvalidRequest     the settings or parameters are invalid
│   └── Unfetchable    the URL can't be fetched, or the service must not fetch it
│       └── FetchTimeout   the server of the URL takes too long
├── UnreachableSource  the source of an image URL is not allowed, or doesn't exist
├── SourceRefused      the server of the source refused the request
├── SourceFailed       the server of the source failed
├── SourceTimeout      the server of the source takes too long
├── UnusableSource     the source of an image URL can't be processed
├── NoTags             no tags can be made for the image
├── InvalidSignature   a signature, or another part of a signed message, is missing, malformed or wrong
├── InvalidImageUrl    an image URL is malformed or has expired
├── ForbiddenImageUrl  an image URL has no valid signature, or asks for something that is not allowed
├── OutOfCredits       the cost exceeds the credits that are left
├── RateLimited        the client sent too many requests in too short a time
│   └── NothingPaid    the account that pays for image URLs has no credits left
├── Interrupted        the work was interrupted too often
├── NotConfigured      the feature is not set up or not installed
└── Unavailable        a service behind this one did not answer; a retry may succeed
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
