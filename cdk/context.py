"""The options of an installation in the context of cdk.json. They are validated before resources are created."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cdk.edge_options import KEYS_OF_THE_EDGE, edge_domain_of, has_edge

if TYPE_CHECKING:
    import aws_cdk as cdk
    from constructs import IConstruct

NAME = re.compile(r"[A-Z][A-Za-z0-9]{0,19}")
# The beginnings of the names of settings that stages do not need.
API_SETTING_PREFIXES = tuple(
    f"IMGOPT_{start}"
    for start in (
        "OIDC_",
        "STRIPE_",
        "BILLING_",
        "WEBHOOK_",
        "SCHEDULER_",
        "ORIGIN_",
        "PROCESS_",
        "CORS_",
        "TRUSTED_",
        "URL_",
        "X402_",
    )
)
C2PA_SETTING = "IMGOPT_C2PA_SECRET_ARN"
PAY_TO_SETTING = "IMGOPT_X402_PAY_TO"
SWITCHES = {True: True, "true": True, False: False, "false": False}
KEYS_OF_GPUS = ("gpu_instance_types", "gpu_max_tasks", "gpu_keep_minutes", "gpu_spot")
KEYS = (
    *("settings", "name", "optimize_mb", "upscale_mb", "account_concurrency", "callback_urls", "sign_in_domain"),
    *("monitoring", "alarm_email", "monthly_budget", "canary_minutes", "mfa_required", "log_role", "detailed_metrics"),
    *("gpu", *KEYS_OF_GPUS),
    *("edge", *KEYS_OF_THE_EDGE, "customer_key", "open_telemetry_layer", "platform_logs"),
    # The options of cdk/delivery, which the service itself does not use.
    *("github_repository", "github_environments", "github_provider"),
    *("delivery_repository", "delivery_connection", "delivery_branch", "delivery_staging", "delivery_production"),
)
SWITCHED = (
    "monitoring",
    "mfa_required",
    "log_role",
    "detailed_metrics",
    "gpu",
    "gpu_spot",
    "edge",
    "customer_key",
    "platform_logs",
)
WEBSITE = re.compile(r"https://[^/\s]+(/\S*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/\S*)?")
ADDRESS_OF_ALARMS = re.compile(r"[^@\s,;]+@[^@\s,;\[\]']+\.[^@\s,;\[\]']+")
ADDRESS_PART = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
KEPT_BY_COGNITO = ("aws", "amazon", "cognito")
SMALLEST_MB, LARGEST_MB = 1536, 10_240


def settings_of(scope: "IConstruct") -> dict[str, str]:
    """The settings as environment variables, whose values are text.

    Raises ValueError if the command line has no valid JSON.
    """
    given = scope.node.try_get_context("settings")
    known = {} if given in (None, "") else given if isinstance(given, dict) else read(given)
    domain = edge_domain_of(scope)
    own = {"IMGOPT_PUBLIC_URL": f"https://{domain}"} if domain else {}
    return {**own, **{name: as_text(value) for name, value in known.items()}}


def read(settings: object) -> dict[str, object]:
    """Parses settings from the command line, where all context is text."""
    try:
        given = json.loads(settings) if isinstance(settings, str) else None
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ValueError(
            f"settings: {settings} is not valid JSON, such as -c settings='{{\"IMGOPT_CREDITS_FREE\": 100}}'"
        )
    return given


def signs(scope: "IConstruct") -> bool:
    """Whether results are signed with C2PA manifests, which needs a layer."""
    return bool(settings_of(scope).get(C2PA_SETTING))


def takes_payments(scope: "IConstruct") -> bool:
    """Whether requests can be paid by x402, which needs a layer."""
    return bool(settings_of(scope).get(PAY_TO_SETTING))


def stage_settings_of(scope: "IConstruct") -> dict[str, str]:
    """The settings without those about callers and payments, which only the API needs."""
    return {name: value for name, value in settings_of(scope).items() if not name.startswith(API_SETTING_PREFIXES)}


def as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def list_of(scope: "IConstruct", key: str) -> tuple[str, ...]:
    """A list of the context, separated by commas on the command line."""
    given = scope.node.try_get_context(key) or ()
    return tuple(part.strip() for part in given.split(",")) if isinstance(given, str) else tuple(given)


def name_of(scope: "IConstruct") -> str:
    """The prefix of all stacks' names. Each installation in an account and region has another one."""
    name = str(scope.node.try_get_context("name") or "Imgopt")
    if not NAME.fullmatch(name):
        raise ValueError(f"name: {name!r} is not valid; use a capital letter followed by up to 19 letters and digits")
    return name


def service_of(scope: "IConstruct") -> str:
    """The name of this installation in logs, traces and metrics."""
    return name_of(scope).lower()


