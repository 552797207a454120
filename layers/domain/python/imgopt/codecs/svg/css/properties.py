"""The CSS properties of SVG: which are inherited, and their initial values."""

import re
from collections.abc import Callable
from functools import lru_cache, partial

from imgopt.codecs.svg.css.colors import ColorScheme, resolve_color
from imgopt.codecs.svg.css.numbers import significant, split_at, tokens_of
from imgopt.codecs.svg.css.units import is_css_transform

# Inherited properties that resvg supports, with their initial values.
INHERITED = {
    "clip-rule": "nonzero",
    "color": "#000000",
    "color-interpolation": "sRGB",
    "color-interpolation-filters": "linearRGB",
    "direction": "ltr",
    "fill": "#000000",
    "fill-opacity": "1",
    "fill-rule": "nonzero",
    "font-family": "sans-serif",
    "font-kerning": "auto",
    "font-size": "16px",
    "font-stretch": "normal",
    "font-style": "normal",
    "font-variant": "normal",
    "font-weight": "normal",
    "image-rendering": "auto",
    "letter-spacing": "normal",
    "marker-end": "none",
    "marker-mid": "none",
    "marker-start": "none",
    "paint-order": "normal",
    "shape-rendering": "auto",
    "stroke": "none",
    "stroke-dasharray": "none",
    "stroke-dashoffset": "0",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "stroke-miterlimit": "4",
    "stroke-opacity": "1",
    "stroke-width": "1",
    "text-anchor": "start",
    "text-rendering": "auto",
    "text-transform": "none",
    "visibility": "visible",
    "word-spacing": "normal",
    "writing-mode": "horizontal-tb",
}
OWN = {
    "alignment-baseline": "auto",
    "background-color": "transparent",
    "baseline-shift": "0",
    "clip-path": "none",
    "display": "inline",
    "dominant-baseline": "auto",
    "filter": "none",
    "flood-color": "#000000",
    "flood-opacity": "1",
    "isolation": "auto",
    "lighting-color": "#ffffff",
    "mask": "none",
    "mask-type": "luminance",
    "mix-blend-mode": "normal",
    "opacity": "1",
    "overflow": "",
    "rotate": "none",
    "scale": "none",
    "stop-color": "#000000",
    "stop-opacity": "1",
    "text-decoration": "none",
    "transform": "none",
    "transform-box": "view-box",
    "transform-origin": "",
    "translate": "none",
    "unicode-bidi": "normal",
    "vector-effect": "none",
}
# Geometry properties by element (SVG 2, 7.1).
BOX = frozenset({"x", "y", "width", "height"})
GEOMETRY = {
    "circle": frozenset({"cx", "cy", "r"}),
    "ellipse": frozenset({"cx", "cy", "rx", "ry"}),
    "image": BOX,
    "path": frozenset({"d"}),
    "rect": BOX | {"rx", "ry"},
    "use": BOX,
}
SIZES = frozenset().union(*GEOMETRY.values())
LENGTHS = frozenset({"font-size", "letter-spacing", "stroke-dashoffset", "stroke-width", "word-spacing", *SIZES}) - {
    "d"
}
COLORS = frozenset({"background-color", "color", "flood-color", "lighting-color", "stop-color"})
PAINTS = frozenset({"fill", "stroke"})
AS_WRITTEN = frozenset({"color-interpolation", "color-interpolation-filters", "font-family"})
OPACITY = re.compile(r"[+-]?+[\d.]++(?:e[+-]?+\d++)?+%?+|(?:calc|min|max|clamp)\(.*+", re.IGNORECASE)
# resvg only reads these in `style`.
IN_STYLE = frozenset({"font-kerning", "isolation", "mix-blend-mode"})
DRAWN = frozenset({*INHERITED, *OWN})
WIDE = frozenset({"inherit", "initial", "revert", "revert-layer", "unset"})
FONT_SIZE = re.compile(r"(?:[\d.]|xx?-|small|medium|large|calc\(|min\(|max\(|clamp\()", re.IGNORECASE)
STYLES, WEIGHTS = frozenset({"italic", "oblique"}), frozenset({"bold", "bolder", "lighter"})


def initial_of(name: str) -> str | None:
    """Returns the initial value; None where the property is better left out."""
    return INHERITED.get(name) or OWN.get(name) or None


