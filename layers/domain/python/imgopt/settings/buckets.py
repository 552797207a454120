"""Settings of bucket rules: which images of an owner's own buckets are optimized on arrival, and where results go."""

import json
import re
from itertools import product
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

# Patterns of S3's bucket names, and of the placeholders in keys.
BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
PLACEHOLDERS = ("dir", "stem", "preset", "ext")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
EXTENSION = ".{ext}"
BucketName = Annotated[str, StringConstraints(pattern=BUCKET)]
Preset = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class BucketRule(BaseModel):
    """A rule: objects of `bucket` with the key prefix `prefix` get one result for each of `presets`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bucket: BucketName
    prefix: Annotated[str, StringConstraints(max_length=512)] = ""
    presets: Annotated[tuple[Preset, ...], Field(min_length=1, max_length=8)]
    target: BucketName
    key: Annotated[str, StringConstraints(max_length=512)] = "{dir}{stem}-{preset}.{ext}"
    failed: Annotated[str, StringConstraints(min_length=1, max_length=512)] = "failed/"

    @model_validator(mode="after")
    def check_key(self) -> "BucketRule":
        names = PLACEHOLDER.findall(self.key)
        unknown = [each for each in names if each not in PLACEHOLDERS]
        if unknown or PLACEHOLDER.sub("", self.key).count("{") or "}" in PLACEHOLDER.sub("", self.key):
            raise ValueError(f"key: use no other braces than those of {', '.join(PLACEHOLDERS)}")
        if not self.key.endswith(EXTENSION) or names.count("ext") != 1 or "stem" not in names or "dir" not in names:
            raise ValueError("key: it must contain {dir} and {stem}, and end in .{ext}")
        if len(self.presets) > 1 and "preset" not in names:
            raise ValueError("key: with several presets it must contain {preset}")
        if len(set(self.presets)) < len(self.presets):
            raise ValueError("presets: name each preset only once")
        return self

    @property
    def written(self) -> tuple[str, str]:
        """Returns the key prefixes that the rule writes to: of results, and of the list of failures."""
        return self.key.partition("{")[0], self.failed


def check_loops(rules: tuple[BucketRule, ...]) -> tuple[BucketRule, ...]:
    """Returns the rules. Raises ValueError where a rule's results would be processed by a rule, and so on
    without end.
    """
    for writer, reader in product(rules, rules):
        for start in writer.written:
            if writer.target == reader.bucket and _overlap(start, reader.prefix):
                raise ValueError(
                    f"results in {writer.target}/{start} would be processed again by the rule for "
                    f"{reader.bucket}/{reader.prefix}: use another bucket, or prefixes of which none begins "
                    "with the other"
                )
    return rules


def _overlap(first: str, second: str) -> bool:
    return first.startswith(second) or second.startswith(first)


def read_rules(text: object) -> Any:
    """Parses JSON. Raises ValueError where the text is not JSON."""
    return json.loads(text) if isinstance(text, str) and text.strip() else text or ()


BucketRules = Annotated[tuple[BucketRule, ...], BeforeValidator(read_rules), AfterValidator(check_loops)]


class BucketSettings(BaseModel):
    bucket_rules: BucketRules = Field(
        (),
        validate_default=True,
        description=(
            "Rules, as JSON, that say which images of your own S3 buckets are optimized on arrival "
            "([buckets](../buckets.md))."
        ),
    )
