"""An SVG's elements with parents and positions, for selectors."""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from imgopt.errors import TooLarge

# Steps of all selectors at all elements, which take some seconds. Usual files need thousands.
MAX_STEPS = 4_000_000


class Tree:
    """Parents and positions of the elements, and a budget of steps for matching."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.steps = 0
        # The anchor element of `:has()`.
        self.anchor: Element | None = None
        self.parents: dict[Element, Element] = {child: parent for parent in root.iter() for child in parent}
        self._places: dict[Element, tuple[int, int, int, int]] = {}

    def spend(self, steps: int = 1) -> None:
        """Uses up steps. Raises TooLarge beyond `MAX_STEPS`."""
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise TooLarge("The SVG's style sheets have too many rules for the number of its elements.")

    def ancestors(self, element: Element) -> Iterator[Element]:
        """Yields the ancestors, from the parent to the root."""
        while (parent := self.parents.get(element)) is not None:
            self.spend()
            yield parent
            element = parent

    def siblings_before(self, element: Element) -> Iterator[Element]:
        """Yields the siblings before, the nearest first."""
        parent = self.parents.get(element)
        if parent is None:
            return
        for number in range(self.place(element)[0] - 2, -1, -1):
            self.spend()
            yield parent[number]

    def below(self, element: Element, *, beside: bool) -> Iterator[Element]:
        """Yields all descendants; with `beside`, the later siblings and their descendants."""
        parent = self.parents.get(element)
        behind = list(parent)[self.place(element)[0] :] if parent is not None and beside else []
        self.spend(len(behind))
        for top in behind if beside else [element]:
            for each in top.iter():
                self.spend()
                if beside or each is not element:
                    yield each

    def place(self, element: Element) -> tuple[int, int, int, int]:
        """Returns positions from 1: among siblings from the first and from the last, and the same among those of its
        name.
        """
        if element not in self._places:
            parent = self.parents.get(element)
            self._count([element] if parent is None else list(parent))
        return self._places[element]

    def _count(self, siblings: list[Element]) -> None:
        self.spend(len(siblings))
        names, seen = Counter(each.tag for each in siblings), Counter[str]()
        for number, each in enumerate(siblings, 1):
            seen[each.tag] += 1
            of_type = seen[each.tag]
            self._places[each] = (number, len(siblings) - number + 1, of_type, names[each.tag] - of_type + 1)


def classes_of(element: Element) -> list[str]:
    return element.get("class", "").split()
