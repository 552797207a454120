"""Detects letters without a font: resvg leaves them out, and only reports it on standard output."""

import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.document import serialize
from imgopt.codecs.svg.vocabulary import TEXT

MISSING_LETTERS = "letters without an installed font"
# The bundled fonts contain all code points below.
USUAL = 0x250
# The messages about this many letters fit a pipe, which is only read afterwards.
MOST_ASKED, PIPE_BYTES = 256, 1 << 16
# Marks, joiners and spaces, which are drawn with others or not at all.
SILENT = frozenset({"Cc", "Cf", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"})
STDOUT, SAID = 1, b"No fonts with a"


def lacks_letters(root: Element, fonts: dict[str, Any]) -> bool:
    """Returns whether texts have letters that can't be drawn. Only the first ones are checked."""
    unusual = _unusual(root)
    if not unusual:
        return False
    import resvg_py

    probe = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "width": "1", "height": "1"})
    for letter in unusual:
        text = Element("text")
        text.text = letter
        probe.append(text)
    with _standard_output() as output:
        resvg_py.svg_to_bytes(svg_string=serialize(probe).decode(), log_information=True, **fonts)
    return SAID in bytes(output)


def _unusual(root: Element) -> list[str]:
    found: dict[str, None] = {}
    for element in root.iter():
        for part in (element.text, *(child.tail for child in element)) if element.tag in TEXT else ():
            if part and not part.isascii():
                found.update(dict.fromkeys(each for each in part if ord(each) >= USUAL))
        if len(found) > MOST_ASKED:
            break
    return [each for each in found if unicodedata.category(each) not in SILENT][:MOST_ASKED]


@contextmanager
def _standard_output() -> Iterator[bytearray]:
    """Captures what libraries write to standard output inside the context."""
    output, (read, write), kept = bytearray(), os.pipe(), os.dup(STDOUT)
    os.dup2(write, STDOUT)
    os.close(write)
    try:
        yield output
    finally:
        os.dup2(kept, STDOUT)  # closes the pipe's last writing end
        os.close(kept)
        output += os.read(read, PIPE_BYTES)
        os.close(read)
