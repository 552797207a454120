"""The answers of each operation that the served document lists besides those of the contract."""

from functions.api import reasons
from functions.api.reasons import Reason

NO_OTHERS: tuple[Reason, ...] = ()
CREDENTIALS_REFUSED = (reasons.UNAUTHORIZED, reasons.ACCOUNT_BLOCKED)
STORAGE = (reasons.UNAVAILABLE, reasons.INTERNAL_ERROR)
BODY = (reasons.UNREADABLE_BODY, reasons.BODY_TOO_LARGE)
WITH_BODY = (*CREDENTIALS_REFUSED, *STORAGE, *BODY)
COUNTED_BY_ADDRESS = (reasons.RATE_LIMITED, *STORAGE)
RATE_LIMITED_WITH_BODY = (*WITH_BODY, reasons.RATE_LIMITED)
AUTHENTICATED = (*CREDENTIALS_REFUSED, *STORAGE)
BILLING = (reasons.BILLING_NOT_CONFIGURED, reasons.BILLING_UNAVAILABLE, reasons.INTERNAL_ERROR)
BILLING_OF_USER = (*CREDENTIALS_REFUSED, *BILLING)
FILE_CHECKS = (reasons.FILE_TOO_LARGE, reasons.UNSUPPORTED_FORMAT, reasons.INVALID_IMAGE)
UPLOAD_LOOKUP = (reasons.UPLOAD_NOT_FOUND, reasons.UPLOAD_EXPIRED)
SUBMITTING = (
    *RATE_LIMITED_WITH_BODY,
    *UPLOAD_LOOKUP,
    reasons.OUT_OF_CREDITS,
    reasons.PAYMENT_REQUIRED,
    reasons.RESULT_TOO_LARGE,
    reasons.UNPROCESSABLE,
)
JOB_LOOKUP = (reasons.JOB_NOT_FOUND, *STORAGE)
TASK = (reasons.JOB_NOT_FOUND, reasons.IN_PROGRESS, reasons.JOB_EXPIRED, reasons.JOB_MISMATCH, reasons.NOT_CONFIGURED)
SCHEDULED = (reasons.UNAUTHORIZED, reasons.NOT_CONFIGURED, *STORAGE)
DECIDING = (reasons.CODE_NOT_FOUND, reasons.CODE_EXPIRED, reasons.CODE_USED)
STREAM = (reasons.EVENT_STREAM, reasons.STREAM_ENDED, reasons.TOO_MANY_STREAMS)
RESULT = (*JOB_LOOKUP, reasons.JOB_NOT_COMPLETED, reasons.JOB_EXPIRED)
DOWNLOAD = (
    reasons.FILE_CONTENT,
    reasons.PARTIAL_CONTENT,
    reasons.NOT_MODIFIED,
    reasons.REDIRECT,
    reasons.RANGE_NOT_SATISFIABLE,
    reasons.RESULT_NOT_FOUND,
)
ARCHIVE_DOWNLOAD = (
    reasons.ARCHIVE_CONTENT,
    reasons.JOBS_NOT_COMPLETED,
    reasons.ARCHIVE_TOO_LARGE,
    reasons.RESULT_NOT_FOUND,
)

RESPONSES: dict[str, tuple[Reason, ...]] = {
    "GET /": NO_OTHERS,
    "GET /health": NO_OTHERS,
    "GET /readiness": (reasons.UNAVAILABLE,),
    "POST /upload": (*RATE_LIMITED_WITH_BODY, *FILE_CHECKS),
    "POST /upload/url": (*RATE_LIMITED_WITH_BODY, *FILE_CHECKS, reasons.URL_NOT_FETCHABLE),
    "POST /upload/presign": (*RATE_LIMITED_WITH_BODY, reasons.FILE_TOO_LARGE),
    "POST /upload/complete": (*RATE_LIMITED_WITH_BODY, *FILE_CHECKS, *UPLOAD_LOOKUP, reasons.UPLOAD_NOT_ARRIVED),
    "POST /auto": SUBMITTING,
    "POST /quote": (*RATE_LIMITED_WITH_BODY, *UPLOAD_LOOKUP, reasons.RESULT_TOO_LARGE, reasons.UNPROCESSABLE),
    "POST /compress": SUBMITTING,
    "POST /resize": SUBMITTING,
    "POST /upscale": SUBMITTING,
    "POST /tag": SUBMITTING,
    "POST /process": (reasons.UNAUTHORIZED, *STORAGE, *BODY, *TASK),
    "GET /status": STORAGE,
    "GET /status/stream": STREAM,
    "GET /status/{job_id}": JOB_LOOKUP,
    "GET /status/{job_id}/stream": (*JOB_LOOKUP, *STREAM),
    "GET /download": (*STORAGE, *ARCHIVE_DOWNLOAD),
    "GET /download/{job_id}": (*RESULT, *DOWNLOAD),
    "GET /download/{job_id}/url": RESULT,
    "DELETE /jobs/{job_id}": (*AUTHENTICATED, reasons.OWN_JOB_NOT_FOUND),
    "GET /jobs/{job_id}/original": (
        *AUTHENTICATED,
        reasons.OWN_JOB_NOT_FOUND,
        reasons.FILE_CONTENT,
        reasons.REDIRECT,
        reasons.RESULT_NOT_FOUND,
    ),
    "GET /jobs/{job_id}/original/url": (*AUTHENTICATED, reasons.OWN_JOB_NOT_FOUND),
    "GET /config": NO_OTHERS,
    "POST /billing/checkout": (*BILLING_OF_USER, *BODY, reasons.INVALID_CHECKOUT, reasons.ALREADY_SUBSCRIBED),
    "POST /billing/portal": (*BILLING_OF_USER, reasons.CUSTOMER_NOT_FOUND),
    "GET /billing/subscription": (*AUTHENTICATED, reasons.BILLING_NOT_CONFIGURED),
    "POST /webhooks/stripe": (reasons.INVALID_WEBHOOK, reasons.BODY_TOO_LARGE, *BILLING),
    "DELETE /account": AUTHENTICATED,
    "POST /callback-secret/change": AUTHENTICATED,
    "GET /usage/history": AUTHENTICATED,
    "GET /usage/summary": AUTHENTICATED,
    "POST /internal/cleanup": SCHEDULED,
    "POST /internal/refresh-daily-credits": SCHEDULED,
    "POST /api-keys": (*WITH_BODY, reasons.TOO_MANY_API_KEYS),
    "GET /api-keys": AUTHENTICATED,
    "GET /api-keys/verify": AUTHENTICATED,
    "DELETE /api-keys/{key_id}": (*AUTHENTICATED, reasons.API_KEY_NOT_FOUND),
    "POST /mcp/auth/device-code": (*COUNTED_BY_ADDRESS, reasons.NOT_CONFIGURED),
    "GET /mcp/auth/token": (*COUNTED_BY_ADDRESS, reasons.ACCOUNT_BLOCKED),
    "POST /mcp/auth/approve": (*RATE_LIMITED_WITH_BODY, *DECIDING),
    "POST /mcp/auth/deny": (*WITH_BODY, *DECIDING),
    "POST /mcp/auth/revoke": (reasons.UNAUTHORIZED, *STORAGE),
    "GET /mcp/auth/status": STORAGE,
}
