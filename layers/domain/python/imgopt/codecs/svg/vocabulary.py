"""The elements that draw, and nothing that runs, loads or embeds (SVG 2, with SMIL and Filter Effects)."""

import re

STRUCTURE = frozenset({"a", "defs", "g", "svg", "switch", "symbol", "use"})
SHAPES = frozenset({"circle", "ellipse", "image", "line", "path", "polygon", "polyline", "rect"})
TEXT = frozenset({"text", "textPath", "tref", "tspan"})
PAINT = frozenset({"clipPath", "linearGradient", "marker", "mask", "pattern", "radialGradient", "stop"})
FILTERS = frozenset(
    {
        "feBlend",
        "feColorMatrix",
        "feComponentTransfer",
        "feComposite",
        "feConvolveMatrix",
        "feDiffuseLighting",
        "feDisplacementMap",
        "feDistantLight",
        "feDropShadow",
        "feFlood",
        "feFuncA",
        "feFuncB",
        "feFuncG",
        "feFuncR",
        "feGaussianBlur",
        "feImage",
        "feMerge",
        "feMergeNode",
        "feMorphology",
        "feOffset",
        "fePointLight",
        "feSpecularLighting",
        "feSpotLight",
        "feTile",
        "feTurbulence",
        "filter",
    }
)
ANIMATION = frozenset({"animate", "animateColor", "animateMotion", "animateTransform", "mpath", "set"})
DESCRIPTION = frozenset({"desc", "style", "title", "view"})
ELEMENTS = STRUCTURE | SHAPES | TEXT | PAINT | FILTERS | ANIMATION | DESCRIPTION
# Elsewhere, text between elements is white space for the eye of whoever wrote the file.
WITH_TEXT = TEXT | {"a", "desc", "style", "title"}
# Where a picture in the file itself may be named, and what is nothing without a reference.
PICTURES = frozenset({"feImage", "image"})
# What else browsers would show or run, by what it is called in a warning.
SHOWN_BY_BROWSERS = {
    "foreignObject": "HTML in the drawing (foreignObject)",
    "script": "scripts",
    "handler": "scripts",
    **dict.fromkeys(("audio", "canvas", "embed", "iframe", "object", "video"), "embedded pages and media"),
    "discard": "animations",
}
LOADED = dict.fromkeys(PICTURES, "images that are not in the file, or of a kind that is not drawn")
EMPTY_WITHOUT_REFERENCE = frozenset({"feImage", "image", "mpath", "textPath", "use"})
FONTS_IN_FILE = "fonts in the file"
# What is left out of text alone, by its name in a warning.
OF_TEXT = re.compile(r"the CSS property (?:direction|white-space|(?:font|text)-.*+)")
