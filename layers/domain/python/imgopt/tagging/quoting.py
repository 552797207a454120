"""Chooses the text in an image that is worth quoting."""

from collections.abc import Iterable
from dataclasses import dataclass

from imgopt.tagging.ocr import MOST_LINES, Line, Reading, size_class
from imgopt.tagging.text import clean, cut

# The number of quotes, and their length together, so that they fit into an alt text with any subject.
MOST_QUOTES, LONGEST_QUOTE = 3, 55
# Below this score letters are often confused, or stripes read as letters; more so in photos with little text. Among the
# pictures for scene terms are 35 such photos with six texts that were misread; this threshold drops three of them, and
# three texts that were read correctly.
CERTAIN, CERTAIN_IN_PHOTOS = 0.93, 0.98
# Pixels from the edge where a line is cut off. Where more than this share of all lines begins at the edge, it is a
# margin.
AT_EDGE, SHARE_OF_MARGIN = 1, 0.5
# Shorter texts say nothing and are mostly misread; where there is much text, longer ones are better. A Chinese or
# Japanese character says more than a letter.
LEAST_LETTERS, LEAST_OF_MUCH, LEAST_SIGNS = 3, 5, 2
FIRST_SIGN = "\u2e80"
# For joining lines: the distance of their middles divided by the letters' height; the overlap divided by the narrower
# width; and the ratio of the letters' heights.
DISTANCES, OVERLAP, LIKE = (0.5, 1.8), 0.5, 1.5
INNER_QUOTES = str.maketrans('\u201c\u201d\u201e\u00ab\u00bb"', "''''''")


@dataclass(frozen=True)
class Quotes:
    """The most prominent texts first, together at most 55 characters. `more` means that much other text exists."""

    texts: tuple[str, ...]
    more: bool


def choose_quotes(reading: Reading, *, is_graphic: bool) -> Quotes | None:
    """Returns the quotes; None where no text can be read with certainty."""
    much = reading.found > MOST_LINES
    least = CERTAIN if much or is_graphic else CERTAIN_IN_PHOTOS
    certain = [line for line in _find_whole(reading) if line.score >= least and any(map(str.isalnum, line.text))]
    paragraphs = [[line] for line in certain] if much else _join(certain)  # lines of a table don't continue below
    prominent = sorted(paragraphs, key=lambda lines: -max(size_class(line.height) for line in lines))
    letters = LEAST_OF_MUCH if much else LEAST_LETTERS
    texts = [each for each in dict.fromkeys(map(_text_of, prominent)) if _says_something(each, letters)]
    return Quotes(tuple(_fit(texts)), much or len(texts) > MOST_QUOTES) if texts else None


def _find_whole(reading: Reading) -> list[Line]:
    """Returns the lines that the picture's edge doesn't cut off."""
    left = [line.left <= AT_EDGE for line in reading.lines]
    is_margin = sum(left) > SHARE_OF_MARGIN * len(left) and len(left) > 1
    return [
        line
        for line, at_left in zip(reading.lines, left, strict=True)
        if (is_margin or not at_left) and line.right < reading.width - 1 - AT_EDGE
    ]


def _join(lines: Iterable[Line]) -> list[list[Line]]:
    """Joins lines that are directly below each other and have similar letters."""
    paragraphs: list[list[Line]] = []
    for line in lines:
        above = next((each for each in reversed(paragraphs) if _goes_on(each[-1], line)), None)
        if above is None:
            paragraphs.append([line])
        else:
            above.append(line)
    return paragraphs


def _goes_on(above: Line, below: Line) -> bool:
    overlap = min(above.right, below.right) - max(above.left, below.left)
    narrower = min(above.right - above.left, below.right - below.left)
    smaller, larger = sorted((above.height, below.height))
    nearest, farthest = DISTANCES
    is_below = nearest * larger <= below.middle - above.middle <= farthest * larger
    return is_below and overlap >= OVERLAP * narrower and larger <= LIKE * smaller


def _text_of(lines: Iterable[Line]) -> str:
    return clean(" ".join(line.text for line in lines).translate(INNER_QUOTES))


def _says_something(text: str, least: int) -> bool:
    """Returns whether a text is mostly letters, and long enough."""
    letters = [each for each in text if each.isalpha()]
    signs = sum(each >= FIRST_SIGN for each in letters)
    enough = len(letters) >= least or signs >= LEAST_SIGNS
    return enough and 2 * len(letters) >= len(text.replace(" ", ""))


def _fit(texts: Iterable[str]) -> list[str]:
    """Returns as many texts as fit; a single long one is cut."""
    fitting: list[str] = []
    for text in texts:
        room = LONGEST_QUOTE - sum(map(len, fitting))
        if any(text in other for other in fitting):
            continue
        if len(fitting) < MOST_QUOTES and len(text) <= room:
            fitting.append(text)
        elif not fitting:
            return [f"{cut(text, LONGEST_QUOTE - 1)}\u2026"]
    return fitting
