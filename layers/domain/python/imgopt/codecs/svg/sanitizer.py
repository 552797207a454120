"""An SVG that draws as before, but runs nothing and loads nothing."""

import re
from xml.etree.ElementTree import Element

from imgopt.codecs.svg import styles, vocabulary
from imgopt.codecs.svg.document import XLINK_HREF, XML, parse, serialize
from imgopt.codecs.svg.references import check_expansion

HREFS = ("href", XLINK_HREF)
# Of other namespaces' attributes only these do anything. `xml:base` would turn fragments into addresses.
FOREIGN_KEPT = frozenset({XLINK_HREF, f"{{{XML}}}space", f"{{{XML}}}lang"})
NEVER = re.compile(r"on.*+|src|srcset|srcdoc|action|formaction|ping|target|download|base|data", re.IGNORECASE)
# Browsers pass over white space and control characters in addresses.
IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")


def sanitize(data: bytes) -> bytes:
    """The SVG anew, from known elements alone: no scripts, handlers, links, foreign content or foreign addresses.

    Raises as `document.parse` and `references.check_expansion` do.
    """
    root = parse(data)
    clean_tree(root)
    return serialize(root)


def clean_tree(root: Element) -> None:
    """The same in place."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        _clean(element)
        waiting += element
    check_expansion(root)


def _clean(element: Element) -> None:
    element.attrib = _attributes(element)
    _keep_known_children(element)
    if element.tag == "style":
        element.text = styles.clean("".join(element.itertext()))
        element[:] = []


def _keep_known_children(element: Element) -> None:
    """The text behind what is dropped stays where text is shown."""
    kept: list[Element] = []
    texts = [[element.text or ""]]
    for child in element:
        if _is_known(child):
            kept.append(child)
            texts.append([])
        texts[-1].append(child.tail or "")
    shown = [("".join(parts) or None) if element.tag in vocabulary.WITH_TEXT else None for parts in texts]
    element.text = shown[0]
    for child, text in zip(kept, shown[1:], strict=True):
        child.tail = text
    element[:] = kept


def _is_known(element: Element) -> bool:
    if element.tag not in vocabulary.ELEMENTS:
        return False
    if element.tag in vocabulary.ANIMATION:
        return _is_harmless_animation(element)
    if element.tag in vocabulary.EMPTY_WITHOUT_REFERENCE:
        return any(_is_local(element, element.get(name, "")) for name in HREFS)
    return True


def _is_harmless_animation(element: Element) -> bool:
    name = element.get("attributeName", "").strip().rpartition(":")[2]
    return name != "href" and not NEVER.fullmatch(name)


def _attributes(element: Element) -> dict[str, str]:
    kept = {}
    for name, value in element.attrib.items():
        if name in HREFS:
            if element.tag != "a" and _is_local(element, value):
                kept[name] = IGNORED.sub("", value)
        elif name in FOREIGN_KEPT or not (name.startswith("{") or NEVER.fullmatch(name)):
            kept[name] = styles.clean(value) if "(" in value or "\\" in value else value
    return kept


def _is_local(element: Element, address: str) -> bool:
    address = IGNORED.sub("", address)
    return address.startswith("#") or (element.tag in vocabulary.PICTURES and styles.is_picture(address))
