"""Addresses such as `s3://bucket/prefix`, and the keys of objects and their results."""

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
    """A bucket and a prefix, which is empty or ends with a slash."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


@dataclass(frozen=True)
class KeyTemplate:
    """The template for keys of results, below the target's prefix."""

    text: str

    def fill(self, below: str, preset: str, extension: str) -> str:
        """The key of a result. `below` is the object's key below the source's prefix. The server uses the same rule."""
        path = PurePosixPath(below.lstrip("/"))
        folder = "" if str(path.parent) == "." else f"{path.parent}/"
        parts = {"dir": folder, "stem": path.stem, "preset": preset, "ext": extension}
        return PLACEHOLDER.sub(lambda found: parts[found[1]], self.text)

    def start(self, below: str, preset: str) -> str:
        """The beginning of the key, which does not depend on the result's format."""
        return self.fill(below, preset, "")


def parse_address(text: str) -> BucketAddress:
    """Raises WrongUsage."""
    found = ADDRESS.fullmatch(text)
    if not found:
        raise WrongUsage(f"{text} is not the address of a bucket, such as s3://photos/2026/")
    prefix = found[2] or ""
    return BucketAddress(found[1], f"{prefix.rstrip('/')}/" if prefix.strip("/") else "")


def parse_template(text: str | None, presets: int) -> KeyTemplate:
    """Raises WrongUsage."""
    template = text or (ONE_PRESET if presets == 1 else SEVERAL_PRESETS)
    names = PLACEHOLDER.findall(template)
    others = PLACEHOLDER.sub("", template)
    if not set(names) <= NAMES or "{" in others or "}" in others:
        raise WrongUsage("--key: only {dir}, {stem}, {preset} and {ext} are allowed in braces")
    if not template.endswith(".{ext}") or names.count("ext") != 1 or not {"dir", "stem"} <= set(names):
        raise WrongUsage("--key: the template has to contain {dir} and {stem}, and to end in .{ext}")
    if presets > 1 and "preset" not in names:
        raise WrongUsage("--key: with several presets the template has to contain {preset}")
    return KeyTemplate(template)


def check_apart(source: BucketAddress, target: BucketAddress) -> None:
    """Raises WrongUsage if results would be sources of the next run."""
    overlap = source.prefix.startswith(target.prefix) or target.prefix.startswith(source.prefix)
    if source.bucket == target.bucket and overlap:
        raise WrongUsage(f"results in {target} would be read as sources; use another bucket, or separate prefixes")
