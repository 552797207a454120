"""Parses selectors (Selectors 4), and matches them with elements.

cssselect2 is not used: it evaluates Python source made from a selector, and counts siblings again for each test, which
is unsafe for untrusted files.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.matching import COMBINATORS, Compound, InvalidSelector, Selector, Specificity, Test
from imgopt.codecs.svg.css.numbers import MAX_DEPTH, significant, split_at
from imgopt.codecs.svg.css.pseudo_classes import never_holds, read_pseudo_class
from imgopt.codecs.svg.css.trees import Tree, classes_of

NONE: Specificity = (0, 0, 0)
CLASS: Specificity = (0, 1, 0)
COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "~=": lambda value, wanted: wanted in value.split(),
    "|=": lambda value, wanted: value == wanted or value.startswith(wanted + "-"),
    "^=": lambda value, wanted: bool(wanted) and value.startswith(wanted),
    "$=": lambda value, wanted: bool(wanted) and value.endswith(wanted),
    "*=": lambda value, wanted: bool(wanted) and wanted in value,
}


def parse_selectors(tokens: Sequence[Any]) -> list[Selector]:
    """Parses all selectors of a rule. Raises InvalidSelector where one is invalid."""
    return [parse_selector(part) for part in split_at([token for token in tokens if token.type != "comment"])]


class _Parts:
    """The parsed parts of one compound."""

    def __init__(self, combinator: str) -> None:
        self.combinator, self.key = combinator, ""
        self.tests: list[Test] = []
        self.count = 0

    def add(self, test: Test, key: str = "") -> None:
        self.tests.append(test)
        self.key = max(self.key, key, key=_sharpness)

    def compound(self) -> Compound:
        if not self.count:
            raise InvalidSelector
        return Compound(tuple(self.tests), self.combinator, self.key)


def _sharpness(key: str) -> int:
    return 3 if key.startswith("#") else 2 if key.startswith(".") else bool(key)


def parse_selector(tokens: Sequence[Any], depth: int = 0) -> Selector:
    if depth > MAX_DEPTH:
        raise InvalidSelector
    compounds: list[Compound] = []
    parts, weight = _Parts(""), NONE
    rest = _reversed(tokens)
    while rest:
        combinator, rest = _combinator(rest)
        if combinator:
            compounds.append(parts.compound())
            parts = _Parts(combinator)
        else:
            added, rest = _simple(parts, rest, depth)
            weight = (weight[0] + added[0], weight[1] + added[1], weight[2] + added[2])
    compounds.append(parts.compound())
    return Selector(tuple(compounds), weight)


def _reversed(tokens: Sequence[Any]) -> list[Any]:
    """Returns the tokens reversed, without white space at both ends."""
    start, end = 0, len(tokens)
    while start < end and tokens[start].type == "whitespace":
        start += 1
    while end > start and tokens[end - 1].type == "whitespace":
        end -= 1
    return list(reversed(tokens[start:end]))


def _combinator(rest: list[Any]) -> tuple[str, list[Any]]:
    """Parses a combinator. `rest` is reversed, so that its last token is next."""
    found = ""
    while rest and (rest[-1].type == "whitespace" or (rest[-1].type == "literal" and rest[-1].value in COMBINATORS)):
        token = rest.pop()
        sign = " " if token.type == "whitespace" else token.value
        if found.strip() and sign != " ":
            raise InvalidSelector
        found = found if found.strip() else sign
    return found, rest


def _simple(parts: _Parts, rest: list[Any], depth: int) -> tuple[Specificity, list[Any]]:
    token, parts.count = rest.pop(), parts.count + 1
    if token.type == "literal":
        return _by_sign(parts, token.value, rest, depth), rest
    if token.type == "hash" and token.is_identifier:
        parts.add(partial(_has, "id", "=", token.value), "#" + token.value)
        return (1, 0, 0), rest
    if token.type == "[] block":
        parts.add(_attribute(significant(token.content)))
        return CLASS, rest
    if token.type == "ident" and parts.count == 1:
        return _element(parts, token.value, rest), rest
    raise InvalidSelector


def _by_sign(parts: _Parts, sign: str, rest: list[Any], depth: int) -> Specificity:
    if sign == "*" and parts.count == 1:
        return _element(parts, "*", rest)
    if sign == "|" and parts.count == 1 and rest:
        parts.count = 0
        return NONE
    if sign == "." and rest and rest[-1].type == "ident":
        name = rest.pop().value
        parts.add(partial(_has_class, name), "." + name)
        return CLASS
    if sign == ":" and rest:
        return _pseudo(parts, rest, depth)
    raise InvalidSelector


def _element(parts: _Parts, name: str, rest: list[Any]) -> Specificity:
    """Parses an element name. A namespace prefix is ignored, because only SVG's namespace exists."""
    if rest and rest[-1].type == "literal" and rest[-1].value == "|":
        rest.pop()
        parts.count = 0
        return NONE
    if name == "*":
        return NONE
    parts.add(partial(_is_named, name), name)
    return 0, 0, 1


def _is_named(name: str, element: Element, _tree: Tree) -> bool:
    return element.tag == name


def _has_class(name: str, element: Element, _tree: Tree) -> bool:
    return name in classes_of(element)


def _has(name: str, sign: str, wanted: str, element: Element, _tree: Tree, *, folded: bool = False) -> bool:
    value = element.get(name)
    if value is None:
        return False
    return COMPARISONS[sign](value.lower(), wanted.lower()) if folded else COMPARISONS[sign](value, wanted)


def _attribute(tokens: list[Any]) -> Test:
    name, *rest = [token for token in tokens if not (token.type == "literal" and token.value in "|*")] or [None]
    if name is None or name.type != "ident":
        raise InvalidSelector
    if not rest:
        return lambda element, _: name.value in element.attrib
    sign, wanted, *flags = [*rest, None]
    known = sign.type == "literal" and sign.value in COMPARISONS
    if not known or wanted is None or wanted.type not in ("ident", "string"):
        raise InvalidSelector
    folded = bool(flags) and flags[0] is not None and flags[0].type == "ident" and flags[0].lower_value == "i"
    return partial(_has, name.value, sign.value, wanted.value, folded=folded)


def _pseudo(parts: _Parts, rest: list[Any], depth: int) -> Specificity:
    """Parses a pseudo-class, or behind two colons a pseudo-element, of which SVG draws none."""
    token = rest.pop()
    if token.type == "literal" and token.value == ":" and rest and rest.pop().type in ("ident", "function"):
        parts.add(never_holds)
        return 0, 0, 1
    test, specificity = read_pseudo_class(token, partial(parse_selector, depth=depth + 1))
    parts.add(test)
    return specificity
