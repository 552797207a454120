"""Stripe's two modes: in test mode, cards that anybody can look up pay for everything."""

from functools import cache

from imgopt.settings import settings
from imgopt.telemetry import logger

IS_LIVE = {"test": False, "live": True}


def is_live(api_key: str) -> bool | None:
    """By its beginning, such as `sk_live_` or `rk_test_`; None where it does not tell."""
    return next((IS_LIVE[part] for part in api_key.split("_")[1:3] if part in IS_LIVE), None)


@cache
def report_test_key(api_key: str) -> None:
    """Logs an error, once, where what is sold at a public address costs nothing."""
    if is_live(api_key) is False and settings().public_url.startswith("https://"):
        logger.error("a test key of Stripe sells at a public address")
