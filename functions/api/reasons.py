"""Answers that operations can give besides the contract's: their status, their sentence in the served document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from functions.api.errors import STATUS
from imgopt import errors

# Errors whose answers have a `Retry-After` header.
PASSING_ERRORS = (errors.RateLimited, errors.OutOfCredits, errors.Unavailable)
OFFER: Mapping[str, str] = MappingProxyType({"PAYMENT-REQUIRED": "What is to be paid, by x402: JSON in base64."})
WAIT: Mapping[str, str] = MappingProxyType({"Retry-After": "The number of seconds to wait before the next attempt."})
WHERE: Mapping[str, str] = MappingProxyType({"Location": "The URL of the file."})
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
JSON, EVENT_TYPE = "application/json", "text/event-stream"
# Generated clients that have no type for images and archives read them as bytes.
ANY_BYTES = "application/octet-stream"
IMAGE_TYPES, ARCHIVE_TYPES = (ANY_BYTES, "image/*"), (ANY_BYTES, "application/zip")


@dataclass(frozen=True)
class Reason:
    """An answer: `media_types` are those of its body, empty if it has none. `headers` maps names to descriptions."""

    status: int
    sentence: str
    media_types: tuple[str, ...] = (JSON,)
    headers: Mapping[str, str] = field(default_factory=lambda: NO_HEADERS)


def reason_for(error: type[errors.ImgoptError], sentence: str) -> Reason:
    return Reason(STATUS[error], sentence, headers=WAIT if error in PASSING_ERRORS else NO_HEADERS)


UNREADABLE_BODY = Reason(400, "The body of the request can't be read.")
BODY_TOO_LARGE = Reason(413, "The body of the request is too large.")
UNAUTHORIZED = reason_for(errors.Unauthorized, "The credential is missing, wrong or expired.")
ACCOUNT_BLOCKED = reason_for(
    errors.AccountBlocked, "The operator has locked the account, or the account is being deleted."
)
JOB_NOT_FOUND = reason_for(errors.NotFound, "There is no such job.")
OWN_JOB_NOT_FOUND = reason_for(errors.NotFound, "There is no such job, or it belongs to someone else.")
RESULT_NOT_FOUND = reason_for(errors.NotFound, "The file of the job is no longer stored.")
UPLOAD_NOT_FOUND = reason_for(errors.NotFound, "There is no such upload, or it belongs to someone else.")
JOB_NOT_COMPLETED = reason_for(errors.NotReady, "The job is not completed.")
JOBS_NOT_COMPLETED = reason_for(errors.NotReady, "One of the jobs has not ended, or none has a result.")
UPLOAD_NOT_ARRIVED = reason_for(errors.NotReady, "The file has not been posted to the presigned URL yet.")
UPLOAD_EXPIRED = reason_for(errors.Expired, "The upload has expired.")
JOB_EXPIRED = reason_for(errors.Expired, "The job has expired and its file has been removed.")
FILE_TOO_LARGE = reason_for(errors.TooLarge, "The file has more bytes, pixels or frames than the limits allow.")
RESULT_TOO_LARGE = reason_for(errors.TooLarge, "The result would have more pixels than the limits allow.")
ARCHIVE_TOO_LARGE = reason_for(errors.TooLarge, "The files together are too large for one answer.")
UNSUPPORTED_FORMAT = reason_for(errors.Unsupported, "The file is not an image, or its format is not supported.")
INVALID_IMAGE = reason_for(errors.InvalidImage, "The file is empty, or the image is damaged.")
URL_NOT_FETCHABLE = reason_for(errors.Unfetchable, "The service can't fetch a file from the URL.")
UNPROCESSABLE = reason_for(errors.InvalidRequest, "The settings can't be applied to this image.")
JOB_MISMATCH = reason_for(errors.InvalidRequest, "The job was accepted with another file or other settings.")
OUT_OF_CREDITS = reason_for(errors.OutOfCredits, "The request costs more credits than are left.")
PAYMENT_REQUIRED = Reason(
    402,
    "The request costs more credits than are left. Answered in place of 429 if the operator accepts payments by x402.",
    headers=OFFER,
)
RATE_LIMITED = reason_for(errors.RateLimited, "Too many requests. Wait for the seconds that `Retry-After` states.")
TOO_MANY_STREAMS = reason_for(errors.RateLimited, "Too many streams are open from this address.")
INVALID_CHECKOUT = reason_for(
    errors.InvalidRequest, "The price is not for sale, or the origin of a URL is not allowed."
)
CUSTOMER_NOT_FOUND = reason_for(errors.NotFound, "The user has not bought anything yet.")
ALREADY_SUBSCRIBED = reason_for(
    errors.Conflict, "The user already has a subscription. Change it in the billing portal."
)
INVALID_WEBHOOK = reason_for(
    errors.InvalidSignature, "The message is not signed by Stripe, is too old, or is not an event."
)
API_KEY_NOT_FOUND = reason_for(errors.NotFound, "There is no such API key, or it belongs to someone else.")
TOO_MANY_API_KEYS = reason_for(
    errors.Conflict, "The user already has the largest number of API keys. Revoke one first."
)
CODE_NOT_FOUND = reason_for(errors.NotFound, "There is no such code.")
CODE_EXPIRED = reason_for(errors.Expired, "The code has expired.")
CODE_USED = reason_for(errors.Conflict, "The code has been used already.")
BILLING_NOT_CONFIGURED = reason_for(errors.NotConfigured, "The operator has not configured billing.")
BILLING_UNAVAILABLE = reason_for(errors.Unavailable, "Stripe or the storage did not answer. Try again later.")
NOT_CONFIGURED = reason_for(errors.NotConfigured, "The operator has not configured this feature.")
UNAVAILABLE = reason_for(errors.Unavailable, "The storage did not answer, or the service is busy. Try again later.")
INTERNAL_ERROR = Reason(500, "Internal server error.")

EVENT_STREAM = Reason(200, "A stream of events.", (EVENT_TYPE,))
STREAM_ENDED = Reason(204, "The client has already received the last event. It should not connect again.", ())
FILE_CONTENT = Reason(200, "The file.", IMAGE_TYPES)
ARCHIVE_CONTENT = Reason(200, "A ZIP archive of the files.", ARCHIVE_TYPES)
IN_PROGRESS = Reason(202, "The job has not ended yet. Send the same task again.")
PARTIAL_CONTENT = Reason(206, "The requested part of the file.", IMAGE_TYPES)
NOT_MODIFIED = Reason(304, "The client already has this version of the file.", ())
REDIRECT = Reason(307, "The file is too large for this answer. It is at the URL in `Location`.", (), WHERE)
RANGE_NOT_SATISFIABLE = Reason(416, "The requested part begins after the end of the file.")
