"""The scheduled tasks as HTTP operations, for schedulers outside AWS."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from functions.api import pools
from functions.api.callers import SchedulerRequired
from functions.api.preflight import allow
from imgopt import clock
from imgopt.credits.service import refresh

router = APIRouter(prefix="/internal")
# Seconds. API Gateway aborts after 29 seconds. The next call continues.
CLEANUP_SECONDS = 20


@router.post("/cleanup", tags=["cleanup"], dependencies=[SchedulerRequired])
@pools.SCHEDULES.runs
def cleanup_expired_jobs() -> Any:
    """Cleanup expired jobs - called by a scheduler.

    Deletes the files of expired jobs and uploads, and deletes or strips their records, for up to 20 seconds.
    """
    # Imported here because it imports the stages, which are 2 % of a cold start and no other request needs.
    from imgopt.retention.cleanup import clean_up

    return asdict(clean_up(CLEANUP_SECONDS))


@router.options("/cleanup", tags=["cleanup"])
async def cleanup_options(request: Request) -> Any:
    """Handle CORS preflight requests."""
    return allow(request)


@router.post("/refresh-daily-credits", tags=["internal", "internal"], dependencies=[SchedulerRequired])
@pools.SCHEDULES.runs
def refresh_daily_credits() -> Any:
    """Refresh daily credits - called by a scheduler at midnight UTC.

    Balances need no refresh: each day has its own record. This deletes the credit records of past days.
    """
    return {"success": True, "refreshed": refresh(clock.now())}
