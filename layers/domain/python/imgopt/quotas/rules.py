"""Quotas: what is counted, for whom, and in which time. The limits are settings."""

from dataclasses import dataclass
from enum import StrEnum

from imgopt.accounts.groups import group_of
from imgopt.accounts.plans import Tier
from imgopt.settings import settings

MINUTE, HOUR, DAY = 60, 3600, 86400


class Counted(StrEnum):
    """Whom or what a rule counts for.

    PRINCIPAL of a request without a credential is its address. STRANGER is the address of a request without a
    credential. SITE is the largest block of addresses that is given to one customer. EVERYBODY is a single count.
    """

    ADDRESS = "address"
    SITE = "site"
    EVERYBODY = "everybody"
    PRINCIPAL = "principal"
    STRANGER = "stranger"
    DEVICE_CODE = "device_code"
    URL_KEY = "url_key"
    SOURCE = "source"


@dataclass(frozen=True)
class Rule:
    """A limit for each window of `seconds`; `message` is the answer beyond it.

    Requests are counted, or an amount that requests ask for. `counted_with` names the rule whose item also holds this
    rule's count. Both must have the same keys and seconds; then one write counts both.
    """

    name: str
    counted: Counted
    seconds: int
    message: str
    counted_with: str = ""

    def limit_of(self, tier: Tier) -> int:
        """Returns the most that is allowed in a window."""
        setting = f"rate_{self.name.replace('-', '_')}"
        limit: int = getattr(settings(), f"{setting}_{group_of(tier)}" if self.is_by_tier else setting)
        return limit

    @property
    def is_by_tier(self) -> bool:
        return self.counted is Counted.PRINCIPAL


class CreditRule(Rule):
    """A rule that counts guests' credits. Its setting is a number of guests, each with the daily credits of
    one guest.
    """

    def limit_of(self, tier: Tier) -> int:
        guests: int = getattr(settings(), self.name.replace("-", "_"))
        return guests * settings().credits_unregistered


UPLOADED_BYTES = Rule("upload-bytes", Counted.PRINCIPAL, DAY, "Too many bytes were uploaded today.")
# Guests are counted by address and day in both rules.
NEW_GUESTS = Rule(
    "new-guests",
    Counted.STRANGER,
    DAY,
    "Too many new guests from your IP address today. Sign in to continue.",
    counted_with=UPLOADED_BYTES.name,
)
RULES = {
    rule.name: rule
    for rule in (
        Rule("uploads", Counted.PRINCIPAL, MINUTE, "Too many uploads in one minute."),
        Rule("processing", Counted.PRINCIPAL, MINUTE, "Too many processing calls in one minute."),
        NEW_GUESTS,
        Rule("key-checks", Counted.ADDRESS, MINUTE, "Too many API keys were checked in one minute."),
        Rule("device-code", Counted.ADDRESS, HOUR, "Too many device codes in one hour."),
        Rule("token-poll", Counted.DEVICE_CODE, MINUTE, "The token of this device code was requested too often."),
        Rule("polls-by-address", Counted.ADDRESS, MINUTE, "Tokens were requested too often from your IP address."),
        Rule("approve", Counted.ADDRESS, HOUR, "Too many approvals in one hour."),
    )
}
FAILED_JOBS = Rule("failed-jobs", Counted.PRINCIPAL, DAY, "Too many of your files could not be processed today.")
# Guests are easy to create: their credits are also counted by address, by site, and for all guests.
GUESTS_CREDITS = (
    CreditRule(
        "guests-per-address", Counted.ADDRESS, DAY, "Guests at your IP address have used up their credits for today."
    ),
    CreditRule("guests-per-site", Counted.SITE, DAY, "Guests of your network have used up their credits for today."),
    CreditRule("guests-in-all", Counted.EVERYBODY, DAY, "All guests together have used up their credits for today."),
)
# Images that are made because their image URL was requested.
URL_MISSES_BY_KEY = Rule(
    "url-misses-by-key", Counted.URL_KEY, MINUTE, "Too many new images were requested in one minute."
)
URL_MISSES_BY_ADDRESS = Rule(
    "url-misses-by-address", Counted.ADDRESS, MINUTE, "You requested too many new images in one minute."
)
URL_VARIANTS = Rule(
    "url-variants", Counted.SOURCE, DAY, "Too many different variants of this source were requested today."
)
