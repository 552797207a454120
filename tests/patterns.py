"""Finds regular expressions whose time grows faster than the length of the text.

Patterns are taken apart by Python's own parser. Four things are looked for, each on every way through a pattern:
- a repeat in a repeat, where the same text can be shared out among them in many ways: `(a+)+`,
- alternatives in a repeat that begin alike: `(a|ab)*`,
- repeats that overlap, one after the other, with nothing between that the first couldn't take: `a+b?a*`,
- in a search, a repeat that can take what the pattern begins with and may then fail: `a+b`, `<a[^>]*>`. It is begun
  anew at each place.
Possessive repeats (`a++`) give nothing back, so that the first three don't hold for them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from re import _constants as sre  # the only way to the parser; tests tell where it changes
from re import _parser
from typing import Any

# Repeats up to here cost a constant.
BOUNDED = 64
SEARCHES = frozenset({"search", "sub", "subn", "split", "findall", "finditer"})
ALPHABET = frozenset(map(chr, range(0x180))) | set("\u2028\u3000\u4e2d\ud800\U0001f600")
CATEGORIES = {
    sre.CATEGORY_DIGIT: str.isdecimal,
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_WORD: lambda each: each.isalnum() or each == "_",
}
NEGATED = {
    sre.CATEGORY_NOT_DIGIT: sre.CATEGORY_DIGIT,
    sre.CATEGORY_NOT_SPACE: sre.CATEGORY_SPACE,
    sre.CATEGORY_NOT_WORD: sre.CATEGORY_WORD,
}
Nodes = list[tuple[Any, Any]]


@dataclass(frozen=True)
class Atom:
    """An atom of a pattern. `gives_back` is true if it can match less when what follows fails."""

    characters: frozenset[str]
    optional: bool = False
    endless: bool = False
    gives_back: bool = False


CONDITION = Atom(frozenset())


def complaints(pattern: "re.Pattern[Any]", *, searched: bool) -> list[str]:
    """The problems of a pattern, which is searched for or matched at a place."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = _parser.parse(text, pattern.flags & ~re.LOCALE)
    found = set(_overlaps(list(tree), pattern.flags))
    if searched and any(_is_begun_anew(path) for path in _paths(list(tree), pattern.flags)):
        found.add("a search may read the same text from many places")
    return sorted(found)


def _overlaps(nodes: Nodes, flags: int) -> Iterator[str]:
    if any(_overlap(path) for path in _paths(nodes, flags)):
        yield "repeats overlap"
    for operation, argument in nodes:
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            body = list(argument[2])
            again = operation is not sre.POSSESSIVE_REPEAT and _is_endless(argument)
            yield from _overlaps(body, flags)
            if again and any(_overlap(path) for path in _paths(body * 2, flags)):
                yield "a repeat in a repeat"
            if again and _are_alike(_paths(body, flags)):
                yield "alternatives in a repeat begin alike"
        else:
            yield from chain.from_iterable(_overlaps(list(each), flags) for each in _parts(operation, argument))


def _parts(operation: Any, argument: Any) -> list[Any]:
    if operation is sre.SUBPATTERN:
        return [argument[3]]
    if operation is sre.BRANCH:
        return list(argument[1])
    if operation in (sre.ASSERT, sre.ASSERT_NOT):
        return [argument[1]]
    return [argument] if operation is sre.ATOMIC_GROUP else []


def _overlap(path: tuple[Atom, ...]) -> bool:
    for number, first in enumerate(path):
        if first.endless and first.gives_back:
            for other in path[number + 1 :]:
                shared = other.characters & first.characters
                if shared and other.endless:
                    return True
                if not (shared or other.optional or other == CONDITION):
                    break
    return False


def _is_begun_anew(path: tuple[Atom, ...]) -> bool:
    """A condition at the beginning, such as what must not stand before it, is taken to rule that out."""
    if path and path[0] == CONDITION:
        return False
    return any(
        repeat.endless
        and all(_is_taken(each, repeat) for each in path[:number])
        and not _is_optional(path[number + 1 :])
        for number, repeat in enumerate(path)
    )


def _is_taken(atom: Atom, repeat: Atom) -> bool:
    return atom.optional or atom == CONDITION or bool(atom.characters & repeat.characters)


def _are_alike(ways: Iterable[tuple[Atom, ...]]) -> bool:
    """Returns whether two alternatives can read the same text, or one of them the beginning of the other's."""
    return any(
        all(one.characters & other.characters for one, other in zip(*pair, strict=False))
        for pair in combinations(ways, 2)
    )


def _is_endless(argument: Any) -> bool:
    return argument[1] is sre.MAXREPEAT or argument[1] > BOUNDED


def _paths(nodes: Nodes, flags: int) -> Iterable[tuple[Atom, ...]]:
    """Every way through, without repeats being followed."""
    ways = [_ways(operation, argument, flags) for operation, argument in nodes]
    return (tuple(chain.from_iterable(way)) for way in product(*ways))


def _ways(operation: Any, argument: Any, flags: int) -> list[tuple[Atom, ...]]:
    if operation is sre.SUBPATTERN:
        return list(_paths(list(argument[3]), flags | argument[1]))
    if operation is sre.ATOMIC_GROUP:
        return [tuple(replace(each, gives_back=False) for each in way) for way in _paths(list(argument), flags)]
    if operation is sre.BRANCH:
        return [way for each in argument[1] for way in _paths(list(each), flags)]
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return _repeated(operation, argument, flags)
    if operation in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
        return [(CONDITION,)]
    return [(Atom(_characters(operation, argument, flags)),)]


def _repeated(operation: Any, argument: Any, flags: int) -> list[tuple[Atom, ...]]:
    """Replaces few repetitions of a part by the part."""
    least, _, body = argument
    ways = list(_paths(list(body), flags))
    if _is_endless(argument):
        characters = frozenset(chain.from_iterable(each.characters for way in ways for each in way))
        gives_back = operation is not sre.POSSESSIVE_REPEAT
        return [(Atom(characters, least == 0 or any(map(_is_optional, ways)), endless=True, gives_back=gives_back),)]
    return [tuple(replace(each, optional=True) for each in way) for way in ways] if least == 0 else ways


def _is_optional(way: tuple[Atom, ...]) -> bool:
    return all(each.optional for each in way)


def _characters(operation: Any, argument: Any, flags: int) -> frozenset[str]:
    if operation is sre.LITERAL:
        return _cased(frozenset({chr(argument)}), flags)
    if operation is sre.NOT_LITERAL:
        return ALPHABET - {chr(argument)}
    if operation is sre.RANGE:
        return _cased(frozenset(each for each in ALPHABET if argument[0] <= ord(each) <= argument[1]), flags)
    if operation is sre.CATEGORY:
        return _category(argument)
    if operation is sre.IN:
        negated = argument[0][0] is sre.NEGATE
        within = frozenset(chain.from_iterable(_characters(*each, flags) for each in argument[negated:]))
        return ALPHABET - within if negated else within
    return ALPHABET  # any character, and references to groups


def _category(name: Any) -> frozenset[str]:
    if name in NEGATED:
        return ALPHABET - _category(NEGATED[name])
    return frozenset(filter(CATEGORIES[name], ALPHABET))


def _cased(characters: frozenset[str], flags: int) -> frozenset[str]:
    if not flags & re.IGNORECASE:
        return characters
    return characters | {each.lower() for each in characters} | {each.upper() for each in characters}
