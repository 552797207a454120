"""Optimizes SVG by svgo, as long as it looks the same."""

import math
import re
import sys
import time
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.comparison import look_the_same
from imgopt.codecs.svg.document import parse, serialize
from imgopt.codecs.svg.identifiers import STRETCH, shorten_ids
from imgopt.codecs.svg.lengths import intrinsic
from imgopt.codecs.svg.references import referenced
from imgopt.codecs.svg.rendering import rasterize
from imgopt.codecs.svg.sanitizer import clean_tree, sanitize
from imgopt.codecs.svg.traversal import speed_up_svgo
from imgopt.codecs.svg.vocabulary import ANIMATION
from imgopt.errors import InvalidImage, TooLarge
from imgopt.sandbox import budget, spawning

SECONDS, MEMORY_BYTES = 60.0, 2 << 30
REFUSAL = "The SVG took too much memory or time to optimize."
RECURSION = 10_000
# Passes are only repeated for smaller files, because svgo needs about 5 s per megabyte for each.
MULTIPASS_BYTES = 500_000
# The time of merging paths grows with the square of their number.
MERGED_ELEMENTS = 1000
CHECKED_SIDES = (512, 1024)
# By how much rounding may change width / height, which decides the size on a page: 1 px in 1000.
RATIO_TOLERANCE = 0.001
# Decimal places, tried from few to many. At most qualities, the fewest that look the same are used.
PRECISIONS = ((95, (3, 4, 5)), (0, (1, 2, 3, 4)))
TOLERANCES = ((95, 0.25), (60, 1.0), (30, 2.0), (0, 3.0))
BEFORE, AFTER = "convertStyleToAttrs", ("convertOneStopGradients", "cleanupListOfValues")
# Plugins that could rewrite what an animation or a conditional rule refers to.
UNSAFE_IN_MOTION = (
    "collapseGroups",
    "convertEllipseToCircle",
    "convertShapeToPath",
    "convertTransform",
    "inlineStyles",
    "mergePaths",
    "mergeStyles",
    "minifyStyles",
    "moveElemsAttrsToGroup",
    "moveGroupAttrsToElems",
    "removeEmptyContainers",
    "removeHiddenElems",
    "removeUnknownsAndDefaults",
    "removeUselessStrokeAndFill",
)
# Other files refer to the symbols of a sprite, which draws nothing itself.
UNSAFE_IN_SPRITES = (
    "collapseGroups",
    "removeEmptyContainers",
    "removeHiddenElems",
    "removeUselessDefs",
)
KEEP_ROLES = {"keepRoleAttr": True}
# Ids are shortened by this service; roles, labels and languages stay.
ALWAYS: dict[str, Any] = {"cleanupIds": False, "removeUnknownsAndDefaults": KEEP_ROLES}
# Marks of styles that only apply in a dark scheme.
DARK = (b"prefers-color-scheme", b"light-dark(")
# Renderers that don't support these in a style use the attribute instead.
MODERN = re.compile(r"light-dark\(|var\(|color-mix\(|\b(?:ok)?+l(?:ab|ch)\(|\bcolor\(")
MOTION = re.compile(r"@|animation|transition")
# Marks of a selector that depends on state.
STATE = re.compile(r":\s*+[\w-]")


def optimize_svg(data: bytes, quality: int) -> bytes:
    """Sanitizes the SVG and makes it as small as possible with the same looks. It may only grow by prefixes of ids.

    The higher the quality, 1 to 100, the less is rounded. Raises as `sanitize` does.
    """
    return optimize_clean(sanitize(data), quality)


def optimize_clean(clean: bytes, quality: int) -> bytes:
    """Optimizes a sanitized SVG."""
    limits = spawning.ChildLimits(SECONDS, MEMORY_BYTES)
    given = {"quality": quality, "seconds": min(SECONDS, budget.current().seconds_left)}
    try:
        return spawning.call_sandboxed(f"{__name__}:shrink", clean, limits, REFUSAL, **given)
    except (InvalidImage, TooLarge):  # it can't be drawn, and so not compared
        return clean


