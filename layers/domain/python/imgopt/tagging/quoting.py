"""Which of the text in an image is worth quoting."""

from collections.abc import Iterable
from dataclasses import dataclass

from imgopt.tagging.ocr import MOST_LINES, Line, Reading, grade
from imgopt.tagging.text import clean, cut

# Texts are this long at most, so that they fit into an alt text with any subject.
MOST_QUOTES, LONGEST_QUOTE = 3, 55
# Below this score letters are often taken for others, and stripes for letters; more so in photos that show little text.
# Of the pictures that terms for scenes were made with, 35 are such photos: of the six texts of theirs that were read
# wrongly, this leaves out three, and with them three of those that were read as they are.
CERTAIN, CERTAIN_IN_PHOTOS = 0.93, 0.98
# Pixels from the edge where a line is cut off; where more than this share of all begin, there is a margin.
AT_EDGE, SHARE_OF_MARGIN = 1, 0.5
# Fewer letters say nothing, and are mostly none; of much text there is better to quote. In Chinese and its like a
# character says more.
LEAST_LETTERS, LEAST_OF_MUCH, LEAST_SIGNS = 3, 5, 2
FIRST_SIGN = "\u2e80"
# Of the letters' height: how far the middle of the next line of a text is below that of the last; of the narrower one's
# width: how much of it stands under the other; and how much larger the letters of one may be.
DISTANCES, OVERLAP, LIKE = (0.5, 1.8), 0.5, 1.5
INNER_QUOTES = str.maketrans('\u201c\u201d\u201e\u00ab\u00bb"', "''''''")


@dataclass(frozen=True)
class Quotes:
    """The most prominent first, at most 55 characters together; `more` where there is much other text."""

    texts: tuple[str, ...]
    more: bool


def choose_quotes(reading: Reading, *, is_graphic: bool) -> Quotes | None:
    """None where no text can be read with certainty."""
    much = reading.found > MOST_LINES
    least = CERTAIN if much or is_graphic else CERTAIN_IN_PHOTOS
    certain = [line for line in _find_whole(reading) if line.score >= least and any(map(str.isalnum, line.text))]
    paragraphs = [[line] for line in certain] if much else _join(certain)  # in tables, lines don't go on below
    prominent = sorted(paragraphs, key=lambda lines: -max(grade(line.height) for line in lines))
    letters = LEAST_OF_MUCH if much else LEAST_LETTERS
    texts = [each for each in dict.fromkeys(map(_text_of, prominent)) if _says_something(each, letters)]
    return Quotes(tuple(_fit(texts)), much or len(texts) > MOST_QUOTES) if texts else None


def _find_whole(reading: Reading) -> list[Line]:
    """Without those that the edge of the picture cuts off."""
    left = [line.left <= AT_EDGE for line in reading.lines]
    is_margin = sum(left) > SHARE_OF_MARGIN * len(left) and len(left) > 1
    return [
        line
        for line, at_left in zip(reading.lines, left, strict=True)
        if (is_margin or not at_left) and line.right < reading.width - 1 - AT_EDGE
    ]


def _join(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines right below each other that look alike are one text."""
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
    """Mostly letters, and enough of them."""
    letters = [each for each in text if each.isalpha()]
    signs = sum(each >= FIRST_SIGN for each in letters)
    enough = len(letters) >= least or signs >= LEAST_SIGNS
    return enough and 2 * len(letters) >= len(text.replace(" ", ""))


def _fit(texts: Iterable[str]) -> list[str]:
    """As many as there is room for; the first is cut where it alone is too long."""
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
