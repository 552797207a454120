"""Everything that can go wrong, with a message that may be shown to the client.

ImgoptError
├── Unauthorized     the credential is not valid
├── ShutOut          the credential is valid, and its account may not be used
├── NotFound         there is no such thing, or it belongs to someone else
├── Conflict         it can't be done beside what there is already
├── NotReady         the job has not finished
├── Expired          the job's files have been removed
├── TooLarge         more bytes, pixels or frames than the limits allow
├── TooCostly        more CPU time or memory than its credits pay for; no better when it is tried again
├── Unsupported      not an image, or of a kind that is not taken
│   └── Unrecognized it begins as no file does that is taken
├── InvalidImage     a known format, but truncated, damaged or contradictory
├── InvalidRequest   settings that cannot be carried out
│   └── Unfetchable  a URL that leads nowhere, or may not be followed
│       └── FetchTimeout  a URL whose server takes too long
├── UnreachableSource the source of an image URL is not allowed, or leads nowhere
├── SourceRefused    whoever has the source refuses it
├── SourceFailed     whoever has the source is broken
├── SourceTimeout    whoever has the source takes too long
├── UnusableSource   the source of an image URL is no image that this can be done with
├── NoTags           an image that nothing can be said of
├── InvalidSignature it is not signed by whom it should be, or can't be read
├── InvalidImageUrl  an image URL that can't be read, or whose time is over
├── ForbiddenImageUrl  one that is not signed as it should be, or asks for what is not allowed
├── OutOfCredits     it costs more credits than are left
├── RateLimited      too many requests in too short a time
│   └── NothingPaid  the account of image URLs has no credits left
├── Interrupted      work that was cut off too often
├── NotConfigured    a feature that is not set up or not installed
└── Unavailable      a service behind this one did not answer; worth trying again
"""

from datetime import datetime


class ImgoptError(Exception):
    """The base of all errors whose message is public."""


class Unauthorized(ImgoptError):
    pass


class ShutOut(ImgoptError):
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
    """`passes` tells whether the same may succeed at another time."""

    def __init__(self, message: str, *, passes: bool = False) -> None:
        super().__init__(message)
        self.passes = passes


class FetchTimeout(Unfetchable):
    pass


class UnreachableSource(ImgoptError):
    pass


class SourceRefused(ImgoptError):
    """`answered` is the status of 400-499 by which it was refused."""

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
    """Of `limit` credits `remaining` are left until `resets_at`, fewer than are `needed`.

    `payment_fault` is why a payment that came with the call was not taken, in a few words; "" where none did.
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
    """Worth trying again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NothingPaid(RateLimited):
    """The account of image URLs has no credits left. How many it has is the operator's business."""

    def __init__(self, message: str = "The credits for this are used up.") -> None:
        super().__init__(message, retry_after=600)


class Interrupted(ImgoptError):
    pass


class NotConfigured(ImgoptError):
    pass


class Unavailable(ImgoptError):
    """Worth trying again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def kinds_of(error: type[ImgoptError]) -> frozenset[type[ImgoptError]]:
    """All below it."""
    return frozenset(kind for each in error.__subclasses__() for kind in (each, *kinds_of(each)))


KINDS = kinds_of(ImgoptError)
PUBLIC_NAMES = frozenset(kind.__name__ for kind in KINDS)
