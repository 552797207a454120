"""Parsed selectors, and their matching with elements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.trees import Tree

Test = Callable[[Element, Tree], bool]
# The numbers of ids; of classes, attributes and pseudo-classes; of element names.
Specificity = tuple[int, int, int]
COMBINATORS = frozenset(">+~")


class InvalidSelector(ValueError):
    """An invalid selector, for which browsers ignore the whole rule."""


@dataclass(frozen=True)
class Compound:
    """Tests of one element, and the combinator before it: " ", one of `COMBINATORS`, or none."""

    tests: tuple[Test, ...]
    combinator: str
    # A necessary class (`.name`), id (`#name`) or element name, for an index.
    key: str


@dataclass(frozen=True)
class Selector:
    """Compounds from left to right."""

    compounds: tuple[Compound, ...]
    specificity: Specificity

    @property
    def key(self) -> str:
        return self.compounds[-1].key

    def matches(self, element: Element, tree: Tree) -> bool:
        """Returns whether an element matches. Raises TooLarge where the tree's steps are used up."""
        return _matches(self.compounds, len(self.compounds) - 1, element, tree)


def _matches(compounds: Sequence[Compound], last: int, element: Element, tree: Tree) -> bool:
    tree.spend(len(compounds[last].tests) + 1)
    if not all(test(element, tree) for test in compounds[last].tests):
        return False
    if last == 0:
        return True
    combinator = compounds[last].combinator
    if combinator == " ":
        return any(_matches(compounds, last - 1, each, tree) for each in tree.ancestors(element))
    if combinator == "~":
        return any(_matches(compounds, last - 1, each, tree) for each in tree.siblings_before(element))
    before = tree.parents.get(element) if combinator == ">" else next(tree.siblings_before(element), None)
    return before is not None and _matches(compounds, last - 1, before, tree)
