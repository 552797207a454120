"""Why a request is not answered as it was meant to be, with the status and the sentence of the served document."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from functions.api.errors import STATUS
from imgopt import errors

# Errors that say when it is worth trying again.
PASSING = (errors.RateLimited, errors.OutOfCredits, errors.Unavailable)
WAIT: Mapping[str, str] = MappingProxyType({"Retry-After": "Seconds until it is worth trying again."})
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
JSON, IMAGE, ARCHIVE, EVENTS = "application/json", "image/*", "application/zip", "text/event-stream"


@dataclass(frozen=True)
class Reason:
    """`media_types` are those of the answer's body; none where it has no body.

    `headers` are named with what they say.
    """

    status: int
    sentence: str
    media_types: tuple[str, ...] = (JSON,)
    headers: Mapping[str, str] = NO_HEADERS


def because(error: type[errors.ImgoptError], sentence: str) -> Reason:
    return Reason(STATUS[error], sentence, headers=WAIT if error in PASSING else NO_HEADERS)


UNREADABLE = Reason(400, "The body can't be read.")
LARGE_BODY = Reason(413, "The body is too large.")
UNAUTHORIZED = because(errors.Unauthorized, "The credential is not valid.")
SHUT_OUT = because(errors.ShutOut, "The account has been shut out, or is being deleted.")
NO_JOB = because(errors.NotFound, "There is no such job.")
NOT_YOURS = because(errors.NotFound, "There is no such job, or it belongs to someone else.")
NO_RESULT = because(errors.NotFound, "Its file is no longer stored.")
NO_UPLOAD = because(errors.NotFound, "There is no such upload, or it belongs to someone else.")
UNFINISHED = because(errors.NotReady, "The job is not completed.")
NOT_ALL_ENDED = because(errors.NotReady, "One of the jobs has not ended, or none has a result.")
NOT_ARRIVED = because(errors.NotReady, "The file has not arrived yet.")
OLD_UPLOAD = because(errors.Expired, "The upload has expired.")
OLD_JOB = because(errors.Expired, "The job has expired and its file has been removed.")
LARGE_FILE = because(errors.TooLarge, "The file has more bytes, pixels or frames than the limits allow.")
LARGE_RESULT = because(errors.TooLarge, "The image would have more pixels than the limits allow.")
LARGE_ZIP = because(errors.TooLarge, "Together the files are too large for one answer.")
NO_IMAGE = because(errors.Unsupported, "The file is not an image, or of a kind that is not taken.")
DAMAGED = because(errors.InvalidImage, "The file is empty, or the image is damaged.")
NO_URL = because(errors.Unfetchable, "Nothing can be fetched from the URL.")
SENSELESS = because(errors.InvalidRequest, "The settings can't be carried out.")
OTHER_JOB = because(errors.InvalidRequest, "The job was accepted with another file or other settings.")
NO_CREDITS = because(errors.OutOfCredits, "It costs more credits than are left.")
TOO_OFTEN = because(errors.RateLimited, "Too many requests: `Retry-After` has the seconds until the next.")
TOO_MANY = because(errors.RateLimited, "Too many streams are open from this address.")
NOT_SOLD = because(errors.InvalidRequest, "The price is not for sale, or a URL is not on a website of the service.")
NO_CUSTOMER = because(errors.NotFound, "The user has bought nothing yet.")
SUBSCRIBED = because(errors.Conflict, "There is a subscription already: it is changed in the billing portal.")
BAD_MESSAGE = because(errors.BadMessage, "The message is not signed by Stripe, is too old, or is no event.")
NO_KEY = because(errors.NotFound, "There is no such API key, or it belongs to someone else.")
ENOUGH_KEYS = because(errors.Conflict, "There are too many API keys already.")
NO_CODE = because(errors.NotFound, "There is no such code.")
OLD_CODE = because(errors.Expired, "The code has expired.")
USED_CODE = because(errors.Conflict, "The code has been used already.")
NO_BILLING = because(errors.NotAvailable, "Billing is not set up.")
NO_ANSWER = because(errors.Unavailable, "Stripe or storage did not answer. Worth trying again.")
NOT_SET_UP = because(errors.NotAvailable, "Not set up.")
BUSY = because(errors.Unavailable, "Storage did not answer, or too much is being done. Worth trying again.")
CRASHED = Reason(500, "Internal server error.")

EVENT_STREAM = Reason(200, "A stream of events.", (EVENTS,))
ALL_TOLD = Reason(204, "The client was told the end before: it should not come back.", ())
FILE = Reason(200, "The file.", (IMAGE,))
ZIP = Reason(200, "The files.", (ARCHIVE,))
UNDER_WAY = Reason(202, "The job has not ended yet. Ask again by the same task.")
PART = Reason(206, "The part that was asked for.", (IMAGE,))
KNOWN = Reason(304, "The client has this file already.", ())
ELSEWHERE = Reason(307, "The file is too large for this answer: it is at `Location`.", ())
NO_SUCH_PART = Reason(416, "The part lies behind the end of the file.")
