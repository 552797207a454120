"""What the context's settings say of buckets that are optimized as images come in."""

from constructs import IConstruct
from pydantic import TypeAdapter

from cdk.context import settings_of
from imgopt.settings.buckets import BucketRule, BucketRules

SETTING = "IMGOPT_BUCKET_RULES"


def bucket_rules_of(scope: IConstruct) -> tuple[BucketRule, ...]:
    """`cdk.context.check` has seen that they can be read."""
    known: tuple[BucketRule, ...] = TypeAdapter(BucketRules).validate_python(settings_of(scope).get(SETTING, ""))
    return known
