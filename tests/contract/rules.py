"""The objects that requests refer to, and the refusals that are not faults, with reasons."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.billing.billing_setup import SHOP
from tests.contract.fixtures import DEVICE_CODE, PICTURE, TOKEN
from tests.contract.schema_overrides import override_schemas
from tests.contract.served import served_app

if TYPE_CHECKING:
    from schemathesis import BaseSchema

SEED = int(os.environ.get("CONTRACT_SEED", "1"))
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "10"))

# Where no more than a string can be promised: what else a request says there, and how often.
NAMED: dict[str, tuple[list[str], float]] = {
    "body.url": (["http://127.0.0.1/a.png", "https://a.example/a", "http://a.example:99/", "ftp://a.example"], 0.5),
    "body.file": ([PICTURE, PICTURE[:40]], 0.5),
    "body.price_id": (["price_pro", "price_unknown"], 0.8),
    "body.success_url": ([SHOP, "https://elsewhere.example"], 0.8),
    "body.cancel_url": ([SHOP, "https://elsewhere.example"], 0.8),
    "query.device_code": ([DEVICE_CODE], 0.5),
}
PROCESSING = ("POST /auto", "POST /quote", "POST /compress", "POST /resize", "POST /upscale", "POST /tag")
# Their settings are those of the first, whose every value is tried; of these it is some, but in `make bench-contract`.
ALIKE = () if "CONTRACT_EXAMPLES" in os.environ else PROCESSING[1:]
OWNED = (*PROCESSING, "POST /upload/complete")

# What is not set up says so; the document tells where that may be.
NOT_CRASHED = ("2xx", "3xx", "4xx", "501")
ANSWERED = ("2xx", "3xx", "401", "404", "501")
# What else a request that fits its schema may be told.
REFUSED: dict[str, tuple[str, ...]] = {
    # Not all bytes are an image, or a whole one.
    "POST /upload": ("400", "415"),
    # Not all strings are a URL, and these lead nowhere.
    "POST /upload/url": ("400",),
    # The limit is a setting.
    "POST /upload/presign": ("413",),
    # Not all files have arrived, or in time.
    "POST /upload/complete": ("400", "410"),
    # Icons have at most 256 pixels on a side, and a new size is at least one number.
    **dict.fromkeys(PROCESSING, ("422",)),
    # Not all that could be said is a code, and most codes are decided once.
    "POST /mcp/auth/approve": ("400", "409"),
    "POST /mcp/auth/deny": ("400", "409"),
    # Nothing is sold but at known prices, to come back to known websites.
    "POST /billing/checkout": ("422",),
    # Stripe signs what it sends.
    "POST /webhooks/stripe": ("400",),
    # There is a limit, and not all strings can be shown as a name.
    "POST /api-keys": ("409", "422"),
    # Not all jobs are completed, or their files still there.
    "GET /download": ("400",),
    "GET /download/{job_id}": ("400", "410"),
    "GET /download/{job_id}/url": ("400", "410"),
}


@cache
def load() -> "BaseSchema":
    from schemathesis import Config, openapi  # takes half a second, of each process that collects tests

    app = served_app()
    schema = openapi.from_dict(override_schemas(app.openapi()), config=Config.from_dict(configuration()))
    schema.app = app
    return schema


def configuration() -> dict[str, Any]:
    names = {key: {"dictionary": key.replace(".", "-"), "probability": often} for key, (_, often) in NAMED.items()}
    values = {key.replace(".", "-"): {"values": values} for key, (values, _) in NAMED.items()}
    accepted = [{"include-name": name, "checks": accepting(*more)} for name, more in REFUSED.items()]
    sampled = [{"include-name": name, "phases": {"coverage": {"enabled": False}}} for name in ALIKE]
    owned = [{"include-name": name, "parameters": {"header.x-session-token": TOKEN}} for name in OWNED]
    return {
        "seed": SEED,
        "generation": {"max-examples": EXAMPLES, "deterministic": True},
        "dictionaries": values,
        "parameters": names,
        "checks": {"not_a_server_error": {"expected-statuses": [*NOT_CRASHED]}, **accepting()},
        "operations": accepted + owned + sampled,
    }


def accepting(*more: str) -> dict[str, dict[str, list[str]]]:
    return {"positive_data_acceptance": {"expected-statuses": [*ANSWERED, *more]}}
