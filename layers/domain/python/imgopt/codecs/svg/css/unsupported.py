"""Names CSS that browsers draw and resvg doesn't."""

import re
from collections.abc import Mapping

# Properties that resvg doesn't support, with their values without effect, in addition to `NEUTRAL`.
NEUTRAL = frozenset({"", "auto", "none", "normal", "initial", "unset", "inherit", "revert", "revert-layer"})
UNKNOWN_PROPERTIES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("animation", "animation-name"), frozenset[str]()),
    **dict.fromkeys(("backdrop-filter", "background-image", "offset", "offset-path"), frozenset[str]()),
    **dict.fromkeys(("mask-border", "mask-image", "-webkit-mask", "-webkit-mask-image"), frozenset[str]()),
    "content-visibility": frozenset({"visible"}),
    "font-feature-settings": frozenset(),
    "font-palette": frozenset(),
    "font-size-adjust": frozenset(),
    "font-variant-caps": frozenset(),
    "font-variant-numeric": frozenset(),
    "font-variant-position": frozenset(),
    "font-variation-settings": frozenset(),
    "text-decoration-color": frozenset({"currentcolor"}),
    "text-decoration-style": frozenset({"solid"}),
    "text-decoration-thickness": frozenset({"from-font"}),
    "text-emphasis": frozenset(),
    "text-emphasis-style": frozenset(),
    "text-orientation": frozenset({"mixed"}),
    "text-shadow": frozenset(),
    "text-underline-offset": frozenset(),
    "white-space": frozenset({"collapse", "nowrap"}),
}
# Properties that it supports, with parts of values that it doesn't.
UNKNOWN_VALUES = {
    "background": ("gradient(", "image(", "image-set(", "cross-fade(", "url("),
    "direction": ("rtl",),
    "font-variant": ("small-caps", "petite-caps", "titling-caps", "unicase"),
    "mask": ("gradient(", "image(", "image-set(", "cross-fade("),
    "mix-blend-mode": ("plus-lighter", "plus-darker"),
    "text-decoration": ("dashed", "dotted", "double", "wavy"),
}
# Those that are presentation attributes too (SVG 2, 6.6).
UNKNOWN_ATTRIBUTES = ("direction", "font-size-adjust", "font-variant", "mask", "text-decoration", "white-space")
# Functions of math, colours, shapes, transforms and filters that are resolved here or supported by resvg.
KNOWN_FUNCTIONS = frozenset(
    {"abs", "calc", "clamp", "hypot", "max", "min", "mod", "pow", "round", "sign", "sqrt", "url", "var"}
    | {"color", "color-mix", "hsl", "hsla", "hwb", "lab", "lch", "light-dark", "oklab", "oklch", "rgb", "rgba"}
    | {"circle", "ellipse", "inset", "path", "polygon", "rect", "shape", "xywh"}
    | {"matrix", "matrix3d", "perspective", "rotate", "rotate3d", "rotatex", "rotatey", "rotatez"}
    | {"scale", "scale3d", "scalex", "scaley", "scalez", "skew", "skewx", "skewy"}
    | {"translate", "translate3d", "translatex", "translatey", "translatez"}
    | {"blur", "brightness", "contrast", "drop-shadow", "grayscale", "hue-rotate", "invert", "opacity", "saturate"}
    | {"sepia", "linear-gradient", "radial-gradient", "conic-gradient", "format", "image-set"}
)
# Functions of CSS Values 5, Color 5 and 6 and others, which warnings may name: other words of a file aren't quoted.
NAMED_FUNCTIONS = frozenset(
    {"acos", "asin", "atan", "atan2", "cos", "exp", "log", "rem", "sin", "tan"}
    | {"alpha", "attr", "calc-size", "color-layers", "contrast-color", "cross-fade", "device-cmyk", "element", "env"}
    | {"if", "inherit", "paint", "progress", "random", "ray", "sibling-count", "sibling-index"}
)
DEPTH = frozenset({"matrix3d", "perspective", "rotate3d", "rotatex", "rotatey"})
FUNCTION = re.compile(r"(?<![a-z0-9-])([a-z-][a-z0-9-]*+)\(")


def name_unknown(name: str, text: str) -> str | None:
    """Returns a name for a warning; None where the declaration is drawn, or has no effect."""
    low = text.lower()
    if name in UNKNOWN_PROPERTIES:
        if low in NEUTRAL or low in UNKNOWN_PROPERTIES[name]:
            return None
        return "animations" if name.startswith("animation") else f"the CSS property {name}"
    return name_unknown_value(name, low) or _name_function(name, low)


def name_unknown_attributes(attributes: Mapping[str, str]) -> set[str]:
    """Returns the names for an element's presentation attributes."""
    named = (name_unknown(name, attributes[name].strip()) for name in UNKNOWN_ATTRIBUTES if name in attributes)
    return {each for each in named if each}


def name_unknown_value(name: str, low: str) -> str | None:
    """Returns a name for an unsupported value of a supported property."""
    is_unknown = any(part in low for part in UNKNOWN_VALUES.get(name, ()))
    return f"the CSS property {name}" if is_unknown else None


def _name_function(name: str, low: str) -> str | None:
    found = set(FUNCTION.findall(low)) if "(" in low and "url(" not in low and '"' not in low else set()
    if name == "transform" and found & DEPTH:
        return "3D transforms"
    if found <= KNOWN_FUNCTIONS:
        return None
    named = sorted(found & NAMED_FUNCTIONS)
    return f"the CSS function {named[0]}()" if named else "unknown CSS functions"
