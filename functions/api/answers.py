"""Which answers each operation may give beside the promised ones: the one table of them."""

from functions.api import reasons
from functions.api.reasons import Reason

NOTHING: tuple[Reason, ...] = ()
NOT_YET = (reasons.NOT_YET,)
STORAGE = (reasons.BUSY, reasons.CRASHED)
BODY = (reasons.UNREADABLE, reasons.LARGE_BODY)
ASKING = (reasons.UNAUTHORIZED, *STORAGE, *BODY)
FILE = (reasons.LARGE_FILE, reasons.NO_IMAGE, reasons.DAMAGED)
UPLOAD = (reasons.NO_UPLOAD, reasons.OLD_UPLOAD)
SUBMITTING = (*ASKING, *UPLOAD, reasons.LARGE_RESULT, reasons.SENSELESS)
JOB = (reasons.NO_JOB, *STORAGE)
STREAM = (reasons.EVENT_STREAM, reasons.ALL_TOLD)
RESULT = (*JOB, reasons.UNFINISHED, reasons.OLD_JOB)
DOWNLOAD = (reasons.FILE, reasons.PART, reasons.KNOWN, reasons.ELSEWHERE, reasons.NO_SUCH_PART, reasons.NO_RESULT)
ARCHIVE = (reasons.ZIP, reasons.NOT_ALL_ENDED, reasons.LARGE_ZIP, reasons.NO_RESULT)

ANSWERS: dict[str, tuple[Reason, ...]] = {
    "GET /": NOTHING,
    "GET /health": NOTHING,
    "GET /readiness": (reasons.BUSY,),
    "POST /upload": (*ASKING, *FILE),
    "POST /upload/url": (*ASKING, *FILE, reasons.NO_URL),
    "POST /upload/presign": (*ASKING, reasons.LARGE_FILE),
    "POST /upload/complete": (*ASKING, *FILE, *UPLOAD, reasons.NOT_ARRIVED),
    "POST /auto": SUBMITTING,
    "POST /compress": SUBMITTING,
    "POST /resize": SUBMITTING,
    "POST /upscale": SUBMITTING,
    "POST /tag": SUBMITTING,
    "POST /process": (*BODY, *NOT_YET),
    "GET /status": STORAGE,
    "GET /status/stream": STREAM,
    "GET /status/{job_id}": JOB,
    "GET /status/{job_id}/stream": (*JOB, *STREAM),
    "GET /download": (*STORAGE, *ARCHIVE),
    "GET /download/{job_id}": (*RESULT, *DOWNLOAD),
    "GET /download/{job_id}/url": RESULT,
    "GET /config": NOT_YET,
    "POST /billing/checkout": (*BODY, *NOT_YET),
    "POST /billing/portal": NOT_YET,
    "GET /billing/subscription": NOT_YET,
    "POST /webhooks/stripe": NOT_YET,
    "GET /usage/history": NOT_YET,
    "GET /usage/summary": NOT_YET,
    "POST /internal/cleanup": NOT_YET,
    "POST /internal/refresh-daily-credits": NOT_YET,
    "POST /mcp/auth/device-code": NOT_YET,
    "GET /mcp/auth/token": NOT_YET,
    "POST /mcp/auth/approve": NOT_YET,
    "POST /mcp/auth/deny": NOT_YET,
    "POST /mcp/auth/revoke": NOT_YET,
    "GET /mcp/auth/status": NOT_YET,
}
