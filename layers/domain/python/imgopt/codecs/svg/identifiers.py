"""Makes ids unique: SVGs in one page with equal ids would use each other's paint servers."""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.document import XLINK_HREF

LETTERS, DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"
# The characters of each position of a prefix, by which earlier results are recognized: 1.8 million prefixes.
PREFIX = (LETTERS, DIGITS, LETTERS, DIGITS, LETTERS)
GIVEN = re.compile(r"([a-z]\d[a-z]\d[a-z])[a-z]++")
PLAIN = re.compile(r"[\w.:-]++")
HREFS = ("href", XLINK_HREF)
TIMES = ("begin", "end")
LOCAL_URL = re.compile(r"(url\(\s*+[\"']?+\s*+#)([^\"')\s]++)")
HASH = re.compile(r"#([\w-]++)")
# `id.event`, one of several separated by semicolons.
MOMENT = re.compile(r"((?:\A|;)\s*+)([^.;\s+()]++)(?=\.)")
# Text before a brace, or another end.
STRETCH = re.compile(r"([^;{}]*+)([;{}]?+)")
Rename = Callable[[str], str]


def shorten_ids(root: Element, content: bytes) -> None:
    """Removes ids without references, and shortens the others, with a prefix derived from `content`.

    Ids in `aria-` attributes stay, because they don't affect painting, and pages may use them. All ids stay where style
    sheets match parts of ids, or contain escapes.
    """
    sheets = [element.text or "" for element in root.iter("style")]
    if any("\\" in sheet or "[id" in sheet for sheet in sheets):
        return
    kept = set(_labels(root))
    used = set(_used(root)) | kept
    names = _names({each for each in used if PLAIN.fullmatch(each)} - kept, root, _prefix(content))
    for element in root.iter():
        identity = element.get("id")
        if identity is not None and identity not in used:
            del element.attrib["id"]
        _rewrite(element, lambda name: names.get(name, name))


def _prefix(content: bytes) -> str:
    return "".join(signs[byte % len(signs)] for signs, byte in zip(PREFIX, sha256(content).digest(), strict=False))


def _names(wanted: set[str], root: Element, prefix: str) -> dict[str, str]:
    """Returns new names in document order; none where the ids are shortened already."""
    there = list(dict.fromkeys(element.get("id", "") for element in root.iter() if element.get("id") in wanted))
    before = {found[1] if (found := GIVEN.fullmatch(name)) else "" for name in there}
    if len(before) == 1 and "" not in before:
        return {}
    taken = {element.get("id") for element in root.iter()} - {*there}
    free = (name for name in _counted(prefix) if name not in taken)
    return dict(zip(there, free, strict=False))


def _counted(prefix: str) -> Iterator[str]:
    number = 0
    while True:
        rest, name = number, ""
        while rest >= 0:
            rest, place = divmod(rest, len(LETTERS))
            name, rest = LETTERS[place] + name, rest - 1
        yield prefix + name
        number += 1


def _labels(root: Element) -> Iterator[str]:
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.startswith("aria-"):
                yield from value.split()


def _used(root: Element) -> Iterator[str]:
    """Yields the ids with references other than labels."""
    found: list[str] = []

    def note(name: str) -> str:
        found.append(name)
        return name

    for element in root.iter():
        _rewrite(element, note, names_itself=False)
    yield from found


def _rewrite(element: Element, rename: Rename, *, names_itself: bool = True) -> None:
    for name, value in element.attrib.items():
        if name == "id":
            element.attrib[name] = rename(value) if names_itself else value
        elif name in HREFS and value.startswith("#"):
            element.attrib[name] = "#" + rename(value[1:])
        elif name in TIMES:
            element.attrib[name] = MOMENT.sub(lambda found: found[1] + rename(found[2]), value)
        elif "url(" in value:
            element.attrib[name] = _in_urls(value, rename)
    if element.tag == "style" and element.text:
        element.text = "".join(_in_sheet(found, rename) for found in STRETCH.finditer(element.text))


def _in_urls(text: str, rename: Rename) -> str:
    return LOCAL_URL.sub(lambda found: found[1] + rename(found[2]), text)


def _in_sheet(found: re.Match[str], rename: Rename) -> str:
    """Renames in a style sheet: ids in selectors, and in `url()` only in declarations, where `#` can begin a colour."""
    text, end = found[1], found[2]
    if end == "{" and not text.lstrip().startswith("@"):
        text = HASH.sub(lambda each: "#" + rename(each[1]), text)
    return _in_urls(text, rename) + end
