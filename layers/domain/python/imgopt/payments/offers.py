"""The price of a call that lacks credits, in the format of x402. The SDK is imported late, because that takes 0.2 s."""

from typing import TYPE_CHECKING

from imgopt.settings import settings

if TYPE_CHECKING:
    from x402.schemas import PaymentRequirements

PAYMENT_SCHEME, VERSION = "exact", 2
# A client may sign for this long; a settlement takes seconds.
OFFERED_SECONDS = 300


def is_offered() -> bool:
    return bool(settings().x402_pay_to)


def requirements_for(credits_missing: int) -> "PaymentRequirements":
    from x402.schemas import PaymentRequirements

    config = settings()
    return PaymentRequirements(
        scheme=PAYMENT_SCHEME,
        network=config.x402_network,
        asset=config.x402_asset,
        amount=str(credits_missing * config.x402_credit_price),
        pay_to=config.x402_pay_to,
        max_timeout_seconds=OFFERED_SECONDS,
        extra={"name": config.x402_asset_name, "version": config.x402_asset_version},
    )


def write_offer(credits_missing: int, url: str, fault: str) -> str:
    """Returns the header PAYMENT-REQUIRED for a call of `url`. `fault` says what was wrong with an earlier payment."""
    from x402.http.utils import encode_payment_required_header
    from x402.schemas import PaymentRequired, ResourceInfo

    offer = PaymentRequired(
        x402_version=VERSION,
        error=fault or "Payment is required.",
        resource=ResourceInfo(url=url, description=f"{credits_missing} credits", mime_type="application/json"),
        accepts=[requirements_for(credits_missing)],
    )
    return encode_payment_required_header(offer)
