"""What was asked for and is not done, in sentences: nothing is refused for it, and nothing more is charged."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from imgopt.codecs.format import ImageHeader
from imgopt.imaging.effects import find_without_effect
from imgopt.imaging.options import ProcessingSettings

MOST_WARNINGS = 10
LONGEST_NAME = 40
# Of difflib's ratio: `width` is as near to `output_width` as 0.59.
NEAR = 0.55


def describe_unknown(names: Iterable[str], known: Sequence[str], where: str = "") -> list[str]:
    """One sentence for each that is not known, with the nearest that is, and one for all beyond the tenth."""
    taken = frozenset(known)
    unknown = [name for name in names if name not in taken]
    sentences = [
        f"{where}{show(name)} is not known and was ignored.{suggest(name, known)}" for name in unknown[:MOST_WARNINGS]
    ]
    more = len(unknown) - MOST_WARNINGS
    return [*sentences, f"{more} more names are not known."] if more > 0 else sentences


def describe_without_effect(images: Iterable[ImageHeader], options: ProcessingSettings) -> list[str]:
    """What is known, and changes nothing of any of the results."""
    first, *others = [find_without_effect(image, options) for image in images]
    return [sentence for sentence in first if all(sentence in other for other in others)]


def suggest(name: str, known: Sequence[str]) -> str:
    nearest = get_close_matches(name[:LONGEST_NAME].lower().replace("-", "_"), known, 1, NEAR)
    return f" Did you mean {nearest[0]}?" if nearest else ""


def show(name: str) -> str:
    """It can be anything that JSON holds: half a surrogate pair, too, and a megabyte of it."""
    short = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in short)
