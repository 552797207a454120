"""`s3://bucket/prefix`, and the keys that objects and their results have there."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from imgopt_client.errors import ClientError, ExitCode

ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)
ONE_PRESET, SEVERAL_PRESETS = "{dir}{stem}.{ext}", "{dir}{stem}-{preset}.{ext}"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
NAMES = {"dir", "stem", "preset", "ext"}


class WrongUsage(ClientError):
    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class BucketAddress:
    """`prefix` is empty, or ends with a slash."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


@dataclass(frozen=True)
class KeyTemplate:
    """Where the result of an object goes, below the target's prefix."""

    text: str

    def fill(self, below: str, preset: str, extension: str) -> str:
        """`below` is the object's key below the source's prefix. The service's function for buckets does the same."""
        path = PurePosixPath(below.lstrip("/"))
        folder = "" if str(path.parent) == "." else f"{path.parent}/"
        parts = {"dir": folder, "stem": path.stem, "preset": preset, "ext": extension}
        return PLACEHOLDER.sub(lambda found: parts[found[1]], self.text)

    def start(self, below: str, preset: str) -> str:
        """How the key begins, whatever the format comes to be."""
        return self.fill(below, preset, "")


def parse_address(text: str) -> BucketAddress:
    """Raises WrongUsage."""
    found = ADDRESS.fullmatch(text)
    if not found:
        raise WrongUsage(f"{text} is no address of a bucket, such as s3://photos/2026/")
    prefix = found[2] or ""
    return BucketAddress(found[1], f"{prefix.rstrip('/')}/" if prefix.strip("/") else "")


def parse_template(text: str | None, presets: int) -> KeyTemplate:
    """Raises WrongUsage."""
    template = text or (ONE_PRESET if presets == 1 else SEVERAL_PRESETS)
    names = PLACEHOLDER.findall(template)
    others = PLACEHOLDER.sub("", template)
    if not set(names) <= NAMES or "{" in others or "}" in others:
        raise WrongUsage("--key: write no other braces than {dir}, {stem}, {preset} and {ext}")
    if not template.endswith(".{ext}") or names.count("ext") != 1 or not {"dir", "stem"} <= set(names):
        raise WrongUsage("--key: it has to have {dir} and {stem}, and to end in .{ext}")
    if presets > 1 and "preset" not in names:
        raise WrongUsage("--key: with several presets it needs {preset}")
    return KeyTemplate(template)


def check_apart(source: BucketAddress, target: BucketAddress) -> None:
    """Raises WrongUsage where results would be read again."""
    overlap = source.prefix.startswith(target.prefix) or target.prefix.startswith(source.prefix)
    if source.bucket == target.bucket and overlap:
        raise WrongUsage(f"results in {target} would be read again: take another bucket, or prefixes that are apart")
