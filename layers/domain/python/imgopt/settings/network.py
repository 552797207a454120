"""Settings of the network: who may reach the service, and what the service may fetch."""

from typing import Self

from pydantic import BaseModel, Field, model_validator

from imgopt.setting_types import HeaderName, Networks, Ports, PublicUrl, SharedSecret, Strings


class NetworkSettings(BaseModel):
    """Websites, hosts and proxies, and the secrets that they share with the service."""

    cors_origins: Strings = Field(
        "*",
        validate_default=True,
        description=(
            "Websites whose scripts and forms may call the API, such as "
            "`https://example.com,https://example.org`; `*` allows all. The service's own pages are always "
            "allowed. With `make up` the default allows no others."
        ),
    )
    docs: bool = Field(True, description="Whether `/docs` and `/openapi.json`, which describe the API, are public.")
    allowed_hosts: Strings = Field(
        "",
        validate_default=True,
        description=(
            "Host names, without ports, that requests may be addressed to, separated by commas; empty allows "
            "all. `make up` allows these, 127.0.0.1, localhost and the host of `IMGOPT_PUBLIC_URL`, and no "
            "others."
        ),
    )
    fetch_seconds: float = Field(
        20, gt=0, description="Longest time for fetching a URL, in seconds, including DNS and redirects."
    )
    fetch_ports: Ports = Field(
        "80,443", validate_default=True, description="Ports that URLs may be fetched from, separated by commas."
    )
    fetch_trusted_hosts: Strings = Field(
        "",
        validate_default=True,
        description=(
            "Private hosts, with ports, that every client may use for URLs to fetch and for callbacks, such "
            "as `files.lan:8000,[fd00::1]:80`."
        ),
    )

    trusted_proxies: Networks = Field(
        "",
        validate_default=True,
        description=(
            "Networks of proxies whose `X-Forwarded-For` contains the client's address, such as `10.0.0.0/8`."
            " In a shared network, such as CloudFront's, everybody can run a proxy that sends any address: "
            "also set `IMGOPT_ORIGIN_SECRET` there."
        ),
    )

    origin_secret: SharedSecret = Field(
        "",
        repr=False,
        description=(
            "Secret of at least 32 characters that the proxy in front adds to each request as "
            "`Imgopt-Origin-Secret`; requests without it get 403, except `/health` and `/readiness`. While a "
            "new one replaces an old one, write both, separated by a comma."
        ),
    )
    origin_secret_arn: str = Field(
        "", description="ARN of the secret in Secrets Manager to use in place of `IMGOPT_ORIGIN_SECRET`."
    )
    client_address_header: HeaderName = Field(
        "",
        description=(
            "Header in which the proxy that knows the origin secret sends the client's address, in place of "
            "`X-Forwarded-For`. The proxy must overwrite what the client has sent."
        ),
    )
    results_url: PublicUrl = Field(
        "",
        description=(
            "URL of a CDN that forwards requests, with their whole query, to the bucket of results, such as "
            "`https://img.example.com`; presigned URLs use it."
        ),
    )

    scheduler_secret: SharedSecret = Field(
        "",
        repr=False,
        description=(
            "Secret of at least 32 characters with which your own scheduler calls `/internal/*`, in the "
            "header `X-CloudScheduler`. While a new one replaces an old one, write both, separated by a "
            "comma."
        ),
    )
    scheduler_secret_arn: str = Field(
        "", description="ARN of the secret in Secrets Manager to use in place of `IMGOPT_SCHEDULER_SECRET`."
    )
    process_issuer: str = Field(
        "", description="Issuer of the OpenID Connect tokens with which a task queue calls `POST /process`."
    )
    process_audience: str = Field("", description="Audience of the tokens that `POST /process` accepts.")
    process_subject: str = Field(
        "",
        description=(
            "Subject or e-mail address of the tokens that `POST /process` accepts: the queue's service account."
        ),
    )
    process_seconds: float = Field(25, gt=0, le=25, description="Seconds that `POST /process` waits for a job to end.")

    tinypng_seconds: float = Field(
        100,
        gt=0,
        description=(
            "Seconds that calls of TinyPNG's API wait for a job to end; 25 on AWS, where API Gateway ends "
            "calls after 29."
        ),
    )

    @model_validator(mode="after")
    def check_who_tells_addresses(self) -> Self:
        """Raises ValueError for the header without the secret: clients that bypass the proxy could send any address."""
        if self.client_address_header and not (self.origin_secret or self.origin_secret_arn):
            raise ValueError("IMGOPT_CLIENT_ADDRESS_HEADER requires IMGOPT_ORIGIN_SECRET, which identifies the proxy")
        return self
