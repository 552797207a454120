"""Settings of the sign-in of users, and of the credentials of programs."""

from pydantic import BaseModel, Field

from imgopt.setting_types import PublicUrl
from imgopt.units import HOUR


class SignInSettings(BaseModel):
    """The OIDC issuer, and the lifetimes of device tokens."""

    oidc_issuer: str = Field(
        "",
        description=(
            "OpenID Connect issuer that signs users in, such as `https://issuer.example`; without one there are no "
            "users. In `cdk.json` it replaces the user pool."
        ),
    )
    oidc_audience: str = Field(
        "",
        description=(
            "Audience that the issuer's tokens must have: usually the client id of this service, then those "
            "of websites, separated by commas."
        ),
    )
    oidc_scope: str = Field("", description="Scope that the issuer's tokens must have; empty requires none.")
    oidc_client_id: str = Field("", description="Client id of the sign-in page, if it is not the audience.")
    oidc_client_secret: str = Field(
        "", repr=False, description="Client secret of the sign-in page, if it has one; PKCE is always used."
    )
    oidc_client_secret_arn: str = Field(
        "", description="ARN of the secret in Secrets Manager to use in place of `IMGOPT_OIDC_CLIENT_SECRET`."
    )
    oidc_discovery_url: str = Field(
        "", description=("URL of the issuer's OpenID configuration, if it is not below the issuer's own URL.")
    )
    public_url: PublicUrl = Field(
        "",
        description=(
            "URL at which browsers reach the service, if requests do not show it. It must be HTTPS, except on"
            " your own machine."
        ),
    )
    mcp_guests: bool = Field(
        True,
        description=("Whether `/mcp` accepts guests; otherwise programs without a credential must sign in."),
    )
    api_keys_per_user: int = Field(20, gt=0, description="Maximum number of API keys of one user.")
    device_token_lifetime: int = Field(
        365 * 24 * HOUR, gt=0, description="Seconds for which the token of a device is valid."
    )
    device_token_disuse: int = Field(
        90 * 24 * HOUR, gt=0, description="Seconds without use after which the token of a device expires early."
    )
