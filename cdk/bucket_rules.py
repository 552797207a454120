"""The rules for buckets whose new images are optimized, from the context's settings."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk.context import settings_of

if TYPE_CHECKING:
    from constructs import IConstruct

SETTING = "IMGOPT_BUCKET_RULES"


@dataclass(frozen=True)
class BucketAccess:
    """The access that a rule needs: a prefix of the bucket it reads, and one of the bucket it writes."""

    bucket: str
    prefix: str
    target: str
    written: tuple[str, ...]


def bucket_rules_of(scope: "IConstruct") -> tuple[BucketAccess, ...]:
    """The access of all rules. `cdk.context.check` has validated them. A test compares the defaults used here."""
    text = settings_of(scope).get(SETTING, "")
    return tuple(_access_of(each) for each in json.loads(text)) if text.strip() else ()


def _access_of(rule: dict[str, str]) -> BucketAccess:
    start = rule.get("key", "").partition("{")[0]
    return BucketAccess(rule["bucket"], rule.get("prefix", ""), rule["target"], (start, rule.get("failed", "failed/")))
