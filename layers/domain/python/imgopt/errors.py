"""Everything that can go wrong, with a message that may be shown to the client.

ImgoptError
├── Unauthorized     the credential is not valid
├── NotFound         there is no such thing, or it belongs to someone else
├── NotReady         the job has not finished
├── Expired          the job's files have been removed
├── TooLarge         more bytes, pixels or frames than the limits allow
├── Unsupported      not an image, or of a kind that is not taken
├── InvalidImage     a known format, but truncated, damaged or contradictory
├── InvalidRequest   settings that cannot be carried out
├── Wordless         an image that nothing can be said of
├── NotAvailable     a documented feature that this version does not have
└── Unavailable      a service behind this one did not answer; worth trying again
"""


class ImgoptError(Exception):
    """The base of all errors whose message is public."""


class Unauthorized(ImgoptError):
    pass


class NotFound(ImgoptError):
    pass


class NotReady(ImgoptError):
    pass


class Expired(ImgoptError):
    pass


class TooLarge(ImgoptError):
    pass


class Unsupported(ImgoptError):
    pass


class InvalidImage(ImgoptError):
    pass


class InvalidRequest(ImgoptError):
    pass


class Wordless(ImgoptError):
    pass


class NotAvailable(ImgoptError):
    pass


class Unavailable(ImgoptError):
    pass


PUBLIC_NAMES = frozenset(error.__name__ for error in ImgoptError.__subclasses__())
