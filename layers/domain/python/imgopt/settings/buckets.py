"""Which images of an owner's own buckets are optimized as they come in, and where the results go."""

import json
import re
from itertools import product
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

# As S3 names buckets, and what is told apart in keys.
BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
PLACEHOLDERS = ("dir", "stem", "preset", "ext")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
EXTENSION = ".{ext}"
BucketName = Annotated[str, StringConstraints(pattern=BUCKET)]
Preset = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class BucketRule(BaseModel):
    """Objects of `bucket` whose keys begin with `prefix` are made into one result for each of `presets`."""

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
            raise ValueError(f"key: write no other braces than those of {', '.join(PLACEHOLDERS)}")
        if not self.key.endswith(EXTENSION) or names.count("ext") != 1 or "stem" not in names or "dir" not in names:
            raise ValueError("key: it has to have {dir} and {stem}, and to end in .{ext}")
        if len(self.presets) > 1 and "preset" not in names:
            raise ValueError("key: with several presets it needs {preset}")
        if len(set(self.presets)) < len(self.presets):
            raise ValueError("presets: each can stand there once")
        return self

    @property
    def written(self) -> tuple[str, str]:
        """How the keys begin of what is written: results, and the list of what failed."""
        return self.key.partition("{")[0], self.failed


def check_loops(rules: tuple[BucketRule, ...]) -> tuple[BucketRule, ...]:
    """What one of them writes none may read: it would be made again without end."""
    for writer, reader in product(rules, rules):
        for start in writer.written:
            if writer.target == reader.bucket and _overlap(start, reader.prefix):
                raise ValueError(
                    f"results in {writer.target}/{start} would be read again, as {reader.bucket}/{reader.prefix} is: "
                    "take another bucket, or prefixes of which none begins with the other"
                )
    return rules


def _overlap(first: str, second: str) -> bool:
    return first.startswith(second) or second.startswith(first)


def read_rules(text: object) -> Any:
    """Raises ValueError where a text is no JSON."""
    return json.loads(text) if isinstance(text, str) and text.strip() else text or ()


BucketRules = Annotated[tuple[BucketRule, ...], BeforeValidator(read_rules), AfterValidator(check_loops)]


class BucketSettings(BaseModel):
    bucket_rules: BucketRules = Field(
        (),
        validate_default=True,
        description=(
            "Rules, as JSON, that say which images of your own S3 buckets are optimized as they arrive "
            "([buckets](../buckets.md))."
        ),
    )
