"""Edits XMP packets (ISO 16684-1): removes values that are no longer true, keeps some parts only, or adds IPTC
texts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, cast

from imgopt.codecs.shared.iptc import Property, Shape
from imgopt.codecs.shared.keep_metadata import KeepMetadata

if TYPE_CHECKING:
    from xml.dom.minidom import Attr, Document, Element, Node

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC, PHOTOSHOP = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/photoshop/1.0/"
TIFF, EXIF = "http://ns.adobe.com/tiff/1.0/", "http://ns.adobe.com/exif/1.0/"
XMP, IPTC_CORE = "http://ns.adobe.com/xap/1.0/", "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
XML_NAMES, RDF_PREFIX = "http://www.w3.org/2000/xmlns/", "xmlns:rdf"
PREFIXES = {
    "dc": DC,
    "photoshop": PHOTOSHOP,
    "Iptc4xmpCore": IPTC_CORE,
    "Iptc4xmpExt": IPTC_EXTENSION,
}
# Namespaces of rights: XMP's own (ISO 16684-1, 8.5), Creative Commons' and PLUS'.
RIGHTS_NAMESPACES = frozenset(
    {"http://ns.adobe.com/xap/1.0/rights/", "http://creativecommons.org/ns#", "http://ns.useplus.org/ldf/xmp/1.0/"}
)
RIGHTS = frozenset({(DC, "rights"), (DC, "creator"), (PHOTOSHOP, "Credit"), (PHOTOSHOP, "Source")})
CREATION = frozenset(
    {(XMP, "CreateDate"), (PHOTOSHOP, "DateCreated"), (EXIF, "DateTimeOriginal"), (EXIF, "DateTimeDigitized")}
)
LOCATION = frozenset(
    {
        *((IPTC_EXTENSION, name) for name in ("LocationCreated", "LocationShown")),
        *((IPTC_CORE, name) for name in ("Location", "CountryCode")),
        *((PHOTOSHOP, name) for name in ("City", "State", "Country")),
    }
)
# EXIF properties with this prefix are places, except the time.
GPS, GPS_TIME = "GPS", "GPSTimeStamp"
# Orientation and sizes of the old pixels.
UNTRUE = frozenset(
    {
        *((TIFF, name) for name in ("Orientation", "ImageWidth", "ImageLength", "BitsPerSample", "Compression")),
        *((TIFF, name) for name in ("PhotometricInterpretation", "SamplesPerPixel", "PlanarConfiguration")),
        *((EXIF, name) for name in ("PixelXDimension", "PixelYDimension", "ColorSpace")),
    }
)
# Namespaces about the old file's gain map (Google's container, Adobe's and Apple's maps).
UNTRUE_NAMESPACES = frozenset(
    {
        "http://ns.google.com/photos/1.0/container/",
        "http://ns.adobe.com/hdr-gain-map/1.0/",
        "http://ns.apple.com/HDRGainMap/1.0/",
    }
)
EMPTY = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"></rdf:RDF></x:xmpmeta>'
# Characters that XML 1.0 excludes (production 2), and control characters except tab and newline.
UNWRITABLE = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Neither is allowed in XMP. Entities could expand without limit.
FORBIDDEN = ("<!DOCTYPE", "<!ENTITY")

Texts = Mapping[Property, Sequence[str]]
IsKept = Callable[[str | None, str], bool]


def refresh_packet(packet: bytes, texts: Texts) -> bytes:
    """Removes values that are no longer true, and adds `texts` that the packet lacks.

    Raises ValueError or ExpatError where it isn't XMP.
    """
    return _change(
        packet,
        texts,
        lambda namespace, name: namespace not in UNTRUE_NAMESPACES and (namespace, name) not in UNTRUE,
    )


def reduce_packet(packet: bytes, texts: Texts, keep: KeepMetadata) -> bytes:
    """Returns only these parts. Raises as `refresh_packet`."""
    kept = {known: each for known, each in texts.items() if known.part in keep}
    return _change(packet, kept, lambda namespace, name: _part_of(namespace, name) in keep, anew=True)


def set_texts(packet: bytes, texts: Texts) -> bytes:
    """Sets these properties to `texts`. Raises as `refresh_packet`."""
    replaced = {_full_name(each) for each in texts}
    return _change(packet, texts, lambda namespace, name: (namespace, name) not in replaced)


def _part_of(namespace: str | None, name: str) -> KeepMetadata:
    if namespace in RIGHTS_NAMESPACES or (namespace, name) in RIGHTS:
        return KeepMetadata.COPYRIGHT
    if (namespace, name) in CREATION:
        return KeepMetadata.CREATION
    if (namespace, name) in LOCATION:
        return KeepMetadata.LOCATION
    if namespace == EXIF and name.startswith(GPS):
        return KeepMetadata.LOCATION | KeepMetadata.CREATION if name == GPS_TIME else KeepMetadata.LOCATION
    return KeepMetadata.OTHERS


def _change(packet: bytes, texts: Texts, is_kept: IsKept, *, anew: bool = False) -> bytes:
    """Changes a packet. With `anew`, nothing between and around properties is kept."""
    if not packet and not texts:
        return b""
    document = _parse(packet.decode("utf-8-sig").strip("\0 \n\r\t") if packet else EMPTY)
    graph = _graph_of(document)
    known: set[tuple[str | None, str]] = set()
    changed = False
    for description in _elements(graph):
        changed |= _prune(description, is_kept)
        known |= {(each.namespaceURI, each.localName or "") for each in _properties(description)}
    added = {each: values for each, values in texts.items() if _full_name(each) not in known}
    if not known and not added:
        return b""
    if not changed and not added and not anew:
        return packet.replace(b"\0", b"")  # zero bytes around it would end a GIF's extension
    return _serialize(document, graph, added)


def _parse(text: str) -> "Document":
    from xml.dom.minidom import parseString

    if any(each in text for each in FORBIDDEN):
        raise ValueError("XMP must not have a document type.")
    return parseString(text.encode())  # noqa: S318 - safe: without a document type there are no entities


def _graph_of(document: "Document") -> "Element":
    graphs = document.getElementsByTagNameNS(RDF, "RDF")
    if not graphs:
        raise ValueError("XMP is RDF.")
    return graphs[0]


def _elements(parent: "Element") -> "list[Element]":
    return [each for each in parent.childNodes if each.nodeType == each.ELEMENT_NODE]


def _properties(description: "Element") -> "list[Attr | Element]":
    attributes = (description.attributes.item(at) for at in range(description.attributes.length))
    stated = (cast("Attr", each) for each in attributes)
    return [*(each for each in stated if each.namespaceURI not in (RDF, XML_NAMES)), *_elements(description)]


def _prune(description: "Element", is_kept: IsKept) -> bool:
    """Removes properties that aren't kept. Returns whether there were any."""
    dropped = [each for each in _properties(description) if not is_kept(each.namespaceURI, each.localName or "")]
    for each in dropped:
        if each.nodeType == each.ATTRIBUTE_NODE:
            description.removeAttributeNode(each)
        else:
            description.removeChild(each)
    return bool(dropped)


