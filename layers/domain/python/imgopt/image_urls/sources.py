"""Parses the source of an image URL: its last part."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from imgopt.errors import InvalidImageUrl
from imgopt.image_urls.allowed_sources import is_allowed, split_source
from imgopt.image_urls.answering import to_text
from imgopt.image_urls.arguments import show
from imgopt.image_urls.model import UrlRules
from imgopt.image_urls.replacements import replace_start

PLAIN_SOURCE = "plain"
WRONG_ESCAPE = re.compile("%(?![0-9a-fA-F]{2})")
SCHEMES = frozenset({"http", "https", "s3", "job"})
PRO_SOURCES = {
    "enc": "encrypted sources are",
    "-": "chains of options are",
}


def decode_source(segments: Sequence[str], *, base64_filename: bool) -> tuple[str, str]:
    """Returns the source as written, and its extension, which may be empty. Raises InvalidImageUrl."""
    if not any(segments):
        raise InvalidImageUrl("Invalid URL: it has no source.")
    if segments[0] in PRO_SOURCES and len(segments) > 1:
        raise InvalidImageUrl(f"Invalid URL: {PRO_SOURCES[segments[0]]} only supported by imgproxy Pro.")
    if segments[0] == PLAIN_SOURCE and len(segments) > 1:
        return _decode_plain("/".join(segments[1:]))
    has_name = base64_filename and len(segments) > 1
    return _decode_base64("".join(segments[:-1] if has_name else segments))


def resolve_source(source: str, rules: UrlRules) -> str:
    """Returns the source after replacements and the base URL. Raises InvalidImageUrl for one that is not allowed."""
    replaced = replace_start(source, rules.replacements)
    full = replaced if replaced.startswith(rules.base) else rules.base + replaced
    check_source(full, rules)
    return full


def check_base(base: str) -> str:
    """Returns the base. Raises ValueError where text behind it could change its host."""
    if base and not (split_source(base) and "/" in base.partition("://")[2]):
        raise ValueError(f"{base} is not the beginning of a URL with a slash behind the host")
    return base


def check_own_image(address: str) -> None:
    """Raises ValueError for an impossible address of an image of the operator."""
    found = split_source(address)
    if address and not (found and found.scheme in SCHEMES):
        raise ValueError(f"{address} does not begin with one of {', '.join(sorted(SCHEMES))}")


def check_source(source: str, rules: UrlRules) -> None:
    """Raises InvalidImageUrl where the URL is not allowed. Its redirects have to be checked too."""
    found = split_source(source)
    if not found or found.scheme not in SCHEMES:
        raise InvalidImageUrl(
            f"Invalid source URL: it must begin with one of {', '.join(sorted(SCHEMES))} and have a host."
        )
    if not is_allowed(found, rules.allowed_sources):
        raise InvalidImageUrl("Invalid source URL: it is not one of the allowed sources.")


def _decode_plain(escaped: str) -> tuple[str, str]:
    text, extension = _split_extension(escaped, "@")
    if WRONG_ESCAPE.search(text):
        raise InvalidImageUrl("Invalid URL: the source has a % that is not an escape.")
    try:
        return unquote(text, errors="strict"), extension
    except UnicodeDecodeError as error:
        raise InvalidImageUrl("Invalid URL: the source is not UTF-8.") from error


def _decode_base64(encoded: str) -> tuple[str, str]:
    text, extension = _split_extension(encoded, ".")
    try:
        return to_text(text), extension
    except ValueError as error:
        raise InvalidImageUrl(f"Invalid URL: the source {error}.") from error


def _split_extension(source: str, mark: str) -> tuple[str, str]:
    text, *extensions = source.split(mark)
    if not text:
        raise InvalidImageUrl("Invalid URL: it has no source.")
    if len(extensions) > 1:
        raise InvalidImageUrl(f"Invalid URL: the source has more than one {show(mark)}.")
    return text, "".join(extensions)
