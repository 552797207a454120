"""The context `github_…` and `delivery_…`: options of continuous delivery."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from cdk.constructs.gpu_options import split_option
from cdk.option_models import read_options

if TYPE_CHECKING:
    from constructs import IConstruct

# The keys of an environment besides the service's context: account and region, and the ARN of a secret with an API key
# for the smoke test, which is needed if guests are not allowed.
PLACE_KEYS, SMOKE_SECRET = ("account", "region"), "smoke_secret"
# Optionally with the ids that GitHub adds to the subjects of new repositories' tokens since July 2026.
GITHUB_REPOSITORY = r"^[\w.-]+(@\d+)?/[\w.-]+(@\d+)?$"
CONNECTION = r"^arn:[\w-]+:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection/[\w-]+$"
PROVIDER = r"^arn:[\w-]+:iam::\d{12}:oidc-provider/token\.actions\.githubusercontent\.com$"


def read_environment(given: object) -> object:
    """Parses JSON from the command line, where all context is text."""
    return json.loads(given) if isinstance(given, str) else given


def logical_name(environment: str) -> str:
    """The name of an environment in ids of resources: only letters and digits."""
    return "".join(part.title() for part in environment.replace("_", "-").split("-"))


def check_apart(environments: tuple[str, ...]) -> tuple[str, ...]:
    """Raises ValueError if two environments would have the same role."""
    if len(set(map(logical_name, environments))) < len(environments):
        raise ValueError("two names are the same")
    return environments


EnvironmentContext = Annotated[dict[str, Any], BeforeValidator(read_environment)]
CONTEXT_OF_AN_ENVIRONMENT = 'context in JSON, such as {"name": "Staging"}'
EnvironmentName = Annotated[str, Field(pattern=r"^[\w-]+$")]


class GithubOptions(BaseModel):
    """Options for GitHub. `repository` is as in its tokens. `provider` is the account's existing OIDC provider."""

    model_config = ConfigDict(alias_generator=lambda name: f"github_{name}", extra="forbid", frozen=True)

    repository: str = Field(pattern=GITHUB_REPOSITORY, description="OWNER/NAME of a repository")
    environments: Annotated[tuple[EnvironmentName, ...], BeforeValidator(split_option), AfterValidator(check_apart)] = (
        Field(
            ("staging", "production"),
            min_length=1,
            description="names of environments, of letters, digits, - and _, each with other letters and digits",
        )
    )
    provider: Annotated[str, Field(pattern=PROVIDER)] | None = Field(
        None, description="the ARN of the account's provider of GitHub's tokens"
    )


class DeliveryOptions(BaseModel):
    """Options for a pipeline. `staging` and `production` are context for their stacks, with account and region."""

    model_config = ConfigDict(alias_generator=lambda name: f"delivery_{name}", extra="forbid", frozen=True)

    repository: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="OWNER/NAME of a repository")
    connection: str = Field(pattern=CONNECTION, description="the ARN of a connection to where the repository is")
    branch: str = Field("main", min_length=1, description="the name of a branch")
    staging: EnvironmentContext = Field({"name": "Staging"}, description=CONTEXT_OF_AN_ENVIRONMENT)
    production: EnvironmentContext = Field({}, description=CONTEXT_OF_AN_ENVIRONMENT)

    @model_validator(mode="after")
    def _are_two_installations(self) -> Self:
        if self.shares_place and self.staging.get("name") == self.production.get("name"):
            raise ValueError("staging and production are in the same account and region: give them different names")
        return self

    @property
    def shares_place(self) -> bool:
        return all(self.staging.get(key) == self.production.get(key) for key in PLACE_KEYS)

    @property
    def names_places(self) -> bool:
        return any(key in each for key in PLACE_KEYS for each in (self.staging, self.production))

    @property
    def production_context(self) -> dict[str, Any]:
        """The context of production. In the same account and region, staging has already set API Gateway's log role."""
        return {"log_role": False, **self.production} if self.shares_place else dict(self.production)


def service_context(context: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in context.items() if key not in (*PLACE_KEYS, SMOKE_SECRET)}


def github_options(scope: "IConstruct") -> GithubOptions | None:
    """The options. None if no repository is named. Raises ValueError if a name or a value is not valid."""
    known = _context_of(scope, "github_")
    return read_options(GithubOptions, known) if known else None


def delivery_options(scope: "IConstruct") -> DeliveryOptions | None:
    """The options. None if no repository is named. Raises ValueError if a name or a value is not valid."""
    known = _context_of(scope, "delivery_")
    return read_options(DeliveryOptions, known) if known else None


def _context_of(scope: "IConstruct", prefix: str) -> dict[str, Any]:
    return {name: value for name, value in scope.node.get_all_context().items() if name.startswith(prefix)}
