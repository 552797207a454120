"""Why a request is not answered as it was meant to be, with the status and the sentence of the served document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from functions.api.errors import STATUS
from imgopt import errors

# Errors that say when it is worth trying again.
PASSING_ERRORS = (errors.RateLimited, errors.OutOfCredits, errors.Unavailable)
OFFER: Mapping[str, str] = MappingProxyType({"PAYMENT-REQUIRED": "What to pay, by x402, in base64."})
WAIT: Mapping[str, str] = MappingProxyType({"Retry-After": "Seconds until it is worth trying again."})
WHERE: Mapping[str, str] = MappingProxyType({"Location": "Where the file is."})
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
JSON, EVENT_TYPE = "application/json", "text/event-stream"
# Generated clients that know no images and archives take them as bytes.
ANY_BYTES = "application/octet-stream"
IMAGE_TYPES, ARCHIVE_TYPES = (ANY_BYTES, "image/*"), (ANY_BYTES, "application/zip")


@dataclass(frozen=True)
class Reason:
    """`media_types` are those of the answer's body; none where it has no body.

    `headers` are named with what they say.
    """

    status: int
    sentence: str
    media_types: tuple[str, ...] = (JSON,)
    headers: Mapping[str, str] = field(default_factory=lambda: NO_HEADERS)


def because(error: type[errors.ImgoptError], sentence: str) -> Reason:
    return Reason(STATUS[error], sentence, headers=WAIT if error in PASSING_ERRORS else NO_HEADERS)


UNREADABLE_BODY = Reason(400, "The body can't be read.")
BODY_TOO_LARGE = Reason(413, "The body is too large.")
UNAUTHORIZED = because(errors.Unauthorized, "The credential is not valid.")
SHUT_OUT = because(errors.ShutOut, "The account has been shut out, or is being deleted.")
JOB_NOT_FOUND = because(errors.NotFound, "There is no such job.")
OWN_JOB_NOT_FOUND = because(errors.NotFound, "There is no such job, or it belongs to someone else.")
RESULT_NOT_FOUND = because(errors.NotFound, "Its file is no longer stored.")
UPLOAD_NOT_FOUND = because(errors.NotFound, "There is no such upload, or it belongs to someone else.")
JOB_NOT_COMPLETED = because(errors.NotReady, "The job is not completed.")
JOBS_NOT_COMPLETED = because(errors.NotReady, "One of the jobs has not ended, or none has a result.")
UPLOAD_NOT_ARRIVED = because(errors.NotReady, "The file has not arrived yet.")
UPLOAD_EXPIRED = because(errors.Expired, "The upload has expired.")
JOB_EXPIRED = because(errors.Expired, "The job has expired and its file has been removed.")
FILE_TOO_LARGE = because(errors.TooLarge, "The file has more bytes, pixels or frames than the limits allow.")
RESULT_TOO_LARGE = because(errors.TooLarge, "The image would have more pixels than the limits allow.")
ARCHIVE_TOO_LARGE = because(errors.TooLarge, "Together the files are too large for one answer.")
UNSUPPORTED_FORMAT = because(errors.Unsupported, "The file is not an image, or of a kind that is not taken.")
INVALID_IMAGE = because(errors.InvalidImage, "The file is empty, or the image is damaged.")
URL_NOT_FETCHABLE = because(errors.Unfetchable, "Nothing can be fetched from the URL.")
UNPROCESSABLE = because(errors.InvalidRequest, "The settings can't be carried out.")
JOB_MISMATCH = because(errors.InvalidRequest, "The job was accepted with another file or other settings.")
OUT_OF_CREDITS = because(errors.OutOfCredits, "It costs more credits than are left.")
PAYMENT_REQUIRED = Reason(
    402, "In place of the 429, where the operator takes payments: what is missing can be paid for.", headers=OFFER
)
RATE_LIMITED = because(errors.RateLimited, "Too many requests: `Retry-After` has the seconds until the next.")
TOO_MANY_STREAMS = because(errors.RateLimited, "Too many streams are open from this address.")
INVALID_CHECKOUT = because(
    errors.InvalidRequest, "The price is not for sale, or a URL is not on a website of the service."
)
CUSTOMER_NOT_FOUND = because(errors.NotFound, "The user has bought nothing yet.")
ALREADY_SUBSCRIBED = because(errors.Conflict, "There is a subscription already: it is changed in the billing portal.")
INVALID_WEBHOOK = because(errors.InvalidSignature, "The message is not signed by Stripe, is too old, or is no event.")
API_KEY_NOT_FOUND = because(errors.NotFound, "There is no such API key, or it belongs to someone else.")
TOO_MANY_API_KEYS = because(errors.Conflict, "There are too many API keys already.")
CODE_NOT_FOUND = because(errors.NotFound, "There is no such code.")
CODE_EXPIRED = because(errors.Expired, "The code has expired.")
CODE_USED = because(errors.Conflict, "The code has been used already.")
BILLING_NOT_CONFIGURED = because(errors.NotConfigured, "Billing is not set up.")
BILLING_UNAVAILABLE = because(errors.Unavailable, "Stripe or storage did not answer. Worth trying again.")
NOT_CONFIGURED = because(errors.NotConfigured, "Not set up.")
UNAVAILABLE = because(errors.Unavailable, "Storage did not answer, or too much is being done. Worth trying again.")
INTERNAL_ERROR = Reason(500, "Internal server error.")

EVENT_STREAM = Reason(200, "A stream of events.", (EVENT_TYPE,))
STREAM_ENDED = Reason(204, "The client was told the end before: it should not come back.", ())
FILE_CONTENT = Reason(200, "The file.", IMAGE_TYPES)
ARCHIVE_CONTENT = Reason(200, "The files.", ARCHIVE_TYPES)
IN_PROGRESS = Reason(202, "The job has not ended yet. Ask again by the same task.")
PARTIAL_CONTENT = Reason(206, "The part that was asked for.", IMAGE_TYPES)
NOT_MODIFIED = Reason(304, "The client has this file already.", ())
REDIRECT = Reason(307, "The file is too large for this answer: it is at `Location`.", (), WHERE)
RANGE_NOT_SATISFIABLE = Reason(416, "The part lies behind the end of the file.")
