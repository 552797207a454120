"""Sanitizes an SVG: it looks the same, but runs no scripts and loads nothing."""

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
# The only attributes of other namespaces with an effect. `xml:base` would turn fragments into external URLs.
FOREIGN_KEPT = frozenset({XLINK_HREF, f"{{{XML}}}space", f"{{{XML}}}lang"})
# draw.io stores its source document in `content`.
NEVER = re.compile(r"on.*+|src|srcset|srcdoc|action|formaction|ping|target|download|base|data|content", re.IGNORECASE)
HANDLER = re.compile(r"on[a-z]", re.IGNORECASE)
# Transforms, the most common attributes with brackets, can't load anything.
TRANSFORM = re.compile(r"(?:\s*+(?:matrix|rotate|scale|skewX|skewY|translate)\([\d\s.,e+-]*+\))*+\s*+")
# Browsers ignore white space and control characters in URLs.
IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")
BREAKS = re.compile(r"[\t\n\r]")
EDGES = "".join(map(chr, range(0x21)))
# Nested drawings: browsers only draw one level.
MAX_LEVELS = 3


@dataclass
class _Cleaning:
    """The state of sanitizing. `level` is 0 for the file itself; `within` counts what embedded drawings draw."""

    level: int = 0
    left_out: set[str] = field(default_factory=set)
    within: dict[Element, int] = field(default_factory=dict)


def clean_svg(data: bytes) -> Prepared:
    """Returns the SVG rebuilt from known elements only: without scripts, event handlers, links, foreign content and
    external URLs.

    Raises as `document.parse` and `references.check_expansion` do.
    """
    root = parse(data)
    left_out = clean_tree(root)
    return Prepared(serialize(root), left_out)


def sanitize(data: bytes) -> bytes:
    return clean_svg(data).data


def clean_tree(root: Element) -> frozenset[str]:
    """Sanitizes a tree in place. Returns the names of what is left out."""
    cleaning = _Cleaning()
    _clean_all(root, cleaning)
    return frozenset(cleaning.left_out)


def _clean_all(root: Element, cleaning: _Cleaning) -> int:
    """Returns how many elements are drawn."""
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
    """Removes unknown children. The text behind them stays where text is shown."""
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
    """Rewrites the element's URLs so that nothing is loaded. Returns whether any is left."""
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
    """Returns a URL as browsers read it. Data URLs may contain spaces."""
    return BREAKS.sub("", address).strip(EDGES) if is_embedded(address.strip(EDGES)) else IGNORED.sub("", address)


def _embedded(element: Element, address: str, cleaning: _Cleaning) -> str | None:
    """Returns the data URL of an embedded picture; None where it isn't one, or may not stay."""
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
    cleaning.left_out.add("animations of URLs or scripts")
    return False


def _attributes(element: Element, cleaning: _Cleaning) -> dict[str, str]:
    kept = {}
    for name, value in element.attrib.items():
        if name in HREFS:
            local = IGNORED.sub("", value)
            if element.tag in vocabulary.EMPTY_WITHOUT_REFERENCE or (element.tag != "a" and local.startswith("#")):
                kept[name] = local  # these have been checked with their parent
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
        cleaning.left_out.add("external files that styles would load")
    return cleaned
