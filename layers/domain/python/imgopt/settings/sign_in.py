"""Who signs users in, and what lets programs in."""

from pydantic import BaseModel, Field

from imgopt.setting_types import PublicUrl
from imgopt.units import HOUR


class SignInSettings(BaseModel):
    """The OIDC issuer, and the lifetimes of devices' tokens."""

    oidc_issuer: str = Field(
        "", description="Who signs users in, as https://issuer.example; without one there are no users."
    )
    oidc_audience: str = Field(
        "",
        description="For whom its tokens are: this service's client id, as a rule; several with commas between them.",
    )
    oidc_scope: str = Field("", description="One that its tokens must have; empty for none in particular.")
    oidc_client_id: str = Field("", description="By which the sign-in page asks, where that is not the audience.")
    oidc_client_secret: str = Field("", repr=False, description="The client's secret, if it has one.")
    oidc_client_secret_arn: str = Field("", description="Where it is in Secrets Manager, in place of the above.")
    oidc_discovery_url: str = Field("", description="The issuer's configuration, where it is not below the issuer.")
    public_url: PublicUrl = Field(
        "", description="Where browsers find the service, where it can't tell by their requests."
    )
    mcp_guests: bool = Field(
        True, description="Whether `/mcp` takes guests; where not, programs without a credential are asked to sign in."
    )
    api_keys_per_user: int = Field(20, gt=0, description="Most API keys of a user.")
    device_token_lifetime: int = Field(
        365 * 24 * HOUR, gt=0, description="How long the token of a device is valid that was let in."
    )
    device_token_disuse: int = Field(
        90 * 24 * HOUR, gt=0, description="After how long without use it ends before that."
    )
