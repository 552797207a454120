"""Parses style sheets to the rules that apply on a screen, in the order of the cascade."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree.ElementTree import Element

from tinycss2 import parse_blocks_contents, parse_component_value_list, parse_stylesheet, serialize

from imgopt.codecs.svg.css.colors import ColorScheme
from imgopt.codecs.svg.css.matching import InvalidSelector, Selector
from imgopt.codecs.svg.css.media import Screen, holds, holds_on
from imgopt.codecs.svg.css.numbers import MAX_DEPTH, nests_deeply, significant, split_at
from imgopt.codecs.svg.css.properties import DRAWN, SHORTHANDS, SIZES, expand
from imgopt.codecs.svg.css.selectors import parse_selectors
from imgopt.codecs.svg.css.unsupported import UNKNOWN_PROPERTIES, name_unknown
from imgopt.codecs.svg.vocabulary import FONTS_IN_FILE
from imgopt.errors import TooLarge

# Properties that are drawn, or named in warnings where they aren't.
NAMED = frozenset({*DRAWN, *SHORTHANDS, *SIZES, *UNKNOWN_PROPERTIES})
# Parsing a million characters takes 1.5 s. Sheets of drawing programs are far smaller.
MAX_CHARACTERS = 1_000_000
MAX_SELECTORS, MAX_DECLARATIONS = 20_000, 200_000
# Each level of nested rules multiplies the selectors around it.
MAX_SELECTOR_CHARACTERS = 4_000
DATA = re.compile(r"url\(\s*+[\"']?+data:[^)]*+\)?+", re.IGNORECASE)
PLAIN_STYLE = re.compile(r"[^\"'()\\/!{}@<]*+")
UNLAYERED = (math.inf,)
Layer = tuple[float, ...]


@dataclass(frozen=True)
class Declaration:
    """A declaration. `text` is in a form that resvg reads, or contains `var()` or a CSS-wide keyword."""

    name: str
    text: str
    important: bool = False


@dataclass(frozen=True)
class StyleRule:
    selector: Selector
    declarations: tuple[Declaration, ...]
    layer: Layer


@dataclass(frozen=True)
class Around:
    """The context of a rule: the outer selectors, the layer, and the nesting depth."""

    selectors: str = ""
    layer: Layer = ()
    depth: int = 0


@dataclass
class Sheets:
    """The rules of all `style` elements. `left_out` names what isn't drawn."""

    screen: Screen
    rules: list[StyleRule] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    defaults: dict[str, str] = field(default_factory=dict)
    layers: dict[Layer, dict[str, int]] = field(default_factory=dict)
    declarations: int = 0
    characters: int = 0

    def count(self, text: str) -> None:
        """Counts characters before they are parsed. Raises TooLarge."""
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS:
            raise TooLarge(f"The SVG's style sheets are too large. At most {MAX_CHARACTERS} characters are accepted.")

    @property
    def scheme(self) -> ColorScheme:
        return ColorScheme(dark=self.screen.dark)


def read_sheets(root: Element, screen: Screen) -> Sheets:
    """Parses all style sheets. Raises TooLarge beyond the limits."""
    sheets = Sheets(screen)
    for text in (DATA.sub("url(data:)", text) for text in _texts(root, screen)):
        sheets.count(text)
        if nests_deeply(text):
            raise TooLarge(f"The SVG's style sheets are nested too deeply. At most {MAX_DEPTH} levels are accepted.")
        try:
            parsed = parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
        except ValueError as error:  # Python limits the digits of a number
            raise TooLarge("The SVG's style sheets contain too long numbers.") from error
        _read_rules(sheets, parsed, Around())
    return sheets


def read_style(text: str, sheets: Sheets) -> list[Declaration]:
    """Parses a `style` attribute. Raises TooLarge as `read_sheets` does."""
    if PLAIN_STYLE.fullmatch(text):
        pairs = (part.partition(":") for part in text.split(";"))
        named = [(name.strip().lower(), value.strip()) for name, colon, value in pairs if colon]
        return [each for name, value in named for each in _declare(name, value, False, sheets)]
    sheets.count(text)
    if nests_deeply(text):
        return []
    try:
        parsed = parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)
    except ValueError:
        return []
    return list(_declarations(parsed, sheets))


def _texts(root: Element, screen: Screen) -> Iterator[str]:
    for element in root.iter("style"):
        if element.get("type", "text/css").strip().lower() in ("", "text/css"):
            media = parse_component_value_list(element.get("media", "")[:MAX_SELECTOR_CHARACTERS])
            if holds_on(media, screen):
                yield element.text or ""


def _read_rules(sheets: Sheets, nodes: Sequence[Any], around: Around) -> None:
    if around.depth > MAX_DEPTH:
        return
    for node in nodes:
        if node.type == "qualified-rule":
            _read_rule(sheets, node, around)
        elif node.type == "at-rule":
            _read_at_rule(sheets, node, around)


