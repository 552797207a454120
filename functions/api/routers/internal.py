"""HTTP twins of the schedules, for those who call them from outside."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from functions.api import pools
from functions.api.callers import OnlySchedulers
from functions.api.preflight import allow
from imgopt import clock
from imgopt.credits.service import refresh

router = APIRouter(prefix="/internal")
# API Gateway gives up after 29 seconds. What is left is for the next call.
CLEANUP_SECONDS = 20


@router.post("/cleanup", tags=["cleanup"], dependencies=[OnlySchedulers])
@pools.SCHEDULES.runs
def cleanup_expired_jobs() -> Any:
    """Cleanup expired jobs - called by a scheduler.

    Deletes the files of expired jobs and uploads and strips or removes their records, for up to 20 seconds.
    """
    # It knows the stages, which no other request needs: two percent of a cold start.
    from imgopt.retention.cleanup import clean_up

    return asdict(clean_up(CLEANUP_SECONDS))


@router.options("/cleanup", tags=["cleanup"])
async def cleanup_options(request: Request) -> Any:
    """Handle CORS preflight requests."""
    return allow(request)


@router.post("/refresh-daily-credits", tags=["internal", "internal"], dependencies=[OnlySchedulers])
@pools.SCHEDULES.runs
def refresh_daily_credits() -> Any:
    """Refresh daily credits - called by a scheduler at midnight UTC.

    Credits are full again at midnight by themselves: this tidies up after the day that is over.
    """
    return {"success": True, "refreshed": refresh(clock.now())}
