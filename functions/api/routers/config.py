from typing import Any

from fastapi import APIRouter

from imgopt.errors import NotAvailable

router = APIRouter(prefix="/config", tags=["config", "config"])


@router.get("")
def get_public_config() -> Any:
    """Get public configuration values.

    Returns tier limits and other non-sensitive config.
    """
    raise NotAvailable("The public configuration is not available in this version.")
