"""Warnings about parts of a request that have no effect. Such a request is accepted, and costs no more."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from imgopt.codecs.format import ImageHeader
from imgopt.imaging.effects import find_without_effect
from imgopt.imaging.options import ProcessingSettings

MOST_WARNINGS = 10
LONGEST_NAME = 40
# The smallest ratio of difflib at which a name is suggested. That of `width` and `output_width` is 0.59.
NEAR = 0.55


def describe_unknown(names: Iterable[str], known: Sequence[str], where: str = "") -> list[str]:
    """A sentence for each unknown name, with the most similar known one, and one sentence for all beyond the tenth."""
    taken = frozenset(known)
    unknown = [name for name in names if name not in taken]
    sentences = [
        f"{where}{show(name)} is not known and was ignored.{suggest(name, known)}" for name in unknown[:MOST_WARNINGS]
    ]
    more = len(unknown) - MOST_WARNINGS
    return [*sentences, f"{more} more names are not known and were ignored."] if more > 0 else sentences


def describe_without_effect(images: Iterable[ImageHeader], options: ProcessingSettings) -> list[str]:
    """A sentence for each setting that is known, but has no effect on any of the results."""
    first, *others = [find_without_effect(image, options) for image in images]
    return [sentence for sentence in first if all(sentence in other for other in others)]


def suggest(name: str, known: Sequence[str]) -> str:
    nearest = get_close_matches(name[:LONGEST_NAME].lower().replace("-", "_"), known, 1, NEAR)
    return f" Did you mean {nearest[0]}?" if nearest else ""


def show(name: str) -> str:
    """The name, shortened and printable: it can be any string of JSON, a megabyte long or with half surrogates."""
    short = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in short)
