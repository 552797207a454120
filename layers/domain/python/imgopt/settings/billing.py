"""Settings of billing by Stripe."""

from pydantic import BaseModel, Field

from imgopt.setting_types import Origins, Prices


class BillingSettings(BaseModel):
    """Stripe's keys and prices, and how its events are handled."""

    stripe_secret_arn: str = Field(
        "",
        description=(
            'ARN of the secret in Secrets Manager that holds Stripe\'s keys: `{"api_key": "...", "webhook_secret": '
            '"..."}`.'
        ),
    )
    stripe_api_key: str = Field("", repr=False, description="Stripe's API key, in place of the one in Secrets Manager.")
    stripe_webhook_secret: str = Field(
        "",
        repr=False,
        description=(
            "Secret that signs Stripe's events, in place of the one in Secrets Manager. While a new one "
            "replaces an old one, write both, separated by a comma."
        ),
    )
    stripe_api_base: str = Field("https://api.stripe.com", description="URL of Stripe's API.")
    stripe_prices: Prices = Field(
        "",
        validate_default=True,
        description="Tier that each of Stripe's prices buys, such as `price_a=starter,price_b=pro`.",
    )
    billing_origins: Origins = Field(
        "",
        validate_default=True,
        description=(
            "Websites that Stripe may send users back to, such as `https://example.com`, separated by commas. "
            "Stripe's customer portal uses the first."
        ),
    )
    billing_grace_days: int = Field(
        7,
        ge=0,
        description=(
            "Days for which a tier is kept after a failed payment, or without an event about the next period."
        ),
    )
    webhook_tolerance: int = Field(
        300, gt=0, description="Oldest age of an event from Stripe that is accepted, in seconds."
    )
