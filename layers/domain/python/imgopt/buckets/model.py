"""What comes in, and what has become of it."""

from dataclasses import dataclass
from enum import StrEnum

from imgopt.settings.buckets import BucketRule


@dataclass(frozen=True)
class SourceObject:
    """An object of an owner's bucket, as it was when its ETag was that."""

    bucket: str
    key: str
    etag: str
    size: int


class Outcome(StrEnum):
    MADE = "made"
    KEPT = "kept"  # the result of the same bytes by the same settings is there
    REPLACED = "replaced"  # another object has that key by now, whose own event follows
    FAILED = "failed"


@dataclass(frozen=True)
class Order:
    """One result that is to be made."""

    rule: BucketRule
    source: SourceObject
    preset: str
