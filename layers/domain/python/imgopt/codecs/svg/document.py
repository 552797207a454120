"""Parses and serializes SVG, within limits for malicious files."""

from collections.abc import Callable
from xml.etree.ElementTree import Element, TreeBuilder

from imgopt.codecs.svg.markup import Reader
from imgopt.errors import InvalidImage

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
XLINK_HREF = f"{{{XLINK}}}href"

# The standard library's functions for this import its HTTP client.
IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
IN_ATTRIBUTES = IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def parse(data: bytes) -> Element:
    """Returns the root element. Names are `{namespace}name`, SVG's own without namespace. Comments are dropped.

    Raises as `markup.Reader.read` does, and InvalidImage where the file isn't an SVG.
    """
    tree = _Tree(data)
    tree.read()
    return _checked(tree.builder.close())


def read_root(data: bytes) -> Element:
    """Returns the root element with its attributes only. The whole file is checked as by `parse`, but not kept in
    memory.
    """
    root = _Root(data)
    root.read()
    return _checked(root.element)


def _checked(root: Element | None) -> Element:
    if root is None or root.tag != "svg":
        raise InvalidImage("The file is not a valid SVG image.")
    return root


class _Tree(Reader):
    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.builder = TreeBuilder()
        self.parser.buffer_text = True
        self.parser.CharacterDataHandler = self._text

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        self.builder.start(*_named(name, attributes))

    def closed(self, name: str) -> None:
        self.builder.end(_clark(name))

    def _text(self, text: str) -> None:
        if self.depth:
            self.builder.data(text)


class _Root(Reader):
    element: Element | None = None

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if self.element is None:
            self.element = Element(*_named(name, attributes))


def _named(name: str, attributes: dict[str, str]) -> tuple[str, dict[str, str]]:
    return _clark(name), {_clark(key): value for key, value in attributes.items()}


def _clark(name: str) -> str:
    """Converts `uri}name` to `{uri}name`, and to `name` in SVG's own namespace."""
    uri, brace, local = name.rpartition("}")
    return local if not brace or uri == SVG else f"{{{uri}}}{local}"


def serialize(root: Element) -> bytes:
    """Returns UTF-8 without an XML declaration. The tree must have only SVG elements; attributes may also be XLink's
    and XML's.
    """
    declarations = f' xmlns="{SVG}"'
    if any(XLINK_HREF in element.attrib for element in root.iter()):
        declarations += f' xmlns:xlink="{XLINK}"'
    parts: list[str] = []
    _write(root, parts.append, declarations)
    return "".join(parts).encode()


def _write(element: Element, write: Callable[[str], None], declarations: str = "") -> None:
    write(f"<{element.tag}{declarations}")
    for name, value in element.attrib.items():
        write(f' {_prefixed(name)}="{value.translate(IN_ATTRIBUTES)}"')
    if not len(element) and not element.text:
        write("/>")
        return
    write(">" + (element.text or "").translate(IN_TEXT))
    for child in element:
        _write(child, write)
        write((child.tail or "").translate(IN_TEXT))
    write(f"</{element.tag}>")


def _prefixed(name: str) -> str:
    return name.replace(f"{{{XLINK}}}", "xlink:").replace(f"{{{XML}}}", "xml:")
