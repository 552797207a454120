from typing import Any

from fastapi import APIRouter

from functions.api import pools
from imgopt.files import repository as files
from imgopt.settings import settings
from imgopt.storage import objects, table

router = APIRouter()


@router.get("/health", tags=["health"])
async def health_check() -> Any:
    """Health check endpoint for monitoring.
    Returns 200 OK if the service is healthy.
    """
    return {"status": "healthy"}


@router.get("/readiness", tags=["health"])
@pools.READINESS.runs
def readiness_check() -> Any:
    """Readiness check.
    Verifies that the service can handle requests. Answers 503 if the service can't read its table or write to its
    bucket in time.
    """
    table.check_table()
    objects.check_bucket(settings().uploads_bucket, files.upload_key(""))
    return {"status": "ready"}
