"""The rules that all tags must keep, because models don't reliably follow instructions."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from imgopt.tagging.model import ImageTags, MalformedOutput, TaggingFailed
from imgopt.tagging.slugs import make_slug
from imgopt.tagging.text import LONGEST_SAID, clean, cut, has_letters_or_digits

LONGEST_ALT_TEXT = 125
LONGEST_KEYWORD = 40
FEWEST_KEYWORDS, MOST_KEYWORDS = 3, 10
# Letters of the shortest words of an alt text that may serve as keywords, and words that say nothing by themselves.
TELLING_LETTERS = 4
EMPTY_WORDS = frozenset({"above", "from", "into", "mostly", "over", "some", "that", "this", "under", "with"})

# Leads that say that it is an image. German ones stay: the case after "Bild von" would be wrong without it.
SPOKEN_LEAD = re.compile(
    r"(?:(?:this|here)(?: is|['\u2019]s) )?(?:an? |the |this |une? |una |uma? )?"
    r"(?:image|picture|photo|photograph|photographie|imagen|foto|fotografía|imagem|immagine|fotografia)"
    r"(?: (?:of|de|di|showing|shows|depicting|depicts)(?!\w)| d['\u2019]|:) ?",
    re.IGNORECASE,
)
REFUSING_SENTENCE = re.compile(
    r"(?:i['\u2019]m|i am|we are|we['\u2019]re) (?:sorry|unable|not able)|sorry,? (?:but )?i\b|unable to |as an ai\b"
    r"|i (?:can['\u2019]t|cannot|can not|won['\u2019]t|will not) ",
    re.IGNORECASE,
)
BETWEEN_KEYWORDS = re.compile("[,;\u3001\uff0c\n]")
EDGES = " \t.,;:#\"'()[]*_-\u2013\u2014\u2018\u2019\u201c\u201d\u201e"


def normalize_tags(tags: ImageTags) -> ImageTags:
    """Returns the tags changed to keep the rules. Applying it twice changes nothing more.

    - The alt text has 1-125 characters, no control characters, and doesn't begin with "image of" or the like.
    - There are 3-10 keywords in lower case, each once, of at most 40 characters.
    - The slug has 1-60 characters: words of a-z and 0-9, with dashes between them.

    Raises TaggingFailed where the tagger refused, and MalformedOutput where the tags can't be repaired.
    """
    alt_text = _put_alt_text_right(tags.alt_text)
    keywords = _put_keywords_right(tags.keywords, alt_text)
    slug = make_slug((tags.slug, alt_text, *keywords), tags.language)
    return replace(tags, alt_text=alt_text, keywords=keywords, slug=slug)


def _put_alt_text_right(text: str) -> str:
    cleaned = clean(text)
    if REFUSING_SENTENCE.match(cleaned):
        raise TaggingFailed("The tagger refused to describe the image.")
    alt_text = cut(_strip_lead(cleaned), LONGEST_ALT_TEXT)
    if not has_letters_or_digits(alt_text):
        raise MalformedOutput("The answer has no alt text.")
    return alt_text


def _strip_lead(text: str) -> str:
    bare = text
    while lead := SPOKEN_LEAD.match(bare):
        bare = bare[lead.end() :].lstrip()
    return bare if bare == text else clean(bare[:1].upper() + bare[1:])


def _put_keywords_right(keywords: Iterable[str], alt_text: str) -> tuple[str, ...]:
    """Returns valid keywords. Where there are too few, words of the alt text are added."""
    composed = (unicodedata.normalize("NFC", each[:LONGEST_SAID]) for each in keywords)
    parts = [part for each in composed for part in BETWEEN_KEYWORDS.split(each)]
    kept = list(dict.fromkeys(_make_plain(parts)))[:MOST_KEYWORDS]
    if len(kept) < FEWEST_KEYWORDS:
        kept = list(dict.fromkeys((*kept, *_find_telling_words(alt_text))))[:FEWEST_KEYWORDS]
    if len(kept) < FEWEST_KEYWORDS:
        raise MalformedOutput("The answer has too few keywords.")
    return tuple(kept)


def _make_plain(keywords: Iterable[str]) -> Iterator[str]:
    for keyword in keywords:
        plain = cut(clean(keyword.lower()).strip(EDGES), LONGEST_KEYWORD).strip(EDGES)
        if has_letters_or_digits(plain):
            yield plain


def _find_telling_words(text: str) -> Iterator[str]:
    words = _make_plain(BETWEEN_KEYWORDS.sub(" ", text).split())
    return (word for word in words if len(word) >= TELLING_LETTERS and word not in EMPTY_WORDS)
