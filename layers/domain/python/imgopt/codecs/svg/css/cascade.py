"""Determines the winning declarations of each element (CSS Cascade 5), and their computed values."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.colors import CURRENT, ColorScheme, resolve_color
from imgopt.codecs.svg.css.properties import COLORS, DRAWN, GEOMETRY, INHERITED, PAINTS, expand, initial_of
from imgopt.codecs.svg.css.sheets import Declaration, Sheets, StyleRule, read_style
from imgopt.codecs.svg.css.trees import Tree, classes_of
from imgopt.codecs.svg.css.variables import Environment

Values = dict[str, str]
# Attributes have lower priority than rules, style attributes have higher priority. Importance reverses the order of
# layers.
ATTRIBUTE, RULE, STYLE = 0, 1, 2
Declared = tuple[tuple[Any, ...], Declaration]


class Cascade:
    """The winning declarations of each element, by name, the strongest last."""

    def __init__(self, tree: Tree, sheets: Sheets) -> None:
        self.tree, self.sheets = tree, sheets
        self._styles: dict[str, list[Declaration]] = {}
        self._buckets: dict[str, list[tuple[int, StyleRule]]] = defaultdict(list)
        for number, rule in enumerate(sheets.rules):
            self._buckets[rule.selector.key].append((number, rule))

    def winners(self, element: Element) -> Values:
        """Returns the winners of an element. Raises TooLarge where all elements together take too long."""
        declared = [*_attributes(element, self.sheets.scheme), *self._ruled(element), *self._styled(element)]
        declared.sort(key=lambda each: each[0])
        found: Values = {}
        for _, declaration in declared:
            found.pop(declaration.name, None)
            found[declaration.name] = declaration.text
        return found

    def _ruled(self, element: Element) -> Iterator[Declared]:
        for number, rule in self._candidates(element):
            if rule.selector.matches(element, self.tree):
                self.tree.spend(len(rule.declarations))
                for declaration in rule.declarations:
                    yield _strength(RULE, rule, number, declaration.important), declaration

    def _candidates(self, element: Element) -> Iterator[tuple[int, StyleRule]]:
        identity = element.get("id")
        keys = {"", element.tag, *(f".{name}" for name in classes_of(element))}
        for key in keys if identity is None else keys | {f"#{identity}"}:
            yield from self._buckets.get(key, ())

    def _styled(self, element: Element) -> Iterator[Declared]:
        style = element.get("style")
        if style and style not in self._styles:
            self._styles[style] = read_style(style, self.sheets)
        for declaration in self._styles[style] if style else ():
            yield (declaration.important, STYLE), declaration


def _strength(level: int, rule: StyleRule, number: int, important: bool) -> tuple[Any, ...]:
    layer = tuple(-each for each in rule.layer) if important else rule.layer
    return important, level, layer, rule.selector.specificity, number


def _attributes(element: Element, scheme: ColorScheme) -> Iterator[Declared]:
    """Yields presentation attributes. `transform` and `d` have another syntax than the properties, and are handled
    separately.
    """
    sizes = GEOMETRY.get(element.tag, frozenset())
    for name, text in element.attrib.items():
        if (name in DRAWN and name != "transform") or (name in sizes and name != "d"):
            for each, value in expand(name, text.strip(), scheme):
                yield (False, ATTRIBUTE), Declaration(each, value)


class Computed:
    """The computed values of one element: without `var()` and CSS-wide keywords."""

    def __init__(self, own: Values, environment: Environment, parent: "Computed | None", scheme: ColorScheme) -> None:
        custom = {name: text for name, text in own.items() if name.startswith("--")}
        self.environment, self.parent = environment.extended(custom), parent
        self.values: Values = {}
        # In pixels; None until it is needed.
        self.font_size: float | None = None
        self.scheme: ColorScheme = scheme if parent is None else parent.scheme
        for name in sorted((each for each in own if each not in custom), key=lambda each: each != "color"):
            self._set(name, own[name])

    def get(self, name: str) -> str | None:
        """Returns a value, also an inherited one; None where none is set."""
        if name in self.values:
            return self.values[name] or None
        return self.parent.get(name) if self.parent and name in INHERITED else None

    def _set(self, name: str, raw: str) -> None:
        text = self.environment.substitute(raw)
        if text is None:
            self._reset(name, "unset")
        elif text.strip().lower() in ("inherit", "initial", "revert", "revert-layer", "unset"):
            self._reset(name, text.strip().lower())
        else:
            pairs = expand(name, text.strip(), self.scheme) if text is not raw else ((name, text),)
            for each, value in pairs:
                self.values[each] = self._colored(each, value)
            if not pairs:  # an invalid value after substitution counts as unset, although it has overridden others
                self._reset(name, "unset")
        if name == "color":
            self._use_color()

    def _reset(self, name: str, word: str) -> None:
        inherited = name in INHERITED
        if word == "initial" or (word != "inherit" and not inherited):
            self.values[name] = initial_of(name) or ""
            return
        self.values.pop(name, None)
        above = self.parent.get(name) if self.parent else None
        if not inherited:
            self.values[name] = above or initial_of(name) or ""

    def _colored(self, name: str, value: str) -> str:
        if (name in COLORS or name in PAINTS) and "(" in value and "currentcolor" in value.lower():
            return resolve_color(value, self.scheme) or "none"
        return value

    def _use_color(self) -> None:
        own = self.values.get("color")
        if own == CURRENT:  # the parent's colour
            del self.values["color"]
        elif own:
            self.scheme = replace(self.scheme, current=own)