def _read_rule(sheets: Sheets, rule: Any, around: Around) -> None:
    text = serialize(rule.prelude)
    if around.selectors:
        text = _nested(text, around.selectors)
        if len(text) > MAX_SELECTOR_CHARACTERS:
            sheets.left_out.add("style rules nested too deeply")
            return
    try:
        selectors = parse_selectors(parse_component_value_list(text) if around.selectors else rule.prelude)
    except InvalidSelector:
        return
    _read_block(sheets, rule.content, selectors, replace(around, selectors=text))


def _read_block(sheets: Sheets, content: Sequence[Any], selectors: list[Selector], around: Around) -> None:
    nodes = parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    declarations = tuple(_declarations(nodes, sheets))
    sheets.declarations += len(declarations)
    if declarations:
        sheets.rules += [StyleRule(selector, declarations, (*around.layer, *UNLAYERED)) for selector in selectors]
    if len(sheets.rules) > MAX_SELECTORS or sheets.declarations > MAX_DECLARATIONS:
        raise TooLarge(f"The SVG's style sheets have too many rules. At most {MAX_SELECTORS} selectors are accepted.")
    nested = [node for node in nodes if node.type != "declaration"]
    _read_rules(sheets, nested, replace(around, depth=around.depth + 1))


def _nested(text: str, outer: str) -> str:
    """Returns a nested selector without nesting (CSS Nesting 1): `&` stands for the outer selectors, and is implied in
    front.
    """
    parts = [part.strip() for part in text.split(",")] if "(" not in text else [text.strip()]
    return ",".join(part.replace("&", f":is({outer})") if "&" in part else f":is({outer}) {part}" for part in parts)


def _read_at_rule(sheets: Sheets, rule: Any, around: Around) -> None:
    name = rule.lower_at_keyword
    if name == "layer":
        _read_layer(sheets, rule, around)
    elif name in ("keyframes", "-webkit-keyframes"):
        sheets.left_out.add("animations")
    elif name == "property" and rule.content is not None:
        _read_property(sheets, rule)
    elif name in ("container", "scope", "font-face"):
        sheets.left_out.add(FONTS_IN_FILE if name == "font-face" else f"style rules by @{name}")
    elif (name == "media" and holds_on(rule.prelude, sheets.screen)) or (
        name == "supports" and holds(significant(rule.prelude), _is_supported)
    ):
        _read_group(sheets, rule.content or [], around)


def _read_group(sheets: Sheets, content: Sequence[Any], around: Around) -> None:
    deeper = replace(around, depth=around.depth + 1)
    if around.selectors:  # inside a rule, declarations of a group apply to that rule's elements
        _read_block(sheets, content, parse_selectors(parse_component_value_list(around.selectors)), deeper)
    else:
        _read_rules(sheets, parse_stylesheet(content, skip_comments=True, skip_whitespace=True), deeper)


def _read_layer(sheets: Sheets, rule: Any, around: Around) -> None:
    """Reads a layer (CSS Cascade 5, 6.4): layers have the order in which they are first named."""
    names = [serialize(part).strip() for part in split_at(rule.prelude)]
    paths = [_path(sheets, around.layer, name) for name in names]
    if rule.content is not None and len(paths) == 1:
        _read_group(sheets, rule.content, replace(around, layer=paths[0]))


def _path(sheets: Sheets, layer: Layer, name: str) -> Layer:
    for part in name.split(".")[:MAX_DEPTH]:
        known = sheets.layers.setdefault(layer, {})
        layer = (*layer, known.setdefault(part or f"no name {len(known)}", len(known)))
    return layer


def _read_property(sheets: Sheets, rule: Any) -> None:
    """Reads `@property`, which may define an initial value of a custom property."""
    name = serialize(rule.prelude).strip()
    for node in parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration" and node.lower_name == "initial-value" and name.startswith("--"):
            sheets.defaults[name] = serialize(node.value).strip()


def _is_supported(token: Any, _depth: int) -> bool:
    if token.type == "function":
        if token.lower_name != "selector":
            return False
        try:
            return bool(parse_selectors(token.arguments))
        except InvalidSelector:
            return False
    nodes = parse_blocks_contents(token.content, skip_comments=True, skip_whitespace=True)
    return any(True for _ in _declarations(nodes, Sheets(Screen(0, 0))))


def _declarations(nodes: Sequence[Any], sheets: Sheets) -> Iterator[Declaration]:
    for node in nodes:
        if node.type == "declaration":
            name = node.name if node.name.startswith("--") else node.lower_name
            yield from _declare(name, serialize(node.value).strip(), node.important, sheets)


def _declare(name: str, text: str, important: bool, sheets: Sheets) -> Iterator[Declaration]:
    if name.startswith("--"):
        yield Declaration(name, text, important)
    elif name in DRAWN or name in SIZES or name in SHORTHANDS:
        for each, value in expand(name, text, sheets.scheme):
            yield Declaration(each, value, important)
    if name in NAMED and (unknown := name_unknown(name, text)):
        sheets.left_out.add(unknown)
