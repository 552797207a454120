"""Composes tags from what was found in an image, and states nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imgopt.tagging.colors import describe_colors, dominant_colors
from imgopt.tagging.model import OFFLINE_LANGUAGE, ImageTags, TaggingFailed
from imgopt.tagging.quoting import Quotes
from imgopt.tagging.rules import FEWEST_KEYWORDS, LONGEST_ALT_TEXT, normalize_tags
from imgopt.tagging.subjects import Subject

SOURCE = "offline"
# Sides whose ratio is smaller make a square.
SQUARE = 1.05
# Longer texts are of no use as keywords.
MOST_WORDS = 4


@dataclass(frozen=True)
class Findings:
    """`shares` are those of the named colours, as `colors.measure_colors` returns them; `size` is in pixels."""

    subject: Subject | None
    quotes: Quotes | None
    shares: Mapping[str, float]
    size: tuple[int, int]


def describe_findings(found: Findings) -> ImageTags:
    """Returns tags in English. Raises TaggingFailed where nothing was found."""
    colors, contents = describe_colors(found.shares), _name_contents(found)
    if not (contents or colors):
        raise TaggingFailed("Nothing could be recognized in this image with certainty.")
    return normalize_tags(
        ImageTags(_describe(contents, colors), _choose_keywords(found), _join(found), SOURCE, OFFLINE_LANGUAGE)
    )


def _describe(contents: str, colors: str | None) -> str:
    """Returns such as "Camera with the text “FOR SALE”. Colours: mostly brown"; without the colours where that is too
    long.
    """
    if not contents:
        return colors or ""
    whole = f"{contents}. Colours: {colors.lower()}" if colors else contents
    return whole if len(whole) <= LONGEST_ALT_TEXT else contents


def _name_contents(found: Findings) -> str:
    """Returns a description without colours; "" where only colours were found."""
    parts = [_begin(found.subject.name)] if found.subject else []
    if found.quotes and found.quotes.more:
        parts.append(f"much text, such as {_enumerate(found.quotes.texts)}")
    elif found.quotes:
        parts.append(f"{'the ' * len(parts)}text {_enumerate(found.quotes.texts)}")
    return _begin((" and " if found.subject and found.subject.parts else " with ").join(parts))


def _enumerate(texts: Sequence[str]) -> str:
    *others, last = (f"\u201c{text}\u201d" for text in texts)
    return f"{', '.join(others)} and {last}" if others else last


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]


def _choose_keywords(found: Findings) -> tuple[str, ...]:
    """Returns keywords. General ones are only added where there are few others."""
    kind = found.subject.broader if found.subject else ()
    things = [each for each in _things(found) if len(each.split()) <= MOST_WORDS]
    words = [*things, *kind, *(["text"] if found.quotes else []), *dominant_colors(found.shares)]
    telling = dict.fromkeys(each.lower() for each in words)
    largest = sorted(found.shares, key=lambda name: -found.shares[name])
    fillers = dict.fromkeys([(describe_colors(found.shares) or "").lower(), _name_shape(found.size), *largest])
    missing = max(0, FEWEST_KEYWORDS - len(telling))
    return (*telling, *[each for each in fillers if each and each not in telling][:missing])


def _things(found: Findings) -> list[str]:
    names = (found.subject.parts or (found.subject.name,)) if found.subject else ()
    return [*names, *(found.quotes.texts if found.quotes else ())]


def _join(found: Findings) -> str:
    """Returns the words for the slug."""
    return " ".join([*_things(found), *dominant_colors(found.shares)])


def _name_shape(size: tuple[int, int]) -> str:
    width, height = size
    if max(size) < SQUARE * min(size):
        return "square"
    return "landscape format" if width > height else "portrait format"
