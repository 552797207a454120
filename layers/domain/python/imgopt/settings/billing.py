"""Stripe's account."""

from pydantic import BaseModel, Field

from imgopt.setting_types import Origins, Prices


class BillingSettings(BaseModel):
    """Its keys, prices, and what follows from its messages."""

    stripe_secret_arn: str = Field(
        "", description='Stripe\'s keys in Secrets Manager: {"api_key": "...", "webhook_secret": "..."}.'
    )
    stripe_api_key: str = Field("", repr=False, description="In place of the one in Secrets Manager.")
    stripe_webhook_secret: str = Field(
        "", repr=False, description="The same; several are separated by commas while one is replaced by another."
    )
    stripe_api_base: str = Field("https://api.stripe.com", description="Where Stripe is.")
    stripe_prices: Prices = Field(
        "", validate_default=True, description="The tier that each price of Stripe's buys: price_a=starter,price_b=pro."
    )
    billing_origins: Origins = Field(
        "",
        validate_default=True,
        description="Websites that Stripe may send users back to, as https://example.com. The portal takes the first.",
    )
    billing_grace_days: int = Field(
        7, ge=0, description="How long a tier is kept after a payment has failed, or without news of the next period."
    )
    webhook_tolerance: int = Field(300, gt=0, description="Seconds that a message of Stripe's may be old.")
