"""Splits the path of an image URL into signature, options and source."""

import re
from collections.abc import Sequence
from itertools import takewhile

from imgopt.errors import ForbiddenImageUrl, InvalidImageUrl
from imgopt.image_urls.arguments import show

# The longest URL that CloudFront accepts.
LONGEST_URL_PATH = 8192
PLAIN_SEGMENT = "/plain/"
ESCAPED_COLON = re.compile("%3[Aa]")
# Browsers and proxies merge two slashes into one.
LOST_SLASH = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):/(?=[^/])")
OLD_FORMAT = frozenset({"fit", "fill", "fill-down", "force", "auto"})


def split_signature(raw_path: str) -> tuple[str, str]:
    """Returns the signature, and the repaired path that it signs. Raises InvalidImageUrl or ForbiddenImageUrl."""
    if len(raw_path) > LONGEST_URL_PATH:
        raise InvalidImageUrl(f"Invalid URL: it has more than {LONGEST_URL_PATH} characters.")
    signature, _, rest = raw_path.partition("?")[0].removeprefix("/").partition("/")
    signed = rest.removeprefix("/")
    if not signature or not signed:
        raise InvalidImageUrl("Invalid URL: it must be /signature/options/source.")
    if ":" in signature:
        raise ForbiddenImageUrl(f"Forbidden: {show(signature)} stands in place of the signature.")
    return signature, mend("/" + signed)


def mend(path: str) -> str:
    """Repairs a path: unescapes colons before a plain source, and restores the second slash behind the
    source's scheme.
    """
    options, plain, source = path.partition(PLAIN_SEGMENT)
    return ESCAPED_COLON.sub(":", options) + plain + _mend_scheme(source)


def _mend_scheme(source: str) -> str:
    found = LOST_SLASH.match(source)
    if not found:
        return source
    return f"{found[1]}:{'///' if found[1] == 'local' else '//'}{source[found.end() :]}"


def split_segments(path: str, separator: str) -> tuple[Sequence[str], Sequence[str]]:
    """Returns the segments of the options and those of the source, which begins with the first segment without a
    separator.

    Raises InvalidImageUrl for imgproxy's format before version 3.
    """
    segments = path.removeprefix("/").split("/")
    if segments[0] in OLD_FORMAT:
        raise InvalidImageUrl("Invalid URL: this is imgproxy's format before version 3.")
    options = list(takewhile(lambda segment: separator in segment, segments))
    return options, segments[len(options) :]
