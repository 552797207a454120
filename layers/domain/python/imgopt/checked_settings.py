"""Checks settings: `python -m imgopt.checked_settings REGION` reads them as JSON and prints their errors.

They are read from standard input. Without a region, settings that depend on it are not checked.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from pydantic import ValidationError

from imgopt.errors import InvalidRequest
from imgopt.image_urls.configuration import check_rules
from imgopt.settings import Settings, settings
from imgopt.tagging.availability import model_in

PREFIX = "IMGOPT_"
# Settings that the stacks set by themselves.
OWN = (
    *("TABLE_NAME", "UPLOADS_BUCKET", "RESULTS_BUCKET", "STATE_MACHINE_ARN", "EXPRESS_MACHINE_ARN"),
    *("CALLBACKS_QUEUE_URL", "UPSCALES_QUEUE_URL", "SIGNING_SECRET_ARN"),
)
# Secrets whose setting for Secrets Manager isn't their own name with _ARN.
KEPT_ELSEWHERE = {
    "SIGNING_SECRET": "the stacks create it",
    **dict.fromkeys(
        ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET"), "store it in Secrets Manager and set IMGOPT_STRIPE_SECRET_ARN"
    ),
    **dict.fromkeys(
        ("URL_KEYS", "URL_SALTS", "URL_TRUSTED_SIGNATURES"), "store it in Secrets Manager and set IMGOPT_URL_SECRET_ARN"
    ),
}


def find_faults(given: Mapping[str, str], region: str = "") -> list[str]:
    """Returns a sentence for each fault; none where the service would start with these settings."""
    os.environ.update(given)
    settings.cache_clear()
    found = [*unknown_settings(given), *exposed(given), *unfit()]
    return found or [*missing_settings(region)]


def unknown_settings(given: Mapping[str, str]) -> Iterator[str]:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in given:
        if name.removeprefix(PREFIX) in OWN:
            yield f"{name} is set by the stacks."
        elif name not in known:
            nearest = get_close_matches(name.upper(), known, 1)
            yield f"{name} is not a setting." + (f" Did you mean {nearest[0]}?" if nearest else "")


def exposed(given: Mapping[str, str]) -> Iterator[str]:
    """Yields the secrets. In environment variables they would be visible in templates and consoles, and to every
    process.
    """
    secrets = [PREFIX + name.upper() for name, field in Settings.model_fields.items() if not field.repr]
    for name in (each for each in given if each in secrets):
        usual = f"store it in Secrets Manager and set {name}_ARN"
        yield f"{name} is a secret: {KEPT_ELSEWHERE.get(name.removeprefix(PREFIX)) or usual}."


def unfit() -> Iterator[str]:
    try:
        Settings()
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False, include_context=False):
            yield f"{PREFIX}{str(each['loc'][0]).upper()}: {each['msg']}." if each["loc"] else f"{each['msg']}."
    else:
        yield from [*unfit_image_urls()] or unfit_bucket_rules()


def unfit_image_urls() -> Iterator[str]:
    try:
        check_rules()
    except ValueError as error:
        yield str(error)


def unfit_bucket_rules() -> Iterator[str]:
    """Yields the faults of the bucket rules' presets, where these can be parsed."""
    if settings().bucket_rules:
        from imgopt.buckets.presets import check_bucket_rules

        try:
            check_bucket_rules()
        except InvalidRequest as error:
            yield f"IMGOPT_BUCKET_RULES: {error}"


def missing_settings(region: str) -> Iterator[str]:
    """Yields missing settings of tagging: a server, or a region without the default model, needs a model's name."""
    known = Settings()
    if known.tagger == "openai" and not (known.openai_base_url and known.openai_model):
        yield "IMGOPT_TAGGER=openai needs IMGOPT_OPENAI_BASE_URL and IMGOPT_OPENAI_MODEL."
    where = known.tagging_region or region
    if where and known.tagger == "bedrock" and not (known.tagging_model_id or model_in(where)):
        yield (
            f"No model that tags images is known for {where}. Set IMGOPT_TAGGING_MODEL_ID to a model, "
            "IMGOPT_TAGGING_REGION to a region that has one, or IMGOPT_TAGGER=none to do without tags."
        )


if __name__ == "__main__":
    sys.stdout.write("\n".join(find_faults(json.load(sys.stdin), *sys.argv[1:])))
