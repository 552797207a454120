"""Applies style sheets and style attributes, as presentation attributes of each element."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.cascade import Cascade, Computed, Values
from imgopt.codecs.svg.css.media import Screen
from imgopt.codecs.svg.css.numbers import Measure
from imgopt.codecs.svg.css.properties import GEOMETRY, IN_STYLE, SIZES
from imgopt.codecs.svg.css.sheets import read_sheets
from imgopt.codecs.svg.css.trees import Tree
from imgopt.codecs.svg.css.unsupported import UNKNOWN_VALUES, name_unknown_attributes, name_unknown_value
from imgopt.codecs.svg.css.variables import Allowance, Environment
from imgopt.codecs.svg.document import XLINK_HREF
from imgopt.codecs.svg.drawing.values import font_pixels, resvg_value
from imgopt.codecs.svg.lengths import intrinsic, view_box
from imgopt.codecs.svg.shapes.matrices import Matrix

# The limits on copies of referenced elements (each inherits where it is drawn), and on their nesting.
MAX_COPIES, MAX_LEVELS = 20_000, 16
# Properties that are converted once all attributes are set.
LATER = frozenset({"rotate", "scale", "transform", "transform-box", "transform-origin", "translate", "vector-effect"})


@dataclass
class Styled:
    """A tree whose styles have become attributes.

    `later` has the elements that are still to be transformed, clipped or stroked, in document order.
    """

    tree: Tree
    left_out: set[str]
    later: list[tuple[Element, Computed]] = field(default_factory=list)
    viewports: dict[Element, tuple[float, float]] = field(default_factory=dict)
    background: str | None = None
    # The matrix from an element's content to the canvas, by element, filled on demand.
    matrices: dict[Element, Matrix] = field(default_factory=dict)

    def measure(self, element: Element, computed: Computed) -> Measure:
        return Measure(*self.viewports[element], font_pixels(computed))


def apply_styles(root: Element, screen: Screen) -> Styled:
    """Changes the tree. Raises TooLarge where its style sheets take too long or grow too large."""
    tree, sheets = Tree(root), read_sheets(root, screen)
    cascade = Cascade(tree, sheets)
    winners = {element: cascade.winners(element) for element in root.iter() if isinstance(element.tag, str)}
    styled = Styled(tree, sheets.left_out)
    environment = Environment(sheets.defaults, None, Allowance())
    _Walk(styled, screen, winners, environment, cascade).run(root)
    for parent in list(root.iter()):
        parent[:] = [child for child in parent if child.tag != "style"]
    return styled


class _Walk:
    """Walks from the root down, because values are inherited."""

    def __init__(
        self, styled: Styled, screen: Screen, winners: dict[Element, Values], environment: Environment, cascade: Cascade
    ) -> None:
        self.styled, self.screen, self.winners = styled, screen, winners
        self.environment, self.scheme = environment, cascade.sheets.scheme
        self.by_id = {element.get("id", ""): element for element in winners if element.get("id")}
        self.copies: list[Element] = []
        self.copied = 0
        self.variable = any("var(" in text for values in winners.values() for text in values.values())

    def run(self, root: Element) -> None:
        waiting: list[tuple[Element, Computed | None, tuple[float, float], int]] = [(root, None, intrinsic(root), 0)]
        while waiting:
            element, parent, viewport, level = waiting.pop()
            computed = Computed(
                self.winners[element], parent.environment if parent else self.environment, parent, self.scheme
            )
            self.styled.viewports[element] = viewport
            self._write(element, computed)
            inner = _viewport(element, viewport)
            waiting += [(child, computed, inner, level) for child in reversed(element)]
            used = self._copy(element, level) if element.tag == "use" and self.variable else None
            if used is not None:
                waiting.append((used, computed, viewport, level + 1))
        if self.copies:
            definitions = Element("defs")
            definitions[:] = self.copies
            root.append(definitions)

    def _write(self, element: Element, computed: Computed) -> None:
        self.styled.left_out |= name_unknown_attributes(element.attrib)
        for name in ("style", *(self.winners[element].keys() - computed.values.keys())):
            element.attrib.pop(name, None)
        measure, sizes = self.styled.measure(element, computed), GEOMETRY.get(element.tag, frozenset())
        kept = []
        for name, value in computed.values.items():
            if name in SIZES and name not in sizes:
                continue
            text = resvg_value(name, value, measure)
            if name in IN_STYLE:
                kept += [f"{name}:{text}"] if text else []
            else:
                _set(element, name, text)
        if kept:
            element.attrib["style"] = ";".join(kept)
        self._note(element, computed)

    def _note(self, element: Element, computed: Computed) -> None:
        values = computed.values
        unknown = (name_unknown_value(name, values[name]) for name in UNKNOWN_VALUES.keys() & values.keys())
        self.styled.left_out |= {each for each in unknown if each}
        clipped = values.get("clip-path", "")
        stroked = element.get("pathLength") or "vector-effect" in values
        if LATER & values.keys() or stroked or (clipped not in ("", "none") and not clipped.startswith("url(")):
            self.styled.later.append((element, computed))
        if computed.parent is None:
            self.styled.background = values.get("background-color")
        if element.text and (change := computed.get("text-transform")) not in (None, "none"):
            element.text = _changed(element.text, str(change))

    def _copy(self, use: Element, level: int) -> Element | None:
        """Returns a separate copy of what a `use` draws, where its custom properties may differ."""
        address = use.get("href") or use.get(XLINK_HREF) or ""
        target = self.by_id.get(address[1:])
        if target is None or not any("var(" in text for text in self._texts(target)):
            return None
        size = sum(1 for _ in target.iter())
        if level >= MAX_LEVELS or self.copied + size > MAX_COPIES:
            self.styled.left_out.add("custom properties of elements that are referenced too often")
            return None
        self.copied += size
        made = copy.deepcopy(target)
        for one, other in zip(made.iter(), list(target.iter()), strict=True):
            self.winners[one] = self.winners[other]
            one.attrib.pop("id", None)
        identity = f"{address[1:]}-{len(self.copies)}"
        while identity in self.by_id:
            identity += "-"
        made.set("id", identity)
        use.attrib.pop(XLINK_HREF, None)
        use.set("href", f"#{identity}")
        self.copies.append(made)
        return made

    def _texts(self, target: Element) -> Iterator[str]:
        for element in target.iter():
            yield from self.winners[element].values()


def _set(element: Element, name: str, text: str) -> None:
    """Sets an attribute. Properties that are converted later are removed, except `transform`, whose attribute is still
    needed.
    """
    if name == "transform" or (name == "clip-path" and "(" in text and not text.startswith("url(")):
        return
    if text and name not in LATER:
        element.attrib[name] = text
    else:
        element.attrib.pop(name, None)


def _viewport(element: Element, outer: tuple[float, float]) -> tuple[float, float]:
    """Returns the viewport for the element's children."""
    box = view_box(element) if element.tag in ("svg", "symbol", "pattern", "marker") else None
    return (box[2], box[3]) if box else outer


def _changed(text: str, change: str) -> str:
    changes = {"uppercase": str.upper, "lowercase": str.lower, "capitalize": str.title}
    return changes[change](text) if change in changes else text
