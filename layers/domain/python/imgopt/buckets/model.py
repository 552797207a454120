"""Objects that arrive in owners' buckets, and the outcomes."""

from dataclasses import dataclass
from enum import StrEnum

from imgopt.settings.buckets import BucketRule


@dataclass(frozen=True)
class SourceObject:
    """One version of an object in an owner's bucket, identified by its ETag. `size` is in bytes."""

    bucket: str
    key: str
    etag: str
    size: int


class Outcome(StrEnum):
    MADE = "made"
    KEPT = "kept"  # a result of the same bytes and settings exists
    REPLACED = "replaced"  # the key has another object now, which causes an event of its own
    FAILED = "failed"


@dataclass(frozen=True)
class Order:
    """One result to make: of one object, by one preset."""

    rule: BucketRule
    source: SourceObject
    preset: str
