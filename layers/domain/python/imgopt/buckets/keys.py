"""The keys of results."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from imgopt.settings.buckets import PLACEHOLDER, BucketRule


def rule_for(rules: Sequence[BucketRule], bucket: str, key: str) -> BucketRule | None:
    """Returns the rule with the longest prefix that matches an object. None for folders, and without a
    matching rule.
    """
    taking = [each for each in rules if each.bucket == bucket and key.startswith(each.prefix)]
    return None if key.endswith("/") else max(taking, key=lambda each: len(each.prefix), default=None)


def result_key(rule: BucketRule, key: str, preset: str, extension: str) -> str:
    """Returns the key of a result. For `in/2026/cat.png` and the prefix `in/`, `{dir}` is `2026/`."""
    below = PurePosixPath(key.removeprefix(rule.prefix).lstrip("/"))
    folder = "" if str(below.parent) == "." else f"{below.parent}/"
    parts = {"dir": folder, "stem": below.stem, "preset": preset, "ext": extension}
    return PLACEHOLDER.sub(lambda found: parts[found[1]], rule.key)


def failure_key(rule: BucketRule, key: str, preset: str) -> str:
    return f"{rule.failed}{key}.{preset}.json"
