"""What browsers draw of CSS and resvg doesn't, told by a declaration's name and value."""

import re
from collections.abc import Mapping

# Of properties that resvg doesn't know: the values with which nothing is drawn otherwise, beside `NEUTRAL`.
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
# Of properties that it knows: what stands in values that it doesn't.
UNKNOWN_VALUES = {
    "background": ("gradient(", "image(", "image-set(", "cross-fade(", "url("),
    "direction": ("rtl",),
    "font-variant": ("small-caps", "petite-caps", "titling-caps", "unicase"),
    "mask": ("gradient(", "image(", "image-set(", "cross-fade("),
    "mix-blend-mode": ("plus-lighter", "plus-darker"),
    "text-decoration": ("dashed", "dotted", "double", "wavy"),
}
# Which of all these SVG 2, 6.6, knows as attributes, too.
UNKNOWN_ATTRIBUTES = ("direction", "font-size-adjust", "font-variant", "mask", "text-decoration", "white-space")
# Of math, colours, shapes, transforms and filters, as they are resolved here or read by resvg.
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
# Of CSS Values 5, Color 5 and 6 and others: these are called by their names, all else by none of the file's words.
NAMED_FUNCTIONS = frozenset(
    {"acos", "asin", "atan", "atan2", "cos", "exp", "log", "rem", "sin", "tan"}
    | {"alpha", "attr", "calc-size", "color-layers", "contrast-color", "cross-fade", "device-cmyk", "element", "env"}
    | {"if", "inherit", "paint", "progress", "random", "ray", "sibling-count", "sibling-index"}
)
DEPTH = frozenset({"matrix3d", "perspective", "rotate3d", "rotatex", "rotatey"})
FUNCTION = re.compile(r"(?<![a-z0-9-])([a-z-][a-z0-9-]*+)\(")


def name_unknown(name: str, text: str) -> str | None:
    """For a warning; None where the declaration is drawn, or draws nothing."""
    low = text.lower()
    if name in UNKNOWN_PROPERTIES:
        if low in NEUTRAL or low in UNKNOWN_PROPERTIES[name]:
            return None
        return "animations" if name.startswith("animation") else f"the CSS property {name}"
    return name_unknown_value(name, low) or _name_function(name, low)


def name_unknown_attributes(attributes: Mapping[str, str]) -> set[str]:
    """The same of an element's presentation attributes."""
    named = (name_unknown(name, attributes[name].strip()) for name in UNKNOWN_ATTRIBUTES if name in attributes)
    return {each for each in named if each}


def name_unknown_value(name: str, low: str) -> str | None:
    """Of a property that resvg knows."""
    is_unknown = any(part in low for part in UNKNOWN_VALUES.get(name, ()))
    return f"the CSS property {name}" if is_unknown else None


def _name_function(name: str, low: str) -> str | None:
    found = set(FUNCTION.findall(low)) if "(" in low and "url(" not in low and '"' not in low else set()
    if name == "transform" and found & DEPTH:
        return "transforms in space"
    if found <= KNOWN_FUNCTIONS:
        return None
    named = sorted(found & NAMED_FUNCTIONS)
    return f"the CSS function {named[0]}()" if named else "unknown CSS functions"
