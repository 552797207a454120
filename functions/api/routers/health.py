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
    Verifies that the service can handle requests: 503 where its table can't be read, or its bucket takes no files, or
    neither says so in time.
    """
    table.check_table()
    objects.check_bucket(settings().uploads_bucket, files.upload_key(""))
    return {"status": "ready"}
