"""Parses XML within limits on everything that may be numerous, or may grow while it is parsed."""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any
from xml.parsers import expat

from imgopt.codecs.shared.searching import PART_BYTES
from imgopt.codecs.svg.signature import find_encoding
from imgopt.errors import InvalidImage, TooLarge

MAX_BYTES = 20 * 1024 * 1024
# resvg, svgo and browsers walk trees recursively. libxml2 has the same limit.
MAX_DEPTH = 256
MAX_ELEMENTS = 200_000
# Limits on attributes of the file, including namespaces and defaults; on those of one element; and on distinct names.
MAX_ATTRIBUTES, MAX_ATTRIBUTES_OF_ONE, MAX_NAMES = 500_000, 1_000, 10_000
# The parser repeats a namespace in every name.
MAX_NAMESPACE_CHARACTERS = 256
# Illustrator declares namespaces as entities, other programs as defaults. Such short texts can't grow into a bomb.
MAX_DECLARED_CHARACTERS, MAX_ENTITIES, MAX_DEFAULTS, MAX_REFERENCES = 128, 64, 256, 10_000
# expat holds the interpreter's lock between two handlers, and after an error it parses on to the end of its input.
PIECE_BYTES = 1 << 14
# Tags that may have too many attributes. Values contain no `<`; the exact number of attributes is counted later.
CROWDED = re.compile(rb"<[^<=!?](?:[^<=]*+=){%d}" % MAX_ATTRIBUTES_OF_ONE)
ATTRIBUTE = re.compile(rb"""[^<>="']++=\s*+(?:"[^"<]*+"|'[^'<]*+')""")


class Reader:
    """Passes elements to `opened` and `closed`; their names are `namespace}name`.

    Short internal entities are expanded, because Illustrator writes them. External ones are never read.
    """

    def __init__(self, data: bytes) -> None:
        self.data, encoding = _narrow(data)
        self.depth = self.elements = self.attributes = self.entities = self.defaults = 0
        self.parser = parser = expat.ParserCreate(encoding, namespace_separator="}")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartNamespaceDeclHandler = self._namespace
        parser.EntityDeclHandler, parser.AttlistDeclHandler = self._entity, self._default

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Called at the start of an element."""

    def closed(self, name: str) -> None:
        """Called at the end of an element."""

    def read(self) -> None:
        """Parses the file. Raises InvalidImage where it isn't XML, is nested too deeply, or has forbidden declarations.

        Raises TooLarge beyond the limits on elements and attributes; the constructor does beyond the limit on bytes.
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
    """Returns the file in an encoding that contains ASCII, and its name where the file declares another one."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"SVG too large. At most {MAX_BYTES // 2**20} MB are accepted.")
    mark, encoding = find_encoding(data)
    if encoding == "utf-8":
        return data, None
    try:
        return data[len(mark) :].decode(encoding).encode(), "utf-8"
    except UnicodeDecodeError as error:
        raise InvalidImage("The SVG file is damaged or truncated: it is not valid UTF-16.") from error


def check_crowds(data: bytes) -> None:
    """Raises TooLarge where one element has too many attributes, which expat would all read first.

    `data` is in an encoding that contains ASCII. It is searched in parts, because `re` holds the interpreter's lock.
    """
    for start, end in split_between_tags(data):
        if _may_be_crowded(data, start, end):
            _check_part(data, start, end)


def split_between_tags(data: bytes) -> Iterator[tuple[int, int]]:
    """Yields starts and ends of parts of about `PART_BYTES` that cut no tag. A longer tag is a part of its own."""
    start = 0
    while start < len(data):
        end = data.rfind(b"<", start + 1, start + PART_BYTES)
        if end < 0:
            end = data.find(b"<", start + PART_BYTES)
        end = end if end >= 0 else len(data)
        yield start, end
        start = end


def _may_be_crowded(data: bytes, start: int, end: int) -> bool:
    counts = (data.count(b"=", each, min(each + PART_BYTES, end)) for each in range(start, end, PART_BYTES))
    return any(number > MAX_ATTRIBUTES_OF_ONE for number in accumulate(counts))


def _check_part(data: bytes, position: int, end: int) -> None:
    while found := CROWDED.search(data, position, end):
        if _count(data, found.start()) > MAX_ATTRIBUTES_OF_ONE:
            raise TooLarge(f"An element has too many attributes. At most {MAX_ATTRIBUTES_OF_ONE} are accepted.")
        position = found.end()


def _count(data: bytes, start: int) -> int:
    number = 0
    while number <= MAX_ATTRIBUTES_OF_ONE and (found := ATTRIBUTE.match(data, start + 1)):
        number, start = number + 1, found.end() - 1
    return number
