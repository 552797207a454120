"""The elements that draw, without those that run scripts, load or embed (SVG 2, with SMIL and Filter Effects)."""

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
# In other elements, text between children is insignificant white space.
WITH_TEXT = TEXT | {"a", "desc", "style", "title"}
# Elements that refer to a picture in the file, and have no effect without one.
PICTURES = frozenset({"feImage", "image"})
# Other elements that browsers show or run, by their names in warnings.
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
# Warnings that only concern text.
OF_TEXT = re.compile(r"the CSS property (?:direction|white-space|(?:font|text)-.*+)")
