"""Which answers each operation may give beside the promised ones: the one table of them."""

from functions.api import reasons
from functions.api.reasons import Reason

NOTHING: tuple[Reason, ...] = ()
REFUSED = (reasons.UNAUTHORIZED, reasons.SHUT_OUT)
STORAGE = (reasons.BUSY, reasons.CRASHED)
BODY = (reasons.UNREADABLE, reasons.LARGE_BODY)
ASKING = (*REFUSED, *STORAGE, *BODY)
COUNTED = (reasons.TOO_OFTEN, *STORAGE)
LIMITED = (*ASKING, reasons.TOO_OFTEN)
KNOWN = (*REFUSED, *STORAGE)
BILLING = (reasons.NO_BILLING, reasons.NO_ANSWER, reasons.CRASHED)
BUYING = (*REFUSED, *BILLING)
FILE = (reasons.LARGE_FILE, reasons.NO_IMAGE, reasons.DAMAGED)
UPLOAD = (reasons.NO_UPLOAD, reasons.OLD_UPLOAD)
SUBMITTING = (*LIMITED, *UPLOAD, reasons.NO_CREDITS, reasons.LARGE_RESULT, reasons.SENSELESS)
JOB = (reasons.NO_JOB, *STORAGE)
TASK = (reasons.NO_JOB, reasons.UNDER_WAY, reasons.OLD_JOB, reasons.OTHER_JOB, reasons.NOT_SET_UP)
SCHEDULED = (reasons.UNAUTHORIZED, reasons.NOT_SET_UP, *STORAGE)
DECIDING = (reasons.NO_CODE, reasons.OLD_CODE, reasons.USED_CODE)
STREAM = (reasons.EVENT_STREAM, reasons.ALL_TOLD, reasons.TOO_MANY)
RESULT = (*JOB, reasons.UNFINISHED, reasons.OLD_JOB)
DOWNLOAD = (reasons.FILE, reasons.PART, reasons.KNOWN, reasons.ELSEWHERE, reasons.NO_SUCH_PART, reasons.NO_RESULT)
ARCHIVE = (reasons.ZIP, reasons.NOT_ALL_ENDED, reasons.LARGE_ZIP, reasons.NO_RESULT)

ANSWERS: dict[str, tuple[Reason, ...]] = {
    "GET /": NOTHING,
    "GET /health": NOTHING,
    "GET /readiness": (reasons.BUSY,),
    "POST /upload": (*LIMITED, *FILE),
    "POST /upload/url": (*LIMITED, *FILE, reasons.NO_URL),
    "POST /upload/presign": (*LIMITED, reasons.LARGE_FILE),
    "POST /upload/complete": (*LIMITED, *FILE, *UPLOAD, reasons.NOT_ARRIVED),
    "POST /auto": SUBMITTING,
    "POST /compress": SUBMITTING,
    "POST /resize": SUBMITTING,
    "POST /upscale": SUBMITTING,
    "POST /tag": SUBMITTING,
    "POST /process": (reasons.UNAUTHORIZED, *STORAGE, *BODY, *TASK),
    "GET /status": STORAGE,
    "GET /status/stream": STREAM,
    "GET /status/{job_id}": JOB,
    "GET /status/{job_id}/stream": (*JOB, *STREAM),
    "GET /download": (*STORAGE, *ARCHIVE),
    "GET /download/{job_id}": (*RESULT, *DOWNLOAD),
    "GET /download/{job_id}/url": RESULT,
    "DELETE /jobs/{job_id}": (*KNOWN, reasons.NOT_YOURS),
    "GET /config": NOTHING,
    "POST /billing/checkout": (*BUYING, *BODY, reasons.NOT_SOLD, reasons.SUBSCRIBED),
    "POST /billing/portal": (*BUYING, reasons.NO_CUSTOMER),
    "GET /billing/subscription": (*KNOWN, reasons.NO_BILLING),
    "POST /webhooks/stripe": (reasons.BAD_MESSAGE, reasons.LARGE_BODY, *BILLING),
    "DELETE /account": KNOWN,
    "POST /callback-secret/change": KNOWN,
    "GET /usage/history": KNOWN,
    "GET /usage/summary": KNOWN,
    "POST /internal/cleanup": SCHEDULED,
    "POST /internal/refresh-daily-credits": SCHEDULED,
    "POST /api-keys": (*ASKING, reasons.ENOUGH_KEYS),
    "GET /api-keys": KNOWN,
    "GET /api-keys/verify": KNOWN,
    "DELETE /api-keys/{key_id}": (*KNOWN, reasons.NO_KEY),
    "POST /mcp/auth/device-code": (*COUNTED, reasons.NOT_SET_UP),
    "GET /mcp/auth/token": (*COUNTED, reasons.SHUT_OUT),
    "POST /mcp/auth/approve": (*LIMITED, *DECIDING),
    "POST /mcp/auth/deny": (*ASKING, *DECIDING),
    "POST /mcp/auth/revoke": (reasons.UNAUTHORIZED, *STORAGE),
    "GET /mcp/auth/status": STORAGE,
}
