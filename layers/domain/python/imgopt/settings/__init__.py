"""Every setting of the service, read once from `IMGOPT_*` environment variables."""

from functools import cache
from typing import ClassVar

from pydantic import AwareDatetime, ConfigDict, Field

from imgopt.environment import EnvironmentSettings
from imgopt.settings.billing import BillingSettings
from imgopt.settings.buckets import BucketSettings
from imgopt.settings.credits import CreditSettings
from imgopt.settings.image_urls import ImageUrlSettings
from imgopt.settings.limits import LimitSettings
from imgopt.settings.network import NetworkSettings
from imgopt.settings.payments import PaymentSettings
from imgopt.settings.sign_in import SignInSettings
from imgopt.settings.tagging import TaggingSettings
from imgopt.settings.variants import VariantSettings


class Settings(
    BillingSettings,
    PaymentSettings,
    SignInSettings,
    CreditSettings,
    TaggingSettings,
    ImageUrlSettings,
    BucketSettings,
    NetworkSettings,
    LimitSettings,
    VariantSettings,
    EnvironmentSettings,
):
    """All settings. Sizes are in bytes, times in seconds, unless the name says otherwise."""

    model_config = ConfigDict(defer_build=False)  # children of the sandbox's server use it, too
    prefix: ClassVar[str] = "IMGOPT_"

    table_name: str = Field("", description="Name of the DynamoDB table. The stacks and `make up` set it.")
    uploads_bucket: str = Field("", description="Name of the bucket for uploads. The stacks and `make up` set it.")
    results_bucket: str = Field("", description="Name of the bucket for results. The stacks and `make up` set it.")
    state_machine_arn: str = Field(
        "", description="ARN of the standard state machine. The stacks and `make up` set it."
    )
    express_machine_arn: str = Field(
        "", description="ARN of the express state machine. The stacks and `make up` set it."
    )
    # Executions begun before this time have been stopped. Only the local cloud knows such a time.
    executions_stopped_at: AwareDatetime | None = Field(
        None, description="Time before which all executions have been stopped. `make up` sets it."
    )

    callbacks_queue_url: str = Field("", description="URL of the queue of callbacks. The stacks and `make up` set it.")
    upscales_queue_url: str = Field(
        "", description="URL of the queue of upscale orders. The stacks and `make up` set it."
    )
    signing_secret_arn: str = Field(
        "",
        description=(
            "ARN of the secret in Secrets Manager that signs callbacks and guests' session tokens. The stacks and "
            "`make up` set it."
        ),
    )
    signing_secret: str = Field(
        "",
        repr=False,
        description=(
            "Secret that signs callbacks and guests' session tokens, in place of the one in Secrets Manager. "
            "While a new one replaces an old one, write both, one a line, the new one first."
        ),
    )

    @property
    def signs_results(self) -> bool:
        """Whether there is a key that signs C2PA manifests."""
        return bool(self.c2pa_secret_arn or (self.c2pa_certificates and self.c2pa_private_key))

    def credits_of(self, tier: str) -> int:
        amount: int = getattr(self, f"credits_{tier}")
        return amount


@cache
def settings() -> Settings:
    return Settings()
