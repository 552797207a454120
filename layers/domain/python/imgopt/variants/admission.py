"""How many images may be made: for one key of URLs and one address in a minute, of one source in a day."""

from imgopt.accounts.plans import Tier
from imgopt.quotas import service as quotas
from imgopt.quotas.rules import URL_MISSES_BY_ADDRESS, URL_MISSES_BY_KEY, URL_VARIANTS


class UrlAdmission:
    """Of one request, which is counted once, and where it makes work alone."""

    def __init__(self, key_name: str, address: str) -> None:
        self._key_name, self._address = key_name, address
        self.is_counted = False

    def admit(self) -> None:
        """Raises RateLimited."""
        if self.is_counted:
            return
        quotas.spend(URL_MISSES_BY_ADDRESS, self._address, Tier.UNREGISTERED, 1)
        quotas.spend(URL_MISSES_BY_KEY, self._key_name, Tier.UNREGISTERED, 1)
        self.is_counted = True

    def admit_variant(self, digest: str) -> None:
        """Another image of a source."""
        self.admit()
        quotas.spend(URL_VARIANTS, digest, Tier.UNREGISTERED, 1)