@lru_cache(maxsize=8192)
def expand(name: str, text: str, scheme: ColorScheme) -> tuple[tuple[str, str], ...]:
    """Returns the longhands of a declaration with values that resvg supports; none for a declaration that browsers
    ignore.

    Values with `var()` stay unchanged.
    """
    if "var(" in text.lower() or text.lower() in WIDE:
        return tuple((each, text) for each in SHORTHANDS.get(name, (name,)))
    if name in SHORTHANDS:
        return _expand_shorthand(name, text, scheme)
    value = _accept(name, text, scheme)
    if value is not None and "(" in text and "currentcolor" in text.lower():
        value = text  # it depends on the element
    return () if value is None else ((name, value),)


SHORTHANDS: dict[str, tuple[str, ...]] = {
    "background": ("background-color",),
    "font": ("font-style", "font-variant", "font-weight", "font-stretch", "font-size", "font-family"),
    "marker": ("marker-start", "marker-mid", "marker-end"),
    "text-decoration-line": ("text-decoration",),
    "word-wrap": (),
}


def _expand_shorthand(name: str, text: str, scheme: ColorScheme) -> tuple[tuple[str, str], ...]:
    if name == "font":
        return _expand_font(text)
    if name == "background":
        colors = [resolve_color(part, scheme) for part in _words(text)]
        return (("background-color", next((color for color in colors if color), "transparent")),)
    return tuple((each, text) for each in SHORTHANDS[name])


def _words(text: str) -> list[str]:
    from tinycss2 import serialize

    return [serialize([token]) for token in tokens_of(text)]


def _expand_font(text: str) -> tuple[tuple[str, str], ...]:
    """Expands `font` (CSS Fonts 4, 2.8). Names of system fonts have no effect."""
    words = _words(text)
    at = next((number for number, word in enumerate(words) if _is_size(word, number)), None)
    if at is None or at + 1 >= len(words):
        return ()
    found = dict.fromkeys(("font-style", "font-variant", "font-weight", "font-stretch"), "normal")
    for word in words[:at]:
        low = word.lower()
        key = "font-style" if low in STYLES else "font-weight" if low in WEIGHTS or low.isdigit() else "font-variant"
        found["font-stretch" if low.endswith(("condensed", "expanded")) else key] = low
    family = at + 3 if words[at + 1] == "/" else at + 1
    if family >= len(words):
        return ()
    return (*found.items(), ("font-size", words[at]), ("font-family", " ".join(words[family:]).replace(" ,", ",")))


def _is_size(word: str, number: int) -> bool:
    """Returns whether the word is a size: a bare number is a weight."""
    return bool(FONT_SIZE.match(word)) and not word.isdigit() and number < 6


def _accept(name: str, text: str, scheme: ColorScheme) -> str | None:
    if name in COLORS:
        return resolve_color(text, scheme)
    if name in PAINTS:
        return _paint(text, scheme)
    if name == "filter" and "(" in text:
        return _colored_functions(text, scheme)
    if name in CHECKS and not CHECKS[name](text):
        return None
    is_word = name in DRAWN - AS_WRITTEN and "(" not in text and not text.startswith(("#", '"', "'"))
    return text.lower() if is_word else text


def _is_opacity(text: str) -> bool:
    return OPACITY.fullmatch(text) is not None


CHECKS: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(("opacity", "fill-opacity", "stroke-opacity", "stop-opacity", "flood-opacity"), _is_opacity),
    **{name: partial(is_css_transform, name) for name in ("rotate", "scale", "transform", "translate")},
    "transform-origin": lambda text: len(tokens_of(text)) <= 3,
}


def _paint(text: str, scheme: ColorScheme) -> str | None:
    """Returns a colour, or a reference with its fallback."""
    low = text.lower()
    if low in ("none", "context-fill", "context-stroke"):
        return low
    tokens = tokens_of(text)
    if tokens and (tokens[0].type == "url" or (tokens[0].type == "function" and tokens[0].lower_name == "url")):
        words = _words(text)
        behind = _paint(" ".join(words[1:]), scheme) if len(words) > 1 else ""
        return None if behind is None else f"{words[0]} {behind}".strip()
    return resolve_color(text, scheme)


def _colored_functions(text: str, scheme: ColorScheme) -> str:
    """Returns filter functions with colours that resvg supports."""
    from tinycss2 import serialize

    done = []
    for token in tokens_of(text):
        if token.type != "function" or token.lower_name != "drop-shadow":
            done.append(serialize([token]))
            continue
        words = [serialize([each]) for each in significant(token.arguments)]
        done.append(f"drop-shadow({' '.join(resolve_color(word, scheme) or word for word in words)})")
    return " ".join(done)


def family_names(text: str) -> list[str]:
    """Returns the family names of a font list, without quotes."""
    return [" ".join(str(getattr(token, "value", "")) for token in part) for part in split_at(tokens_of(text))]