def _full_name(known: Property) -> tuple[str | None, str]:
    prefix, _, name = known.name.partition(":")
    return PREFIXES[prefix], name


def _serialize(document: "Document", graph: "Element", added: Texts) -> bytes:
    """Serializes the packet, without empty descriptions, comments, and what tools write beside the graph."""
    _drop_words(graph)
    for child in list(graph.childNodes):
        if child.nodeType != child.ELEMENT_NODE or not _properties(child):
            graph.removeChild(child)
        elif about := child.getAttributeNodeNS(RDF, "about"):
            about.value = ""  # it may contain the document's own id
    for description in _elements(_describe(added)) if added else ():
        copied = document.importNode(description, deep=True)
        if graph.getAttribute(RDF_PREFIX) != RDF:  # other prefixes may stand for it
            copied.setAttributeNS(XML_NAMES, RDF_PREFIX, RDF)
        graph.appendChild(copied)
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'{_with_prefixes(graph)}</x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def _drop_words(graph: "Element") -> None:
    """Removes comments and processing instructions, and text where only properties are allowed."""
    waiting: list[tuple[Element, bool]] = [(graph, False), *((each, False) for each in _elements(graph))]
    while waiting:
        parent, is_property = waiting.pop()
        for child in list(parent.childNodes):
            if child.nodeType == child.ELEMENT_NODE:
                waiting += [(child, True)] if is_property or parent is not graph else []
            elif child.nodeType not in (child.TEXT_NODE, child.CDATA_SECTION_NODE) or not is_property:
                parent.removeChild(child)


def _with_prefixes(graph: "Element") -> str:
    """Returns the graph alone, with the prefixes declared above it."""
    parent: Node | None = graph.parentNode
    while parent is not None and parent.nodeType == parent.ELEMENT_NODE:
        for name, value in dict(parent.attributes.items()).items():  # type: ignore[union-attr]  # an element
            if name.startswith("xmlns") and not graph.hasAttribute(name):
                graph.setAttributeNS(XML_NAMES, name, value)
        parent = parent.parentNode
    return str(graph.toxml())


def _describe(added: Texts) -> "Element":
    properties = "".join(_write(known, values) for known, values in added.items())
    used = dict.fromkeys(known.name.partition(":")[0] for known in added)
    prefixes = " ".join(f'xmlns:{prefix}="{PREFIXES[prefix]}"' for prefix in used)
    description = f'<rdf:Description rdf:about="" {prefixes}>{properties}</rdf:Description>'
    return _graph_of(_parse(EMPTY.replace("></rdf:RDF>", f">{description}</rdf:RDF>")))


def _write(known: Property, values: Sequence[str]) -> str:
    shape = known.shape
    if shape is Shape.TEXT:
        return f"<{known.name}>{_to_xml(values[0])}</{known.name}>"
    language = ' xml:lang="x-default"' if shape is Shape.LANGUAGES else ""
    items = "".join(f"<rdf:li{language}>{_to_xml(value)}</rdf:li>" for value in values)
    return f"<{known.name}><rdf:{shape}>{items}</rdf:{shape}></{known.name}>"


def _to_xml(text: str) -> str:
    """Escapes a text and removes control characters. Other invisible characters, such as joiners, are kept."""
    return escape(UNWRITABLE.sub("", text), quote=False)
