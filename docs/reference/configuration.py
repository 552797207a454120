"""The page of all settings of the service, from the descriptions in the code."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from imgopt.settings import Settings
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

GROUPS: dict[str, type[BaseModel]] = {
    "Limits and times": LimitSettings,
    "Credits, retention and rates": CreditSettings,
    "Hosts, proxies and schedulers": NetworkSettings,
    "Sign-in, API keys and devices": SignInSettings,
    "Tagging and Content Credentials": TaggingSettings,
    "Image URLs: signatures, options and sources": ImageUrlSettings,
    "Image URLs: answers": VariantSettings,
    "Buckets": BucketSettings,
    "Subscriptions by Stripe": BillingSettings,
    "Payments by x402": PaymentSettings,
    "Signing secret and resources": Settings,
}
INTRODUCTION = """\
# Configuration

Settings are environment variables. `make up` reads them from your environment. For AWS, write them into `cdk.json`,
under `context.settings`. The option `-c settings='{"IMGOPT_CREDITS_FREE": 100}'` replaces all settings of `cdk.json`.

With an invalid value, the service does not start, and prints the reason. An unknown name in `cdk.json` is an error,
too; the message names the most similar setting.

`make reference` writes this page from `imgopt/settings`.
"""
OTHERS = """\
## Read by other parts

| variable | default | values | meaning |
|---|---|---|---|
| `IMGOPT_LOCAL_FOLDER` | .local/up | | Folder in which `make up` keeps its data. |
| `IMGOPT_MODELS_FOLDER` | | | Folder of the neural networks. By default it is in the user's cache folder. |

On AWS, lifecycle rules of the buckets delete files that are left a day after the longest lifetime or retention above.
"""
BOUNDS = {Ge: ("ge", "at least {}"), Gt: ("gt", "more than {}"), Le: ("le", "at most {}"), Lt: ("lt", "less than {}")}


def render() -> str:
    parts = [INTRODUCTION, *(_table(title, group) for title, group in GROUPS.items()), OTHERS]
    return "\n".join(parts)


def _table(title: str, group: type[BaseModel]) -> str:
    names = [name for name in group.__annotations__ if name in Settings.model_fields]
    rows = "\n".join(row(name, Settings.model_fields[name]) for name in names)
    return f"## {title}\n\n| variable | default | values | meaning |\n|---|---|---|---|\n{rows}\n"


def row(name: str, field: FieldInfo) -> str:
    default = "" if field.default in (None, "", ()) else field.default
    cells = (f"`IMGOPT_{name.upper()}`", default, ", ".join(_values(field)), field.description)
    return "|" + "|".join(f" {cell} " if cell != "" else " " for cell in cells) + "|"


def _values(field: FieldInfo) -> Iterator[str]:
    """Yields the values that the type and its bounds allow."""
    if field.annotation is bool:
        yield "True, False"
    if get_origin(field.annotation) is Literal:
        yield from (f"`{value}`" for value in get_args(field.annotation))
    for bound in field.metadata:
        yield from _bound(bound)


def _bound(bound: Any) -> Iterator[str]:
    if found := BOUNDS.get(type(bound)):
        attribute, text = found
        yield text.format(getattr(bound, attribute))
