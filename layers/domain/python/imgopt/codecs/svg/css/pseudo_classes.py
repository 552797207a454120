"""Pseudo-classes (Selectors 4), evaluated for a picture without interaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

from tinycss2.nth import parse_nth

from imgopt.codecs.svg.css.matching import COMBINATORS, Compound, InvalidSelector, Selector, Specificity, Test
from imgopt.codecs.svg.css.numbers import significant, split_at
from imgopt.codecs.svg.css.trees import Tree

Parse = Callable[[Sequence[Any]], Selector]
Found = tuple[Test, Specificity]
NONE: Specificity = (0, 0, 0)
CLASS: Specificity = (0, 1, 0)
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Pseudo-classes of user actions and pages, which never match.
NEVER = frozenset(
    {
        *(
            "active",
            "autofill",
            "checked",
            "default",
            "disabled",
            "focus",
            "focus-visible",
            "focus-within",
            "fullscreen",
        ),
        *("hover", "indeterminate", "invalid", "modal", "open", "picture-in-picture", "playing", "popover-open"),
        *("target", "target-within", "visited"),
    }
)
ALWAYS = frozenset({"enabled", "defined", "valid", "read-only"})
# For each, the index in `Tree.place`.
POSITIONS = {"nth-child": 0, "nth-last-child": 1, "nth-of-type": 2, "nth-last-of-type": 3}
ONLY = {
    "first-child": (0,),
    "last-child": (1,),
    "first-of-type": (2,),
    "last-of-type": (3,),
    "only-child": (0, 1),
    "only-of-type": (2, 3),
}


def never_holds(_element: Element, _tree: Tree) -> bool:
    return False


def read_pseudo_class(token: Any, parse: Parse) -> Found:
    """Returns a test and its specificity. Raises InvalidSelector where browsers don't support it either."""
    if token.type == "ident":
        return _simple(token.lower_value), CLASS
    if token.type != "function":
        raise InvalidSelector
    arguments = [each for each in token.arguments if each.type != "comment"]
    if token.lower_name in POSITIONS:
        return _nth(POSITIONS[token.lower_name], arguments, parse)
    if token.lower_name == "lang":
        wanted = [each.value.lower() for each in significant(arguments) if each.type in ("ident", "string")]
        return partial(_is_in_language, wanted), CLASS
    return _group(token.lower_name, arguments, parse)


def _simple(name: str) -> Test:
    if name in ONLY:
        places = ONLY[name]
        return lambda element, tree: all(tree.place(element)[place] == 1 for place in places)
    if name in ("root", "scope"):
        return lambda element, tree: element is tree.root
    if name == "empty":
        return lambda element, _: not len(element) and not element.text
    if name in ("link", "any-link"):
        return lambda element, _: element.tag == "a" and any(key.endswith("href") for key in element.attrib)
    if name in NEVER or name in ALWAYS:
        return lambda _element, _tree: name in ALWAYS
    raise InvalidSelector


def _nth(place: int, arguments: list[Any], parse: Parse) -> Found:
    """Parses `An+B`, and for children `of` with selectors."""
    words = [number for number, each in enumerate(arguments) if each.type == "ident" and each.lower_value == "of"]
    split = words[0] if words and place < 2 else len(arguments)
    found = parse_nth(arguments[:split])
    if found is None:
        raise InvalidSelector
    chosen = [parse(part) for part in split_at(arguments[split + 1 :])] if split < len(arguments) else []
    ids, classes, names = _highest(chosen)
    return partial(_is_nth, found, place, chosen), (ids, classes + 1, names)


def _is_nth(wanted: tuple[int, int], place: int, chosen: list[Selector], element: Element, tree: Tree) -> bool:
    """Returns whether the position is `An+B`; `wanted` are A and B."""
    step, first = wanted
    number = _place_among(chosen, place, element, tree) if chosen else tree.place(element)[place]
    if number is None:
        return False
    return number == first if step == 0 else (number - first) % step == 0 and (number - first) // step >= 0


def _place_among(chosen: list[Selector], place: int, element: Element, tree: Tree) -> int | None:
    """Returns the position among the matching siblings; None where the element doesn't match itself."""
    if not _any_matches(chosen, element, tree):
        return None
    siblings = list(tree.parents.get(element, [element]))
    tree.spend(len(siblings))
    at = tree.place(element)[0]
    return 1 + sum(_any_matches(chosen, other, tree) for other in (siblings[: at - 1] if place == 0 else siblings[at:]))


def _is_in_language(wanted: list[str], element: Element, tree: Tree) -> bool:
    for each in (element, *tree.ancestors(element)):
        language = each.get("lang", each.get(XML_LANG))
        if language is not None:
            return any(f"{language.lower()}-".startswith(f"{one}-") for one in wanted)
    return False


def _group(name: str, arguments: list[Any], parse: Parse) -> Found:
    """Parses groups. `:is()` and `:where()` ignore invalid selectors, the others don't."""
    parts = split_at(arguments)
    if name == "has":
        relative = [_read_relative(part, parse) for part in parts]
        return (lambda element, tree: any(_has(each, element, tree) for each in relative)), _highest(relative)
    if name == "not":
        inner = [parse(part) for part in parts]
        return (lambda element, tree: not _any_matches(inner, element, tree)), _highest(inner)
    if name not in ("is", "where", "matches", "-webkit-any"):
        raise InvalidSelector
    inner = list(_understood(parts, parse))
    return partial(_any_matches, inner), NONE if name == "where" else _highest(inner)


def _understood(parts: list[list[Any]], parse: Parse) -> Iterator[Selector]:
    for part in parts:
        try:
            yield parse(part)
        except InvalidSelector:
            continue


def _any_matches(selectors: list[Selector], element: Element, tree: Tree) -> bool:
    return any(each.matches(element, tree) for each in selectors)


def _highest(selectors: list[Selector]) -> Specificity:
    return max((each.specificity for each in selectors), default=NONE)


def _read_relative(part: list[Any], parse: Parse) -> Selector:
    """Parses a relative selector, with a compound in front that matches the anchor element."""
    tokens = significant(part[:1]) + part[1:]
    leading = bool(tokens) and tokens[0].type == "literal" and tokens[0].value in COMBINATORS
    found = parse(tokens[1:] if leading else tokens)
    first = replace(found.compounds[0], combinator=tokens[0].value if leading else " ")
    anchor = Compound((lambda element, tree: element is tree.anchor,), "", "")
    return Selector((anchor, first, *found.compounds[1:]), found.specificity)


def _has(relative: Selector, element: Element, tree: Tree) -> bool:
    outer, tree.anchor = tree.anchor, element
    beside = relative.compounds[1].combinator in ("+", "~")
    try:
        return any(relative.matches(each, tree) for each in tree.below(element, beside=beside))
    finally:
        tree.anchor = outer
