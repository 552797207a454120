"""Settings of payments by x402, which buy the credits that a call lacks."""

from typing import Self

from pydantic import BaseModel, Field, model_validator

from imgopt.setting_types import EvmAddress, EvmNetwork, FacilitatorUrl


class PaymentSettings(BaseModel):
    """The receiving address, the token, and the facilitator. Without a receiving address no payments are accepted."""

    x402_pay_to: EvmAddress = Field(
        "",
        description=(
            "Address on the chain that receives payments by x402; without it none are accepted ([x402](../x402.md))."
        ),
    )
    x402_facilitator_url: FacilitatorUrl = Field(
        "",
        description=(
            "HTTPS URL of the facilitator that verifies and settles payments by x402, such as "
            "`https://facilitator.example`."
        ),
    )
    x402_network: EvmNetwork = Field(
        "", description="Chain on which payments by x402 are made, such as `eip155:8453` for Base."
    )
    x402_asset: EvmAddress = Field(
        "", description="Address of the contract of the token in which payments by x402 are made."
    )
    x402_asset_name: str = Field("USD Coin", description="Name of the token of x402 payments in signatures (EIP-712).")
    x402_asset_version: str = Field("2", description="Version of the token of x402 payments in signatures (EIP-712).")
    x402_credit_price: int = Field(
        1000,
        gt=0,
        description=("Price of a credit in the smallest units of the token of x402 payments: 1000 of USDC are $0.001."),
    )
    x402_seconds: float = Field(
        15,
        gt=0,
        le=15,
        description="Seconds that the x402 facilitator may take for verifying and settling a payment together.",
    )

    @model_validator(mode="after")
    def check_where_payments_go(self) -> Self:
        needed = ("x402_facilitator_url", "x402_network", "x402_asset")
        missing = [f"IMGOPT_{name.upper()}" for name in needed if not getattr(self, name)]
        if self.x402_pay_to and missing:
            raise ValueError(f"IMGOPT_X402_PAY_TO needs {' and '.join(missing)}")
        return self
