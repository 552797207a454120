"""The path of an image URL, taken apart: signature, options, source."""

import re
from collections.abc import Sequence
from itertools import takewhile

from imgopt.errors import ForbiddenImageUrl, InvalidImageUrl
from imgopt.image_urls.arguments import show

# CloudFront takes no longer URL.
LONGEST_URL_PATH = 8192
PLAIN_SEGMENT = "/plain/"
ESCAPED_COLON = re.compile("%3[Aa]")
# Browsers and proxies make one slash of two.
LOST_SLASH = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):/(?=[^/])")
OLD_FORMAT = frozenset({"fit", "fill", "fill-down", "force", "auto"})


def split_signature(raw_path: str) -> tuple[str, str]:
    """The signature and what it is of, mended. Raises InvalidImageUrl."""
    if len(raw_path) > LONGEST_URL_PATH:
        raise InvalidImageUrl(f"Invalid URL: it has more than {LONGEST_URL_PATH} characters.")
    signature, _, rest = raw_path.partition("?")[0].removeprefix("/").partition("/")
    signed = rest.removeprefix("/")
    if not signature or not signed:
        raise InvalidImageUrl("Invalid URL: it has to be /signature/options/source.")
    if ":" in signature:
        raise ForbiddenImageUrl(f"Forbidden: {show(signature)} stands where the signature has to be.")
    return signature, mend("/" + signed)


def mend(path: str) -> str:
    """With colons for what was escaped before a plain source, and with the slashes behind its scheme."""
    options, plain, source = path.partition(PLAIN_SEGMENT)
    return ESCAPED_COLON.sub(":", options) + plain + _mend_scheme(source)


def _mend_scheme(source: str) -> str:
    found = LOST_SLASH.match(source)
    if not found:
        return source
    return f"{found[1]}:{'///' if found[1] == 'local' else '//'}{source[found.end() :]}"


def split_segments(path: str, separator: str) -> tuple[Sequence[str], Sequence[str]]:
    """Segments of options, and those of the source: it begins with the first that has no separator.

    Raises InvalidImageUrl for the format that imgproxy had before version 3.
    """
    segments = path.removeprefix("/").split("/")
    if segments[0] in OLD_FORMAT:
        raise InvalidImageUrl("Invalid URL: this is the format that imgproxy had before version 3.")
    options = list(takewhile(lambda segment: separator in segment, segments))
    return options, segments[len(options) :]