def memory_of(scope: "IConstruct", key: str, default: int) -> int:
    """The memory of a function in MB. New accounts allow 3008, others up to 10240."""
    text = str(scope.node.try_get_context(key) or default)
    if not (text.isdecimal() and SMALLEST_MB <= int(text) <= LARGEST_MB):
        raise ValueError(f"{key}: {text} is not a number of MB from {SMALLEST_MB} to {LARGEST_MB}")
    return int(text)


def is_on(scope: "IConstruct", key: str, *, default: bool) -> bool:
    """A boolean of the context, which is text on the command line. Raises ValueError if it is not true or false."""
    value = scope.node.try_get_context(key)
    if value is None:
        return default
    if value not in SWITCHES:
        raise ValueError(f"{key}: {value} is neither true nor false")
    return SWITCHES[value]


@dataclass(frozen=True)
class ModelChoice:
    """The tagger, as in the setting, and its model in Bedrock in a region; "" if no model is known."""

    tagger: str
    name: str
    region: str


def model_choice(scope: "IConstruct", region: str) -> ModelChoice:
    """The tagger by the service's own rule, for a deployment in `region`."""
    return ModelChoice(**json.loads(_run("imgopt.tagging.model_choice", region, settings_of(scope))))


def check(scope: "cdk.Stage", region: str) -> None:
    """Raises ValueError with a line for each invalid option.

    If the region is "", options that depend on it are not checked.
    """
    name_of(scope)
    check_keys(scope)
    for url in list_of(scope, "callback_urls"):
        if not WEBSITE.fullmatch(url):
            raise ValueError(f"callback_urls: {url} has to begin with https:// or http://localhost")
    for key in SWITCHED:
        is_on(scope, key, default=False)
    _check_sign_in(scope)
    _check_monitoring(scope)
    _check_gpus(scope)
    _check_edge(scope)
    faults = _run("imgopt.checked_settings", region, settings_of(scope))
    if faults:
        raise ValueError(f"the settings in the context are not valid:\n{faults.rstrip()}")


def _check_sign_in(scope: "cdk.Stage") -> None:
    """Checks the domain of the user pool, which begins with `sign_in_domain` or with the name."""
    if settings_of(scope).get("IMGOPT_OIDC_ISSUER"):
        return
    given, name = str(scope.node.try_get_context("sign_in_domain") or ""), name_of(scope).lower()
    if given and not ADDRESS_PART.fullmatch(given):
        raise ValueError(f"sign_in_domain: {given} is not valid; use lower-case letters, digits and hyphens")
    kept = next((word for word in KEPT_BY_COGNITO if word in (given or name)), None)
    if kept:
        raise ValueError(f"{'sign_in_domain' if given else 'name'}: Cognito refuses domains that contain {kept}")


def _check_monitoring(scope: "cdk.Stage") -> None:
    """Checks the options of monitoring. SNS would refuse an invalid address only during the deployment."""
    email = scope.node.try_get_context("alarm_email")
    if email and not ADDRESS_OF_ALARMS.fullmatch(str(email)):
        raise ValueError(f"alarm_email: {email} is not one e-mail address; further ones can subscribe to the topic")
    requested = [key for key in ("alarm_email", "monthly_budget") if scope.node.try_get_context(key)]
    if requested and not is_on(scope, "monitoring", default=True):
        raise ValueError(f"{requested[0]} needs monitoring, which is off (monitoring=false)")


def _check_gpus(scope: "cdk.Stage") -> None:
    named = [key for key in KEYS_OF_GPUS if scope.node.try_get_context(key)]
    if named and not is_on(scope, "gpu", default=False):
        raise ValueError(f"{named[0]} has no effect without gpu=true")


def _check_edge(scope: "cdk.Stage") -> None:
    """Checks the options of the edge. Some checks need a region."""
    named = [key for key in KEYS_OF_THE_EDGE if scope.node.try_get_context(key)]
    if named and not has_edge(scope):
        raise ValueError(f"{named[0]} has no effect without edge=true")
    if has_edge(scope) and settings_of(scope).get("IMGOPT_ORIGIN_SECRET_ARN"):
        raise ValueError("edge=true creates its own secret; remove IMGOPT_ORIGIN_SECRET_ARN from the settings")


def check_keys(scope: "cdk.Stage") -> None:
    """Raises ValueError if a key of the context is unknown.

    The CDK's own keys contain a colon, a slash or an @, or begin with the CDK's name.
    """
    for key in scope.node.get_all_context():
        if key not in KEYS and key.isidentifier():
            nearest = get_close_matches(key, KEYS, 1)
            raise ValueError(
                f"{key} is not a known key of the context." + (f" Did you mean {nearest[0]}?" if nearest else "")
            )


def _run(module: str, region: str, settings: dict[str, str]) -> str:
    """Runs a module of the service with some settings, and returns its output. The environment's are not used."""
    command = [sys.executable, "-m", module, region]
    others = {name: value for name, value in os.environ.items() if not name.startswith("IMGOPT_")}
    given = json.dumps(settings)
    return subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True, env=others).stdout
