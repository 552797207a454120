"""References inside an SVG, and the number of elements that they draw."""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.document import XLINK_HREF
from imgopt.errors import TooLarge

# Drawing a million elements takes seconds; bombs reach billions in a few levels.
MAX_EXPANDED = 1_000_000
LOCAL_URL = re.compile(r"url\(\s*+[\"']?+\s*+#([^\"')\s]++)")
Node = tuple[Element, Iterator[Element]]


def check_expansion(root: Element, within: Mapping[Element, int] | None = None) -> int:
    """Returns how many elements are drawn. `within` has the numbers of embedded drawings, by element.

    A `use` that would draw its own ancestor is removed: browsers ignore it, but resvg doesn't in most cases. Raises
    TooLarge where the elements, counted for each reference, exceed `MAX_EXPANDED`.
    """
    expansion = _Expansion(root, within or {})
    count = expansion.count(root)
    if expansion.circular:
        for element in root.iter():
            element[:] = [child for child in element if child not in expansion.circular]
    if count > MAX_EXPANDED:
        raise TooLarge(f"The SVG draws too much by reference. At most {MAX_EXPANDED} elements are accepted.")
    return count


def referenced(element: Element) -> Iterator[str]:
    """Yields the ids that an element's attributes refer to."""
    for name, value in element.attrib.items():
        if name in ("href", XLINK_HREF) and value.startswith("#"):
            yield value[1:]
        elif "url(" in value:
            yield from LOCAL_URL.findall(value)


class _Expansion:
    """Counts the elements drawn by each element, including itself, up to about the limit.

    References in a cycle are not drawn.
    """

    def __init__(self, root: Element, within: Mapping[Element, int]) -> None:
        self.within = within
        self.by_id = {element.get("id"): element for element in root.iter()}
        self.totals: dict[Element, int] = {}
        self.circular: set[Element] = set()

    def count(self, root: Element) -> int:
        """Counts without recursion, because a chain of references can be as long as the file."""
        open_nodes: set[Element] = {root}
        stack: list[Node] = [(root, self._drawn_by(root))]
        while stack:
            element, rest = stack[-1]
            following = next((each for each in rest if self._is_new(each, element, open_nodes)), None)
            if following is not None:
                open_nodes.add(following)
                stack.append((following, self._drawn_by(following)))
            else:
                self.totals[element] = self._total(element)
                open_nodes.remove(element)
                stack.pop()
        return self.totals[root]

    def _is_new(self, each: Element, element: Element, open_nodes: set[Element]) -> bool:
        if each in open_nodes and element.tag == "use":
            self.circular.add(element)
        return each not in self.totals and each not in open_nodes

    def _total(self, element: Element) -> int:
        """Returns the sum, limited: numbers that double at each step would have as many digits as the file has
        elements.
        """
        own = 1 + self.within.get(element, 0)
        return min(MAX_EXPANDED, sum(self.totals.get(each, 0) for each in self._drawn_by(element))) + own

    def _drawn_by(self, element: Element) -> Iterator[Element]:
        yield from element
        for name in referenced(element):
            if name in self.by_id:
                yield self.by_id[name]
