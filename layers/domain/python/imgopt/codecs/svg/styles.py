"""CSS without anything that would load from elsewhere."""

import re

# Each of these takes what it has looked at, closed or not: where many begin and none ends, nothing is read twice.
COMMENT = re.compile(r"/\*(?:[^*]++|\*(?!/))*+(?:\*/)?+")
ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|([^0-9a-fA-F\n]))")
# Names of functions and rules are made of these. Other escapes, as in `.\31 st`, stay: they mean something else.
HIDING = re.compile(r"[A-Za-z@(:-]")
IMPORT = re.compile(
    r"@(?:import|charset|namespace)\b(?:\"[^\"]*+\"|'[^']*+'|url\([^)\"']*+\)?+|[^;{}\"'])*+;?+", re.IGNORECASE
)
# An address in quotes or without, up to the end where nothing closes it; anything else in the brackets is none.
URL = re.compile(
    r"url\(\s*+(?:\"([^\"]*+)\"\s*+(?:\)|\Z)|'([^']*+)'\s*+(?:\)|\Z)|([^)\"']*+)(?:\)|\Z)|[^)]*+\)?+)", re.IGNORECASE
)
# Functions whose plain strings are addresses, and what old browsers ran.
LOADING = re.compile(
    r"(?:-webkit-)?(?:\b(?:image-set|cross-fade|image|src|expression)\([^)]*+\)?+|-moz-binding|\bbehavior(?=\s*+:))",
    re.IGNORECASE,
)
FONT = re.compile(r"data:(?:font/|application/(?:x-)?font-)", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|bmp)[;,]", re.IGNORECASE)
FOREIGN = re.compile(r"@import|url\((?!#|data:|\"(?:#|data:))", re.IGNORECASE)


def clean(css: str) -> str:
    """Style sheets, style attributes and presentation attributes alike: `url()` names a part of the file or data."""
    text = COMMENT.sub("", ESCAPE.sub(_unescape, css))
    text = LOADING.sub("none", URL.sub(_keep_local, IMPORT.sub(" ", text)))
    return "" if FOREIGN.search(text) else text


def loads(css: str) -> bool:
    """Whether it names anything to be loaded, as far as that isn't hidden."""
    return bool(FOREIGN.search(css))


def is_picture(address: str) -> bool:
    """Whether an address holds a raster picture itself. An SVG in an SVG would have to be cleaned as well."""
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
