"""HTTP twins of the schedules, for those who call them from outside."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request

from functions.api.preflight import allow
from imgopt.errors import NotAvailable

router = APIRouter(prefix="/internal")
Scheduler = Annotated[str | None, Header(alias="X-CloudScheduler")]


@router.post("/cleanup", tags=["cleanup"])
def cleanup_expired_jobs(x_cloudscheduler: Scheduler = None) -> Any:
    """Cleanup expired jobs."""
    raise NotAvailable(
        "Cleaning up by request is not available in this version: files and records expire by themselves."
    )


@router.options("/cleanup", tags=["cleanup"])
def cleanup_options(request: Request) -> Any:
    """Handle CORS preflight requests."""
    return allow(request)


@router.post("/refresh-daily-credits", tags=["internal", "internal"])
def refresh_daily_credits(x_cloudscheduler: Scheduler = None) -> Any:
    """Refresh daily credits for free tier users."""
    raise NotAvailable("Credits are not available in this version.")
