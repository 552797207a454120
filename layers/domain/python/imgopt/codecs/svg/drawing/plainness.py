"""Recognizes SVGs that resvg draws without adaptation, quickly: most have no style sheets."""

import re

# Notations that resvg doesn't support. It reads all others.
UNKNOWN = (
    *(
        "<style",
        "<switch",
        "requiredfeatures=",
        "systemlanguage=",
        "requiredextensions=",
        "pathlength=",
        "vector-effect",
    ),
    *("vector-effect", "transform-origin", "transform-box", "text-transform", '"unset"', '"initial"', '"revert"'),
    *("white-space=", "font-size-adjust=", "wavy", "dotted", "dashed", '"double', " double"),
    *('"rebeccapurple"', '"canvas', '"linktext', '"buttonface', '"rtl"', '"small-caps"'),
)
PICTURES = ("data:image/svg", "data:image/avif", "data:image/bmp", "data:image/x-icon")
FONTS = ("courier", "consolas", "menlo", "monaco", "times", "georgia", "mono", "system-ui")
# Where a font list has no generic family, resvg uses a serif one, even for Arial.
FAMILIES = re.compile(r"font-family(?:=\"|\s*+:)([^\"]*+)")
# Supported functions in attributes; `rgb()` and similar ones with commas only.
KNOWN = frozenset({"matrix", "rgb", "rgba", "rotate", "scale", "skewx", "skewy", "translate", "url"})
OF_NAMES = "abcdefghijklmnopqrstuvwxyz-"
LONGEST_NAME = 12
STYLE = re.compile(r'\sstyle="([^"]*+)"')
FILTERED = re.compile(r"filter(?:=\"|\s*+:)\s*+url\(#([^()]++)\)")
PART = r"\s*+[\d.]++%?+\s*+"
SIMPLE = re.compile(
    rf"(?:\s*+-?+[a-z]++(?:-[a-z]++)*+\s*+:(?:url\(#[^)(;]++\)|rgb\({PART},{PART},{PART}\)|[^;:()!\"'&\\/{{}}])*+(?:;|\Z))*+\s*+"
)
OF_SHEETS = re.compile(
    r"(?:^|;)\s*+(?:x|y|cx|cy|r|rx|ry|d|width|height|translate|rotate|scale|transform|background(?:-color|-image)?+|"
    r"animation(?:-name)?+|clip|font|offset(?:-path)?+|backdrop-filter|content-visibility|direction|white-space|"
    r"font-(?:variant(?:-\w++)?+|palette|size-adjust|feature-settings|variation-settings)|"
    r"text-(?:shadow|orientation|emphasis(?:-style)?+|underline-offset|decoration(?:-\w++)?+)|"
    r"mask-(?:image|border)|-webkit-mask(?:-image)?+)\s*+:|inherit|unset|initial|revert|plus-(?:light|dark)er"
)
UNITS = re.compile(r"=\"[-+.\d]++(?:r[ec]m|ch|vw|vh|vmin|vmax|q)\"")


def is_plain(text: str) -> bool:
    """Returns whether resvg draws a serialized SVG as browsers do, without adaptation."""
    low = text.lower()
    if any(each in low for each in UNKNOWN) or UNITS.search(low) or not _has_known_functions(low):
        return False
    if "data:" in low and any(each in low for each in PICTURES):
        return False
    if "<text" in low and not _has_known_fonts(low):
        return False
    if "filter" in low and any(f'id="{name}"' not in text for name in FILTERED.findall(text)):
        return False
    return all(SIMPLE.fullmatch(each) and not OF_SHEETS.search(each) for each in {*STYLE.findall(text)})


def _has_known_fonts(low: str) -> bool:
    lists = FAMILIES.findall(low.replace("&quot;", "'"))
    return not any(each in low for each in FONTS) and all("serif" in each for each in lists)


def _has_known_functions(low: str) -> bool:
    before, *parts = low.split("(")
    for part in parts:
        end = before[-LONGEST_NAME:]
        name = end[len(end.rstrip(OF_NAMES)) :]
        if name and (name not in KNOWN or (name.startswith("rgb") and "," not in part)):
            return False
        before = part
    return "deg)" not in low
