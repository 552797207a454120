"""Sanitizes CSS: removes everything that would load external files."""

import re

# Each pattern matches up to the end of the text where it isn't closed, so that many open ones aren't scanned
# repeatedly.
COMMENT = re.compile(r"/\*(?:[^*]++|\*(?!/))*+(?:\*/)?+")
ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|([^0-9a-fA-F\n]))")
# Characters in names of functions and at-rules. Escapes of others, as in `.\31 st`, stay, because they have another
# meaning.
HIDING = re.compile(r"[A-Za-z@(:-]")
IMPORT = re.compile(
    r"@(?:import|charset|namespace)\b(?:\"[^\"]*+\"|'[^']*+'|url\([^)\"']*+\)?+|[^;{}\"'])*+;?+", re.IGNORECASE
)
# A URL with or without quotes, closed or not; other contents of the brackets are invalid.
URL = re.compile(
    r"url\(\s*+(?:\"([^\"]*+)\"\s*+(?:\)|\Z)|'([^']*+)'\s*+(?:\)|\Z)|([^)\"']*+)(?:\)|\Z)|[^)]*+\)?+)", re.IGNORECASE
)
# Functions whose plain strings are URLs, and script functions of old browsers.
LOADING = re.compile(
    r"(?:-webkit-)?(?:\b(?:image-set|cross-fade|image|src|expression)\([^)]*+\)?+|-moz-binding|\bbehavior(?=\s*+:))",
    re.IGNORECASE,
)
FONT = re.compile(r"data:(?:font/|application/(?:x-)?font-)", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|bmp)[;,]", re.IGNORECASE)
FOREIGN = re.compile(r"@import|url\((?!#|data:|\"(?:#|data:))", re.IGNORECASE)


def clean(css: str) -> str:
    """Sanitizes style sheets, style attributes and presentation attributes: `url()` may only refer to the file itself
    or to data.
    """
    text = COMMENT.sub("", ESCAPE.sub(_unescape, css))
    text = LOADING.sub("none", URL.sub(_keep_local, IMPORT.sub(" ", text)))
    return "" if FOREIGN.search(text) else text


def loads(css: str) -> bool:
    """Returns whether sanitized CSS would load anything."""
    return bool(FOREIGN.search(css))


def is_picture(address: str) -> bool:
    """Returns whether a URL embeds a raster picture. An embedded SVG would have to be sanitized too."""
    return bool(PICTURE.match(address))


def _unescape(match: re.Match[str]) -> str:
    character = chr(min(int(match[1], 16), 0x10FFFF)) if match[1] else match[2]
    return character if HIDING.fullmatch(character) else match[0]


def _keep_local(match: re.Match[str]) -> str:
    address = next((group for group in match.groups() if group is not None), "").strip()
    if address.startswith("#") and not set(address) & {*"()\"'"}:
        return f"url({address})"
    if is_picture(address) or FONT.match(address):
        return f'url("{address}")'
    return "none"
