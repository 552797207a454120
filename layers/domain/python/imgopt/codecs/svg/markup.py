"""XML read within limits on everything that a file may have many of, or that may grow while it is read."""

import re
from typing import Any
from xml.parsers import expat

from imgopt.codecs.svg.signature import find_encoding
from imgopt.errors import InvalidImage, TooLarge

MAX_BYTES = 20 * 1024 * 1024
# What is drawn, optimized and shown by browsers walks trees by recursion: libxml2 stops at 256 as well.
MAX_DEPTH = 256
MAX_ELEMENTS = 200_000
# Of the whole file, declared namespaces and defaults among them; of one element; and names that differ.
MAX_ATTRIBUTES, MAX_ATTRIBUTES_OF_ONE, MAX_NAMES = 500_000, 1_000, 10_000
# A name holds its namespace, however often it is used.
MAX_NAMESPACE_CHARACTERS = 256
# Illustrator declares namespaces as entities, others as defaults. Text of that length can't grow into a bomb.
MAX_DECLARED_CHARACTERS, MAX_ENTITIES, MAX_DEFAULTS, MAX_REFERENCES = 128, 64, 256, 10_000
# After an error expat goes on to the end of what it was given, with nobody listening.
PIECE_BYTES = 1 << 17
# Tags that may have too many attributes. A value holds no `<`; whether each `=` is an attribute's, is seen then.
CROWDED = re.compile(rb"<[^<=!?](?:[^<=]*+=){%d}" % MAX_ATTRIBUTES_OF_ONE)
ATTRIBUTE = re.compile(rb"""[^<>="']++=\s*+(?:"[^"<]*+"|'[^'<]*+')""")


class Reader:
    """Passes elements on to `opened` and `closed`; their names are `namespace}name`.

    Short internal entities are put in, as Illustrator writes them; nothing outside the file is ever read.
    """

    def __init__(self, data: bytes) -> None:
        self.data, encoding = _narrow(data)
        self.depth = self.elements = self.attributes = self.entities = self.defaults = 0
        self.parser = parser = expat.ParserCreate(encoding, namespace_separator="}")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartNamespaceDeclHandler = self._namespace
        parser.EntityDeclHandler, parser.AttlistDeclHandler = self._entity, self._default

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def closed(self, name: str) -> None:
        """An element ends."""

    def read(self) -> None:
        """Raises InvalidImage where the file is no XML, too deep or declares what isn't accepted.

        Raises TooLarge beyond the limits on elements and attributes, as the constructor does beyond that on bytes.
        """
        check_crowds(self.data)
        try:
            self._feed()
        except expat.ExpatError as error:
            raise InvalidImage(f"The SVG file is damaged or truncated: {error}.") from error
        except (ValueError, LookupError) as error:
            raise InvalidImage("The SVG file is in an unknown encoding.") from error

    def _feed(self) -> None:
        for start in range(0, len(self.data), PIECE_BYTES):
            self.parser.Parse(self.data[start : start + PIECE_BYTES], False)
        self.parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth, self.elements = self.depth + 1, self.elements + 1
        if self.depth > MAX_DEPTH:
            raise InvalidImage(f"The SVG is nested too deeply. At most {MAX_DEPTH} levels are accepted.")
        if self.elements > MAX_ELEMENTS:
            raise TooLarge(f"The SVG has too many elements. At most {MAX_ELEMENTS} are accepted.")
        self._count_attributes(len(attributes))
        self.opened(name, attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.closed(name)

    def _count_attributes(self, number: int) -> None:
        self.attributes += number
        if self.attributes > MAX_ATTRIBUTES:
            raise TooLarge(f"The SVG has too many attributes. At most {MAX_ATTRIBUTES} are accepted.")
        if len(self.parser.intern) > MAX_NAMES:
            raise TooLarge(f"The SVG has too many different names. At most {MAX_NAMES} are accepted.")

    def _namespace(self, _prefix: str | None, uri: str | None) -> None:
        if uri and len(uri) > MAX_NAMESPACE_CHARACTERS:
            raise InvalidImage(f"The SVG has a namespace of more than {MAX_NAMESPACE_CHARACTERS} characters.")
        self._count_attributes(1)

    def _entity(self, _name: str, parameter: int, value: str | None, *_: Any) -> None:
        self.entities += 1
        plain = value is not None and not parameter and not set(value) & {*"&<"}
        long = len(value or "") > MAX_DECLARED_CHARACTERS
        if not plain or long or self.entities > MAX_ENTITIES or self.data.count(b"&") > MAX_REFERENCES:
            raise InvalidImage("The SVG declares XML entities that are not accepted.")

    def _default(self, _element: str, _attribute: str, _kind: str, value: str | None, _required: int) -> None:
        self.defaults += 1
        if self.defaults > MAX_DEFAULTS or len(value or "") > MAX_DECLARED_CHARACTERS:
            raise InvalidImage("The SVG declares XML attributes that are not accepted.")


def _narrow(data: bytes) -> tuple[bytes, str | None]:
    """The same in an encoding whose ASCII is ASCII, and its name where the file says another."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"SVG too large. At most {MAX_BYTES // 2**20} MB are accepted.")
    mark, encoding = find_encoding(data)
    if encoding == "utf-8":
        return data, None
    try:
        return data[len(mark) :].decode(encoding).encode(), "utf-8"
    except UnicodeDecodeError as error:
        raise InvalidImage("The SVG file is damaged or truncated: it is no valid UTF-16.") from error


def check_crowds(data: bytes) -> None:
    """Raises TooLarge where one element has more attributes than are accepted: expat would take in all of them first.

    `data` is in an encoding whose ASCII is ASCII.
    """
    position = 0
    while found := CROWDED.search(data, position):
        if _count(data, found.start()) > MAX_ATTRIBUTES_OF_ONE:
            raise TooLarge(f"An element has too many attributes. At most {MAX_ATTRIBUTES_OF_ONE} are accepted.")
        position = found.end()


def _count(data: bytes, start: int) -> int:
    number = 0
    while number <= MAX_ATTRIBUTES_OF_ONE and (found := ATTRIBUTE.match(data, start + 1)):
        number, start = number + 1, found.end() - 1
    return number