def shrink(data: bytes, quality: int, seconds: float = SECONDS) -> bytes:
    """Returns the first smaller candidate that looks the same, else the SVG. Runs in a child process.

    A result is optimized again where that allows other plugins, for example because a style sheet is gone. After half
    of the CPU seconds no further candidate is tried.
    """
    sys.setrecursionlimit(RECURSION)
    speed_up_svgo()
    until = time.process_time() + seconds / 2
    root = parse(data)
    original, config = _Original(root), _config(root, len(data))
    if not _is_sprite(root):
        shorten_ids(root, data)
    data = serialize(root)
    while smaller := _find_smaller(data, config, original, quality, until):
        data, before = smaller, config
        config = _config(parse(data), len(data))
        if config == before or time.process_time() > until:
            break
    return data


def _find_smaller(
    data: bytes, config: dict[str, Any], original: "_Original", quality: int, until: float
) -> bytes | None:
    for candidate in _candidates(data.decode(), config, quality):
        if len(candidate) < len(data) and original.is_shown_by(candidate, _by_quality(TOLERANCES, quality)):
            return candidate
        if time.process_time() > until:
            break
    return None


def _candidates(text: str, config: dict[str, Any], quality: int) -> Iterator[bytes]:
    from svgo import optimize as run_svgo

    for precision in _by_quality(PRECISIONS, quality):
        yield run_svgo(text, {**config, "floatPrecision": precision})["data"].encode()


class _Original:
    """The look of an SVG, also in a dark scheme where that differs."""

    def __init__(self, root: Element) -> None:
        self.ratio, self.size, text = _ratio(root), _checked_size(root), serialize(root)
        schemes = (False, True) if any(each in text for each in DARK) else (False,)
        self.pictures = {dark: rasterize(root, *self.size, dark=dark) for dark in schemes}

    def is_shown_by(self, candidate: bytes, tolerance: float) -> bool:
        """Returns whether a candidate looks the same, and is still sanitized after svgo."""
        try:
            root = parse(candidate)
            written = serialize(root)
            clean_tree(root)
        except InvalidImage:
            return False
        is_in_shape = math.isclose(_ratio(root), self.ratio, rel_tol=RATIO_TOLERANCE)
        return (
            is_in_shape
            and serialize(root) == written
            and all(
                look_the_same(picture, rasterize(root, *self.size, dark=dark), tolerance)
                for dark, picture in self.pictures.items()
            )
        )


def _by_quality(table: tuple[tuple[int, Any], ...], quality: int) -> Any:
    return next(value for least, value in table if quality >= least)


def _ratio(root: Element) -> float:
    width, height = intrinsic(root)
    return width / height


def _checked_size(root: Element) -> tuple[int, int]:
    width, height = intrinsic(root)
    least, most = CHECKED_SIDES
    scale = min(max(least, width, height), most) / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _config(root: Element, size: int) -> dict[str, Any]:
    moving, sprite = _is_moving(root), _is_sprite(root)
    unsafe = (UNSAFE_IN_MOTION if moving else ()) + (UNSAFE_IN_SPRITES if sprite else ())
    if any(element.get("attributeName") == "d" for element in root.iter()):
        unsafe += ("convertPathData",)
    if sum(1 for _ in root.iter()) > MERGED_ELEMENTS:
        unsafe += ("mergePaths",)
    overrides = {**ALWAYS, **dict.fromkeys(unsafe, False)}
    if overrides["removeUnknownsAndDefaults"] and any("lang" in element.attrib for element in root.iter()):
        overrides["removeUnknownsAndDefaults"] = KEEP_ROLES | {"unknownAttrs": False}
    preset = {"name": "preset-default", "params": {"overrides": overrides}}
    styled = any(element.tag == "style" or MODERN.search(element.get("style", "")) for element in root.iter())
    before = [] if styled or moving else [BEFORE]
    after = [] if moving else AFTER
    return {"multipass": size <= MULTIPASS_BYTES, "plugins": [*before, preset, *after]}


def _is_moving(root: Element) -> bool:
    sheets = ((element.text or "") if element.tag == "style" else element.get("style", "") for element in root.iter())
    return any(element.tag in ANIMATION for element in root.iter()) or any(map(_is_conditional, sheets))


def _is_conditional(css: str) -> bool:
    """Returns whether a style sheet has animations or rules that depend on state."""
    selectors = (found[1] for found in STRETCH.finditer(css) if found[2] == "{")
    return bool(MOTION.search(css)) or any(map(STATE.search, selectors))


def _is_sprite(root: Element) -> bool:
    used = {name for element in root.iter() for name in referenced(element)}
    return any(element.tag in ("symbol", "view") and element.get("id") not in used for element in root.iter())
