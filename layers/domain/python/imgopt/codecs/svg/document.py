"""SVG text to a tree and back, within limits that hold against hostile files."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from imgopt.errors import InvalidImage, TooLarge

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
XLINK_HREF = f"{{{XLINK}}}href"
# What is drawn, optimized and shown by browsers walks trees by recursion: libxml2 stops at 256 as well.
MAX_DEPTH = 256
MAX_ELEMENTS = 200_000
MAX_BYTES = 20 * 1024 * 1024
# Illustrator declares namespaces as entities. Text of that length can't grow into a bomb.
MAX_ENTITY_CHARACTERS, MAX_ENTITIES, MAX_REFERENCES = 128, 64, 10_000

# The standard library's functions for this load its HTTP client.
IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
IN_ATTRIBUTES = IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def parse(data: bytes) -> Element:
    """The root of an SVG, whose names are `{namespace}name`, SVG's own without one. Comments and the like are gone.

    Short internal entities are put in, as Illustrator writes them; nothing outside the file is ever read.
    Raises InvalidImage where the file is no XML, no SVG, too deep or uses entities otherwise; TooLarge at more bytes
    or elements than the limits.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"SVG too large. At most {MAX_BYTES // 2**20} MB are accepted.")
    root = _Reader(data).read()
    if root.tag != "svg":
        raise InvalidImage("The file is not a valid SVG image.")
    return root


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.builder = data, TreeBuilder()
        self.depth = self.elements = self.entities = 0
        self.parser = parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._entity

    def read(self) -> Element:
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as error:
            raise InvalidImage(f"The SVG file is damaged or truncated: {error}.") from error
        except (ValueError, LookupError) as error:
            raise InvalidImage("The SVG file is in an unknown encoding.") from error
        return self.builder.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth, self.elements = self.depth + 1, self.elements + 1
        if self.depth > MAX_DEPTH:
            raise InvalidImage(f"The SVG is nested too deeply. At most {MAX_DEPTH} levels are accepted.")
        if self.elements > MAX_ELEMENTS:
            raise TooLarge(f"The SVG has too many elements. At most {MAX_ELEMENTS} are accepted.")
        self.builder.start(_clark(name), {_clark(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(_clark(name))

    def _text(self, text: str) -> None:
        if self.depth:
            self.builder.data(text)

    def _entity(self, name: str, parameter: int, value: str | None, *_: Any) -> None:
        self.entities += 1
        plain = value is not None and not parameter and len(value) <= MAX_ENTITY_CHARACTERS and not set(value) & {*"&<"}
        if not plain or self.entities > MAX_ENTITIES or self.data.count(b"&") > MAX_REFERENCES:
            raise InvalidImage("The SVG declares XML entities that are not accepted.")


def _clark(name: str) -> str:
    """`uri}name` to `{uri}name`, and to `name` in SVG's own namespace."""
    uri, brace, local = name.rpartition("}")
    return local if not brace or uri == SVG else f"{{{uri}}}{local}"


def serialize(root: Element) -> bytes:
    """UTF-8 without a declaration. The tree holds SVG elements alone; attributes may be XLink's and XML's too."""
    declarations = f' xmlns="{SVG}"'
    if any(XLINK_HREF in element.attrib for element in root.iter()):
        declarations += f' xmlns:xlink="{XLINK}"'
    return "".join(_write(root, declarations)).encode()


def _write(element: Element, declarations: str = "") -> Iterator[str]:
    yield f"<{element.tag}{declarations}"
    for name, value in element.attrib.items():
        yield f' {_prefixed(name)}="{value.translate(IN_ATTRIBUTES)}"'
    if len(element) or element.text:
        yield ">" + (element.text or "").translate(IN_TEXT)
        for child in element:
            yield from _write(child)
            yield (child.tail or "").translate(IN_TEXT)
        yield f"</{element.tag}>"
    else:
        yield "/>"


def _prefixed(name: str) -> str:
    return name.replace(f"{{{XLINK}}}", "xlink:").replace(f"{{{XML}}}", "xml:")
