"""Quotas of variants: for a key of image URLs and for an address per minute, for a source per day."""

from imgopt.accounts.plans import Tier
from imgopt.quotas import service as quotas
from imgopt.quotas.rules import URL_MISSES_BY_ADDRESS, URL_MISSES_BY_KEY, URL_VARIANTS


class UrlAdmission:
    """The quotas of one request, which is counted once, and only where it causes work."""

    def __init__(self, key_name: str, address: str) -> None:
        self._key_name, self._address = key_name, address
        self.is_counted = False

    def admit(self) -> None:
        """Counts the request. Raises RateLimited."""
        if self.is_counted:
            return
        quotas.spend(URL_MISSES_BY_ADDRESS, self._address, Tier.UNREGISTERED, 1)
        quotas.spend(URL_MISSES_BY_KEY, self._key_name, Tier.UNREGISTERED, 1)
        self.is_counted = True

    def admit_variant(self, digest: str) -> None:
        """Counts another variant of a source. Raises RateLimited."""
        self.admit()
        quotas.spend(URL_VARIANTS, digest, Tier.UNREGISTERED, 1)
