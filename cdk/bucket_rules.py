"""What the context's settings say of buckets that are optimized as images come in."""

import json
from dataclasses import dataclass

from constructs import IConstruct

from cdk.context import settings_of

SETTING = "IMGOPT_BUCKET_RULES"


@dataclass(frozen=True)
class BucketAccess:
    """What a rule reads: keys of a bucket that begin with a prefix; and how those begin that it writes to another."""

    bucket: str
    prefix: str
    target: str
    written: tuple[str, ...]


def bucket_rules_of(scope: IConstruct) -> tuple[BucketAccess, ...]:
    """`cdk.context.check` has seen that they can be read, and fills in nothing: a test compares the defaults."""
    text = settings_of(scope).get(SETTING, "")
    return tuple(_access_of(each) for each in json.loads(text)) if text.strip() else ()


def _access_of(rule: dict[str, str]) -> BucketAccess:
    start = rule.get("key", "").partition("{")[0]
    return BucketAccess(rule["bucket"], rule.get("prefix", ""), rule["target"], (start, rule.get("failed", "failed/")))
