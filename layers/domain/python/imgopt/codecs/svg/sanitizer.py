"""An SVG that draws as before, but runs nothing and loads nothing."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree.ElementTree import Element

from imgopt.codecs.capabilities import Prepared
from imgopt.codecs.svg import styles, vocabulary
from imgopt.codecs.svg.document import XLINK_HREF, XML, parse, serialize
from imgopt.codecs.svg.embedding import SVG_TYPE, address_of, content_of, is_embedded, picture_type_of, relabelled
from imgopt.codecs.svg.references import check_expansion
from imgopt.errors import InvalidImage

HREFS = ("href", XLINK_HREF)
# Of other namespaces' attributes only these do anything. `xml:base` would turn fragments into addresses.
FOREIGN_KEPT = frozenset({XLINK_HREF, f"{{{XML}}}space", f"{{{XML}}}lang"})
# In `content`, draw.io writes the document that the picture was made of.
NEVER = re.compile(r"on.*+|src|srcset|srcdoc|action|formaction|ping|target|download|base|data|content", re.IGNORECASE)
HANDLER = re.compile(r"on[a-z]", re.IGNORECASE)
# What most attributes with brackets are, and nothing that could load anything.
TRANSFORM = re.compile(r"(?:\s*+(?:matrix|rotate|scale|skewX|skewY|translate)\([\d\s.,e+-]*+\))*+\s*+")
# Browsers pass over white space and control characters in addresses.
IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")
BREAKS = re.compile(r"[\t\n\r]")
EDGES = "".join(map(chr, range(0x21)))
# Drawings in drawings in drawings: browsers draw no more than one in another.
MAX_LEVELS = 3


@dataclass
class _Cleaning:
    """`level` is 0 for the file itself, `within` counts what is drawn by drawings in addresses."""

    level: int = 0
    left_out: set[str] = field(default_factory=set)
    within: dict[Element, int] = field(default_factory=dict)


def clean_svg(data: bytes) -> Prepared:
    """The SVG anew, from known elements alone: no scripts, handlers, links, foreign content or foreign addresses.

    Raises as `document.parse` and `references.check_expansion` do.
    """
    root = parse(data)
    left_out = clean_tree(root)
    return Prepared(serialize(root), left_out)


def sanitize(data: bytes) -> bytes:
    return clean_svg(data).data


def clean_tree(root: Element) -> frozenset[str]:
    """The same in place. Names what is left out."""
    cleaning = _Cleaning()
    _clean_all(root, cleaning)
    return frozenset(cleaning.left_out)


def _clean_all(root: Element, cleaning: _Cleaning) -> int:
    """How many elements are drawn."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        _clean(element, cleaning)
        waiting += element
    return check_expansion(root, cleaning.within)


def _clean(element: Element, cleaning: _Cleaning) -> None:
    element.attrib = _attributes(element, cleaning)
    _keep_known_children(element, cleaning)
    if element.tag == "style":
        element.text = _clean_css("".join(element.itertext()), cleaning)
        element[:] = []


def _keep_known_children(element: Element, cleaning: _Cleaning) -> None:
    """The text behind what is dropped stays where text is shown."""
    kept: list[Element] = []
    texts = [[element.text or ""]]
    for child in element:
        if _is_known(child, cleaning):
            kept.append(child)
            texts.append([])
        texts[-1].append(child.tail or "")
    shown = [("".join(parts) or None) if element.tag in vocabulary.WITH_TEXT else None for parts in texts]
    element.text = shown[0]
    for child, text in zip(kept, shown[1:], strict=True):
        child.tail = text
    element[:] = kept


def _is_known(element: Element, cleaning: _Cleaning) -> bool:
    if element.tag not in vocabulary.ELEMENTS:
        name = str(element.tag).rpartition("}")[2]
        cleaning.left_out |= {vocabulary.SHOWN_BY_BROWSERS[name]} if name in vocabulary.SHOWN_BY_BROWSERS else set()
        return False
    if element.tag in vocabulary.ANIMATION:
        return _is_harmless_animation(element, cleaning)
    if element.tag in vocabulary.EMPTY_WITHOUT_REFERENCE:
        return _refers(element, cleaning)
    return True


def _refers(element: Element, cleaning: _Cleaning) -> bool:
    """Makes its addresses such that nothing is loaded."""
    for name in HREFS:
        address = _plain(element.get(name, ""))
        if not address:
            continue
        local = address if address.startswith("#") else _embedded(element, address, cleaning)
        if local is None:
            del element.attrib[name]
            cleaning.left_out.add(vocabulary.LOADED.get(element.tag, "references to other files"))
        else:
            element.set(name, local)
    return any(element.get(name) for name in HREFS)


def _plain(address: str) -> str:
    """As browsers read it. What is embedded may have spaces within."""
    return BREAKS.sub("", address).strip(EDGES) if is_embedded(address.strip(EDGES)) else IGNORED.sub("", address)


def _embedded(element: Element, address: str, cleaning: _Cleaning) -> str | None:
    """The address of a picture that is in it; None where there is none, or none that may stay."""
    kind = picture_type_of(address) if element.tag in vocabulary.PICTURES and is_embedded(address) else ""
    if kind == SVG_TYPE:
        return _clean_drawing(element, content_of(address), cleaning)
    return relabelled(address, kind) if kind else None


def _clean_drawing(element: Element, content: bytes, cleaning: _Cleaning) -> str | None:
    if cleaning.level >= MAX_LEVELS:
        return None
    inner = _Cleaning(cleaning.level + 1, cleaning.left_out)
    try:
        root = parse(content)
    except InvalidImage:
        return None
    cleaning.within[element] = cleaning.within.get(element, 0) + _clean_all(root, inner)
    return address_of(serialize(root), SVG_TYPE)


def _is_harmless_animation(element: Element, cleaning: _Cleaning) -> bool:
    name = element.get("attributeName", "").strip().rpartition(":")[2]
    if name != "href" and not NEVER.fullmatch(name):
        return True
    cleaning.left_out.add("animations of addresses or scripts")
    return False


def _attributes(element: Element, cleaning: _Cleaning) -> dict[str, str]:
    kept = {}
    for name, value in element.attrib.items():
        if name in HREFS:
            local = IGNORED.sub("", value)
            if element.tag in vocabulary.EMPTY_WITHOUT_REFERENCE or (element.tag != "a" and local.startswith("#")):
                kept[name] = local  # the former have been looked at with their parent
            elif local:
                cleaning.left_out.add("links" if element.tag == "a" else "references to other files")
        elif _is_kept(name):
            kept[name] = _clean_css(value, cleaning) if "(" in value or "\\" in value else value
        elif HANDLER.match(name):
            cleaning.left_out.add("scripts")
    return kept


@lru_cache(maxsize=1024)
def _is_kept(name: str) -> bool:
    return name in FOREIGN_KEPT or not (name.startswith("{") or NEVER.fullmatch(name))


def _clean_css(text: str, cleaning: _Cleaning) -> str:
    if TRANSFORM.fullmatch(text):
        return text
    cleaned = styles.clean(text)
    if cleaned != text and styles.loads(text):
        cleaning.left_out.add("what styles would load from other addresses")
    return cleaned
