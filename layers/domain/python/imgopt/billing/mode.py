"""Stripe's two modes. In test mode, publicly known card numbers pay for everything."""

from functools import cache

from imgopt.settings import settings
from imgopt.telemetry import logger

IS_LIVE = {"test": False, "live": True}


def is_live(api_key: str) -> bool | None:
    """Returns whether a key is for live mode, by its prefix (`sk_live_`, `rk_test_`); None where the prefix doesn't
    tell.
    """
    return next((IS_LIVE[part] for part in api_key.split("_")[1:3] if part in IS_LIVE), None)


@cache
def report_test_key(api_key: str) -> None:
    """Logs an error, once, where a public URL sells with a test key, so that everything is free."""
    if is_live(api_key) is False and settings().public_url.startswith("https://"):
        logger.error("a test key of Stripe is used at a public URL")
