"""Who may reach the service, and what it may reach."""

from typing import Self

from pydantic import BaseModel, Field, model_validator

from imgopt.setting_types import HeaderName, Networks, Ports, PublicUrl, SharedSecret, Strings


class NetworkSettings(BaseModel):
    """Websites, hosts, proxies, and the secrets that they share with the service."""

    cors_origins: Strings = Field(
        "*", validate_default=True, description="Websites whose scripts may call the API; * for all of them."
    )
    docs: bool = Field(True, description="Whether /docs and /openapi.json describe the API to everybody.")
    allowed_hosts: Strings = Field(
        "", validate_default=True, description="Hosts, without ports, that requests may name; empty for all of them."
    )
    fetch_seconds: float = Field(20, gt=0, description="Longest time for fetching a URL, redirects and all.")
    fetch_ports: Ports = Field("80,443", validate_default=True, description="Ports that URLs are fetched from.")
    fetch_trusted_hosts: Strings = Field(
        "", validate_default=True, description="Each host:port that may be fetched from though it is not public."
    )

    trusted_proxies: Networks = Field(
        "",
        validate_default=True,
        description="Networks of proxies whose X-Forwarded-For tells the client's address, as 10.0.0.0/8.",
    )

    origin_secret: SharedSecret = Field(
        "",
        repr=False,
        description="A proxy sends it as Imgopt-Origin-Secret; requests without it are refused. Several as below.",
    )
    origin_secret_arn: str = Field("", description="Where it is in Secrets Manager, in place of the above.")
    client_address_header: HeaderName = Field(
        "", description="By which the proxy that knows the secret tells a client's address, whatever the client sent."
    )
    results_url: PublicUrl = Field(
        "", description="A CDN that passes signed addresses on to the bucket of results, as https://img.example.com."
    )

    scheduler_secret: SharedSecret = Field(
        "",
        repr=False,
        description="Lets whoever sends it call /internal/*; several by commas while one is replaced by another.",
    )
    scheduler_secret_arn: str = Field("", description="Where it is in Secrets Manager, in place of the above.")
    process_issuer: str = Field("", description="OIDC issuer of the tokens that POST /process takes.")
    process_audience: str = Field("", description="Their audience.")
    process_subject: str = Field("", description="The service account: their subject or e-mail address.")
    process_seconds: float = Field(25, gt=0, le=25, description="How long POST /process waits for a job's end.")

    tinypng_seconds: float = Field(
        100, gt=0, description="How long calls of TinyPNG's API wait for a job's end; API Gateway gives up after 29."
    )

    @model_validator(mode="after")
    def check_who_tells_addresses(self) -> Self:
        """Whoever goes around the proxy could say anything."""
        if self.client_address_header and not (self.origin_secret or self.origin_secret_arn):
            raise ValueError("IMGOPT_CLIENT_ADDRESS_HEADER needs a secret by which the proxy is known")
        return self
