"""Inputs that make parsers slow, of a wanted length in bytes or characters, for each parser of the service."""

import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from starlette.datastructures import Headers

from functions.api import addresses, events, identifiers, ranges
from functions.api.pages import links
from imgopt.billing.addresses import check_return_url
from imgopt.codecs.formats import FORMATS, decode_animation, sniff
from imgopt.codecs.gif import blocks as gif_blocks
from imgopt.codecs.gif import reader as gif_reader
from imgopt.codecs.header import read_header
from imgopt.codecs.jpeg.loss import read_jpeg_loss
from imgopt.codecs.shared import hevc, iptc, matrix_profile, provenance, xmp
from imgopt.codecs.shared.code_points import SRGB_CURVE, SRGB_PRIMARIES
from imgopt.codecs.shared.encoding import NO_METADATA, Metadata
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.codecs.svg import (
    document,
    lengths,
    optimizer,
    references,
    resizing,
    sanitizer,
    signature,
    styles,
)
from imgopt.codecs.svg.drawing import adaptation, letters, plainness
from imgopt.codecs.svg.identifiers import shorten_ids
from imgopt.codecs.tiff.loss import read_tiff_loss
from imgopt.devices import codes
from imgopt.errors import InvalidImage
from imgopt.files import naming
from imgopt.imaging.steps import decode as decoding
from imgopt.safe_http import destinations, filenames
from imgopt.tagging import quoting, rules, slugs, text
from imgopt.tagging.model import ImageTags
from tests import bitmaps, inputs
from tests.growth import jxl_attacks, url_attacks
from tests.pictures import LIMITS

Make = Callable[[int], Any]
KILO = 1024
MEGA = KILO * KILO
# What comes before the frames.
GIF_BLOCKS = re.compile("gif .*(comment|blocks)")


@dataclass(frozen=True)
class Attack:
    """`least` is the length of the shorter input; where a step is quick, it takes more of them to be seen."""

    read: Callable[[Any], object]
    make: Make
    least: int = 16 * KILO


def filled(begin: str, part: str, end: str = "") -> Make:
    return lambda size: begin + part * (size // len(part)) + end


def within(before: bytes, part: bytes, after: bytes) -> Make:
    return lambda size: before + part * (size // len(part)) + after


def head(data: bytes) -> object:
    return read_header(BytesIO(data), LIMITS)


# --- SVG ---

QUOTES = '""'
OPEN = '<svg xmlns="http://www.w3.org/2000/svg" '


def drawing(begin: str, part: str, end: str = "", attributes: str = "", prolog: str = "") -> Make:
    make = filled(begin, part, end)
    return lambda size: f"{prolog}{OPEN}{attributes}>{make(size)}</svg>".encode()


def attributes_of(name: str) -> Make:
    def make(size: int) -> bytes:
        return f"{OPEN}{' '.join(f'{name}{number}={QUOTES}' for number in range(size // 9))}/>".encode()

    return make


def value_of(name: str, begin: str, part: str, end: str = "") -> Make:
    make = filled(begin, part, end)
    return lambda size: f'{OPEN}{name}="{make(size)}"/>'.encode()


def long_and_often(begin: str, end: str) -> Make:
    """Half of it is one long text, and half elements that repeat it."""
    return lambda size: f"{begin}{'u' * (size // 2)}{end}{'<a:g/>' * (size // 12)}</svg>".encode()


def chain(size: int) -> bytes:
    count = size // 60
    links = "".join(f'<g id="l{n}"><use href="#l{n - 1}"/><use href="#l{n - 1}"/></g>' for n in range(count))
    return f"{OPEN}>{links}</svg>".encode()


def declared(part: str) -> Make:
    return lambda size: (
        f"<!DOCTYPE svg [{''.join(part.format(n) for n in range(size // len(part)))}]>{OPEN}><g/></svg>".encode()
    )


def is_conditional(css: str) -> bool:
    return optimizer._is_moving(document.parse(f"{OPEN}><style>{css}</style></svg>".encode()))


HEADS_OF_SVG = {
    "doctype brackets": within(b"<!DOCTYPE ", b"[", b""),
    "doctype pairs": within(b"<!DOCTYPE ", b"[] ", b""),
    "doctype closing": within(b"<!DOCTYPE [", b"] ", b""),
    "doctype closing twice": within(b"<!DOCTYPE [", b"]]", b" >"),
    "doctype quotes": within(b"<!DOCTYPE ", b"'\"", b""),
    "doctype in comments": within(b"<!DOCTYPE [", b"<!--", b""),
    "comments": within(b"", b"<!---->", b""),
    "comment": within(b"", b"<!--", b""),
    "instructions": within(b"", b"<?", b""),
    "spaces": within(b"", b" \n", b""),
    "prefix": within(b"<", b"a", b""),
    "doctype spaces": within(b"<!DOCTYPE", b" ", b""),
    "UTF-16": within(b"\xff\xfe", b"<\0!\0-\0-\0", b""),
}
CSS = {
    "urls": filled("", "url("),
    "urls with spaces": filled("", "url( "),
    "urls and a quote": filled("", "url( ", '"'),
    "url and spaces": filled("url(", " ", '"'),
    "urls in quotes": filled("", "url(\"url('"),
    "quoted urls": filled("", 'url(")'),
    "imports": filled("", "@import"),
    "imports and quotes": filled("", "@import \"a';"),
    "imports and a quote": filled("", "@import;", '"'),
    "imports of urls": filled("@import ", "url("),
    "many imports of urls": filled("", "@import url( "),
    "import and spaces": filled("@import", " ", "'"),
    "comments": filled("", "/*"),
    "comment ends": filled("/*", "*"),
    "comments closed": filled("", "/**/"),
    "escapes": filled("", "\\6"),
    "backslashes": filled("", "\\"),
    "images": filled("", "image("),
    "image sets": filled("", "-webkit-image-set( "),
    "behaviors": filled("", "behavior "),
    "behavior": filled("behavior", " "),
    "data": filled("", "data:application/x-"),
    "brackets": filled("", "("),
    "quotes": filled("", "'\""),
    "semicolons": filled("", ";"),
}
SELECTORS = {
    "colons": filled("", ":"),
    "names": filled(":", "a"),
    "many names": filled("", ":a"),
    "spaces": filled(":", " "),
    "braces": filled("", "a{"),
    "rules": filled("", "a{b:c}"),
    "states": filled("", ": a "),
}
NUMBERS = {
    "digits": filled("", "1", "x!"),
    "points": filled("", "1."),
    "spaces": filled("1", " ", "!"),
    "spaces before": filled("", " ", "!"),
    "letters": filled("1", "a", "!"),
    "exponents": filled("1", "e1"),
    "signs": filled("", "+-"),
}
VIEW_BOXES = {
    "digits": value_of("viewBox", "0 0 ", "1", "x"),
    "commas": value_of("viewBox", "0", ",", "x"),
    "spaces": value_of("viewBox", "0 0 0 0", " ", "x"),
    "numbers": value_of("viewBox", "", "0 "),
}
MARKUP = {
    "elements": drawing("", "<g/>"),
    "depth": drawing("", "<g>"),
    "wide and deep": drawing("<g>" * 200, "<g/>", "</g>" * 200),
    "attributes of one": attributes_of("a"),
    "namespaces of one": attributes_of("xmlns:a"),
    "attributes of many": drawing("", '<g a="" b="" c=""/>'),
    "values": drawing('<g a="', "= ", '"/>'),
    "text": drawing("<text>", "a", "</text>"),
    "text in pieces": drawing("<text>", "a<!---->", "</text>"),
    "references": drawing("<text>", "&lt;", "</text>"),
    "data": drawing("<text>", "<![CDATA[]]>", "</text>"),
    "comment": drawing("", "<!---->"),
    "instructions": drawing("", "<?a?>"),
    "a long namespace": long_and_often(f'{OPEN} xmlns:a="', '">'),
    "a long default": long_and_often('<!DOCTYPE svg [<!ATTLIST g a CDATA "', f'">]>{OPEN} xmlns:a="a">'),
    "a long entity": long_and_often('<!DOCTYPE svg [<!ENTITY e "', f'">]>{OPEN} xmlns:a="a">'),
    "defaults": declared('<!ATTLIST g a{} CDATA "">'),
    "possible attributes": declared("<!ATTLIST g a{} CDATA #IMPLIED>"),
    "entities": declared('<!ENTITY e{} "">'),
    "notations": declared('<!NOTATION n{} SYSTEM "">'),
    "elements declared": declared("<!ELEMENT e{} ANY>"),
    "names": lambda size: f"{OPEN}>{''.join(f'<g{number}/>' for number in range(size // 8))}</svg>".encode(),
}
TREES = {
    "dropped in between": drawing("<text>", "<x/>" + "a" * 60, "</text>"),
    "dropped text": drawing("", "<x/>" + "a" * 60),
    "styles in styles": drawing("<style>" * 200, "a{b:c}", "</style>" * 200),
    "styles": drawing("", "<style>a{b:c}</style>"),
    "style in pieces": drawing("<style>", "url(<g/>", "</style>"),
    "wide and deep": drawing("<g>" * 200, '<g a="url(#a)"/>', "</g>" * 200),
    "handlers": drawing("", '<g onload=""/>'),
    "addresses": drawing('<use href="', "&#32;", '"/>'),
    "urls": drawing('<g a="', "url(", '"/>'),
    "urls and spaces": drawing('<g a="url(', " ", '"/>'),
    "urls and quotes": drawing('<g a="', "url(' ", '"/>'),
    "a chain that doubles": chain,
    "circles": drawing("", '<g id="a"><use href="#a"/></g>'),
    "uses of one": drawing('<g id="a"/>', '<use href="#a"/>'),
    "animations": drawing("", '<animate attributeName=" a:b:c "/>'),
}


def many_colors(size: int) -> bytes:
    """Each of them another, also from size to size, as they are kept."""
    parts = (f'<g fill="oklch(50% .1 {size}.{number})"/>' for number in range(size // 30))
    return f"{OPEN}>{''.join(parts)}</svg>".encode()


STYLES = {
    "rules": drawing("<style>", "a{fill:red}", "</style>"),
    "declarations": drawing("<style>a{", "fill:red;", "}</style>"),
    "selectors": drawing("<style>", "a b,", "a{fill:red}</style><g/>"),
    "a long selector": drawing("<style>", "a ", "{fill:red}</style><g/>"),
    "negations": drawing("<style>g", ":not(.a)", "{fill:red}</style><g/>"),
    "brackets": drawing("<style>a{fill:", "(", "}</style>"),
    "braces": drawing("<style>", "a{", "</style>"),
    "conditions": drawing("<style>", "@media (width>1px){a{fill:red}}", "</style>"),
    "conditions joined": drawing("<style>@media (width)", " and (width)", "{a{fill:red}}</style>"),
    "layers": drawing("<style>", "@layer a{a{fill:red}}", "</style>"),
    "nested rules": drawing("<style>g{", "&amp;.a{fill:red}", "}</style>"),
    "custom properties": drawing("", '<g style="--a:red;fill:var(--a)"/>'),
    "fallbacks": value_of("style", "fill:", "var(--a,", "red"),
    "children counted": drawing("<style>g:nth-last-child(2n){fill:red}</style>", "<g/>"),
    "children of a kind": drawing("<style>g:nth-of-type(2n){fill:red}</style>", "<g/><a/>"),
    "next siblings": drawing("<style>g+g{fill:red}</style>", "<g/>"),
    "style attributes": drawing("<style>a{fill:red}</style>", '<g style="fill:red;stroke:rgb(1 2 3)"/>'),
    "colors": many_colors,
    "mixed colors": value_of("fill", "", "color-mix(in srgb,red,"),
    "transforms": drawing("", '<rect width="1" height="1" style="transform-box:fill-box;transform:scale(2)"/>'),
    "a list of transforms": value_of("style", "transform:", "scale(1) "),
    "groups in groups": drawing('<g style="transform-box:fill-box;rotate:1deg">' * 200, "<rect/>", "</g>" * 200),
    "clip paths": drawing("", '<rect width="1" height="1" style="clip-path:circle(1px)"/>'),
    "a polygon": value_of("style", "clip-path:polygon(", "1px 1px,"),
    "stated lengths": drawing("", '<path d="M0 0h9" pathLength="1" stroke-dasharray="1"/>'),
    "a stated length": drawing('<path pathLength="1" stroke-dasharray="1" d="M0 0', "a1 2 3 0 0 1 1", '"/>'),
    "unscaled strokes": drawing(
        '<g transform="scale(2 1)">', '<path d="M0 0h9" stroke="red" vector-effect="non-scaling-stroke"/>', "</g>"
    ),
    "switches": drawing("", '<switch><g systemLanguage="de"/><g/></switch>'),
    "a switch": drawing("<switch>", '<g systemLanguage="de"/>', "</switch>"),
    "fonts": value_of("style", "font-family:", "Times,", "serif;fill:unset"),
    "drawings": drawing("", '<image href="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E"/>'),
}


def many_ids(size: int) -> bytes:
    parts = (f'<g id="a{number}"/><use href="#a{number}"/>' for number in range(size // 35))
    return f"{OPEN}>{''.join(parts)}</svg>".encode()


SHEETS_OF_IDS = {
    "ids": many_ids,
    "selectors of ids": drawing('<g id="a"/><style>', "#a,", "#a{fill:red}</style>"),
    "moments": drawing('<g id="a"/><set begin="', "a.click;", '"/>'),
    "labels": drawing('<g aria-label="', "a ", '"/>'),
    "addresses in styles": value_of("style", "fill:", "url(#a)"),
}


def adapt_cleaned(data: bytes) -> object:
    root = document.parse(data)
    sanitizer.clean_tree(root)
    return plainness.is_plain(document.serialize(root).decode()), adaptation.adapt(root, 30, 30)


def find_letters(data: bytes) -> object:
    return letters._unusual(document.parse(data))


def rename(data: bytes) -> object:
    return shorten_ids(document.parse(data), data)


def check_references(data: bytes) -> object:
    return references.check_expansion(document.parse(data))


# --- formats of pixels ---


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def segment(marker: int, data: bytes = b"") -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def box(kind: bytes, *content: bytes) -> bytes:
    data = b"".join(content)
    return struct.pack(">I4s", 8 + len(data), kind) + data


def put(name: str, at: int, part: bytes) -> Make:
    """A part, again and again, at a place in a file; negative places count from its end."""
    data = inputs.data_of(name)
    place = at % len(data)
    return within(data[:place], part, data[place:])


def exif_of(size: int) -> bytes:
    """Entries that each are all of it."""
    count = min(size // 12, 0xFFFF)
    length = 12 * count
    return b"II*\0" + struct.pack("<IH", 8, count) + struct.pack("<HHII", 700, 7, length, 8) * count + bytes(4)


def png_with_exif(size: int) -> bytes:
    data = inputs.data_of("png")
    return data[:33] + chunk(b"eXIf", exif_of(size)) + data[33:]


def jpeg_with_exif(size: int) -> bytes:
    data = inputs.data_of("jpg")
    return data[:2] + segment(0xE1, b"Exif\0\0" + exif_of(min(size, 60_000))) + data[2:]


def png_with_frames(size: int) -> bytes:
    """A PNG with as many frames as fit, each of one pixel."""
    data = inputs.data_of("png")
    ends, control = data.index(b"IDAT") - 4, struct.pack(">5I2H2B", 0, 1, 1, 0, 0, 1, 10, 0, 0)
    count = size // 140
    frames = (
        chunk(b"fcTL", (2 * number).to_bytes(4) + control[4:])
        + chunk(b"fdAT", (2 * number + 1).to_bytes(4) + zlib.compress(bytes(4)))
        for number in range(count)
    )
    head = chunk(b"acTL", struct.pack(">II", count, 0)) + chunk(b"abCd") * (size // 24)
    return data[:ends] + head + data[ends:-12] + b"".join(frames) + data[-12:]


def webp_with(part: bytes) -> Make:
    data = inputs.data_of("webp")

    def make(size: int) -> bytes:
        body = data[8:] + part * (size // len(part))
        return b"RIFF" + len(body).to_bytes(4, "little") + body

    return make


def tiff(size: int) -> bytes:
    """Half of it is entries of one tag, of which each names the other half."""
    count, values = min(size // 24, 0xFFFF), size // 8
    sizes = struct.pack("<HHII", 256, 3, 1, 5) + struct.pack("<HHII", 257, 3, 1, 6)
    entry = struct.pack("<HHII", 273, 4, values, 14 + 12 * count)
    return b"II*\0" + struct.pack("<IH", 8, count + 2) + sizes + entry * count + bytes(4 * values + 24)


def tiff_pages(size: int) -> bytes:
    """Directories of one entry, each behind the other."""
    page = struct.Struct("<HHHIII")
    return b"II*\0" + struct.pack("<I", 8) + b"".join(page.pack(1, 254, 4, 1, 1, at) for at in range(26, size, 18))


def tiff_children(size: int) -> bytes:
    """A TIFF directory that names the same subdirectory repeatedly."""
    count = size // 4
    return b"II*\0" + struct.pack("<IHHHIII", 8, 1, 330, 4, count, 26, 0) + struct.pack("<I", 8) * count


def tiff_previews(size: int) -> bytes:
    """A camera raw file whose directories all have the rest of it as their JPEG."""
    directory = struct.Struct("<HHHIIHHIIHHIII")
    count = min(200, size // (2 * directory.size))
    end = 8 + count * directory.size
    jpeg = b"\xff\xd8" + segment(0xFE, b"a") * ((size - end) // 5)
    pages = (
        directory.pack(3, 262, 4, 1, 32803, 513, 4, 1, end, 514, 4, 1, len(jpeg), 8 + number * directory.size)
        for number in range(1, count + 1)
    )
    return b"II*\0" + struct.pack("<I", 8) + b"".join(pages) + jpeg


def icon(size: int) -> bytes:
    count = min(size // 16, 0xFFFF)
    entry = struct.pack("<BBBBHHII", 1, 1, 0, 0, 1, 32, 40, 6 + 16 * count)
    return struct.pack("<HHH", 0, 1, count) + entry * count + struct.pack("<Iii", 40, 1, 2) + bytes(28)


def icon_of_bitmaps(size: int) -> bytes:
    """Returns an icon in which each entry claims to extend over the following ones."""
    picture = bitmaps.icon_bitmap(32, [[0x80FFFFFF] * 8] * 8)
    step, count = len(picture), min(size // len(picture), 256)
    places = [(3 * step, 6 + 16 * count + n * step) for n in range(count)]
    entries = b"".join(struct.pack("<BBBBHHII", 8, 8, 0, 0, 1, 32, *place) for place in places)
    return struct.pack("<HHH", 0, 1, count) + entries + picture * (count + 2)


def runs(bits: int, compression: int, part: bytes) -> Make:
    """Returns a maker of bitmaps with as many pixels as bytes, whose headers describe the primaries."""

    def make(size: int) -> bytes:
        head = bitmaps.header(bitmaps.V4, 1 << 10, size >> 10, bits, compression)
        return bitmaps.bmp(head, bytes(4 << bits) if bits <= 8 else b"", part * (size // len(part)))

    return make


RUNS = {
    "runs": runs(8, bitmaps.RLE8, b"\1\1"),
    "literal pixels": runs(4, bitmaps.RLE4, b"\0\3\x12\x10"),
    "steps": runs(8, bitmaps.RLE8, b"\0\2\0\0"),
    "runs and steps": runs(8, bitmaps.RLE8, b"\1\1\0\2\1\0"),
    "rows": runs(24, bitmaps.RLE24, b"\0\0"),
}


def meta(*content: bytes) -> bytes:
    return box(b"ftyp", b"avif", bytes(4), b"avif") + box(b"meta", bytes(4), *content)


def boxes_in(*around: bytes) -> Make:
    def make(size: int) -> bytes:
        data = box(b"free") * (size // 8)
        for kind in reversed(around):
            data = box(kind, data)
        return meta(data)

    return make


def item_locations(size: int) -> bytes:
    return meta(box(b"iloc", bytes(6), struct.pack(">H", min(size // 6, 0xFFFF)), b"\0\1\0\0\xff\xff" * (size // 6)))


def associations(size: int) -> bytes:
    kinds = box(b"ipco", box(b"ispe", bytes(4), struct.pack(">II", 4, 3)))
    entry = b"\0\1\xff" + b"\1" * 255
    count = size // len(entry)
    return meta(box(b"iprp", kinds, box(b"ipma", bytes(4), struct.pack(">I", count), entry * count)))


def av1_items(size: int) -> bytes:
    """Returns items at one place, whose bitstream begins with many units without content."""
    count = size // 40
    entries = [box(b"infe", b"\2\0\0\0", struct.pack(">HH4s", n & 0xFFFF, 0, b"av01")) for n in range(count)]
    where = b"".join(struct.pack(">HHHI", n & 0xFFFF, 0, 1, n % 20) for n in range(count))
    located = box(b"iloc", bytes(4), b"\x40\0", struct.pack(">H", count & 0xFFFF), where)
    pitm = box(b"pitm", bytes(6))
    return meta(pitm, box(b"iinf", bytes(4), struct.pack(">H", count & 0xFFFF), *entries), located) + b"\x12\0" * 300


def tracks(size: int) -> bytes:
    return inputs.data_of("avif") + box(b"moov", box(b"trak", box(b"mdia")) * (size // 16))


SCREEN = 13 + (3 << ((inputs.data_of("gif")[10] & 7) + 1))
HEADS = {
    "jpg fill bytes": put("jpg", 2, b"\xff"),
    "jpg fill bytes in a scan": put("jpg", -2, b"\xff\xff\xff\0"),
    "jpg fill bytes and a zero": lambda size: put("jpg", -2, b"\xff" * size + b"\0")(size + 1),
    "jpg junk": put("jpg", 20, b"\0"),
    "jpg segments": put("jpg", 2, segment(0xE3)),
    "jpg segments of EXIF": put("jpg", 2, segment(0xE1, b"Exif\0\0" + bytes(50))),
    "jpg comments": put("jpg", 2, segment(0xFE, b"a")),
    "jpg profiles": put("jpg", 2, segment(0xE2, b"ICC_PROFILE\0\1\1a")),
    "jpg pictures": put("jpg", 2, segment(0xE2, b"MPF\0II*\0\10\0\0\0\0\0")),
    "jpg photoshop": put("jpg", 2, segment(0xED, b"Photoshop 3.0\x008BIM\4\4\0\0\0\0\0\0")),
    "jpg scans": put("jpg", -2, b"\xff\xda\0\2"),
    "jpg restarts": put("jpg", -2, b"\xff\xd0"),
    "jpg EXIF": jpeg_with_exif,
    "png chunks": put("png", 33, chunk(b"abCd")),
    "png texts": put("png", 33, chunk(b"tEXt", b"a\0b")),
    "png packed texts": put("png", 33, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(99)))),
    "png empty pixels": put("png", 33, chunk(b"IDAT")),
    "png headers": put("png", 33, inputs.data_of("png")[8:33]),
    "png frames": put("png", 33, chunk(b"fcTL", bytes(26))),
    "png EXIF": png_with_exif,
    "webp chunks": webp_with(b"ABCD\0\0\0\0"),
    "webp frames": webp_with(b"ANMF\x10\0\0\0" + bytes(16)),
    "webp EXIF": webp_with(b"EXIF\4\0\0\0II*\0"),
    "gif comment": put("gif", SCREEN, b"\x21\xfe\1a\0"),
    "gif sub-blocks": lambda size: put("gif", SCREEN, b"\x21\xfe" + b"\1a" * (size // 2) + b"\0")(size + 3),
    "gif empty blocks": put("gif", SCREEN, b"\x21\xfe\0"),
    "gif frames": put("gif", -1, b"\x2c" + bytes(9) + b"\2\0"),
    "tiff tags": tiff,
    "tiff pages": tiff_pages,
    "tiff children": tiff_children,
    "tiff previews": tiff_previews,
    "ico entries": icon,
    "bmp": put("bmp", 54, b"\0"),
    "avif boxes": within(meta(), box(b"free"), b""),
    "avif boxes in meta": boxes_in(),
    "avif properties": boxes_in(b"iprp", b"ipco"),
    "avif items": boxes_in(b"iinf"),
    "avif locations": item_locations,
    "avif associations": associations,
    "avif streams": av1_items,
    "avif tracks": tracks,
    "jxl boxes": jxl_attacks.boxes,
    "jxl parts": jxl_attacks.parts,
    "jxl frames": jxl_attacks.frames,
    "svg": drawing("", "<g/>"),
    "brands": lambda size: struct.pack(">I4s", size, b"ftyp") + b"xxxx" * (size // 4),
}


def clean_as(name: str) -> Callable[[bytes], object]:
    return lambda data: FORMATS[name].clean(data, NO_METADATA)


def decode_gif(data: bytes) -> object:
    gif_blocks.mend_disposals(data)
    gif_reader.open_image(data).close()
    return decode_animation(data, "gif", 1)


def decode_png(data: bytes) -> object:
    return decode_animation(data, "png")


def decode_avif(data: bytes) -> object:
    return decoding.decode(data, "avif")


def decode_jxl(data: bytes) -> object:
    return decode_animation(data, "jxl")


def decode_bmp(data: bytes) -> object:
    return decoding.decode(data, "bmp")


def keep_metadata(data: bytes) -> object:
    return decoding.decode(data, sniff(data[:KILO]).name, KeepMetadata.ALL)


def wipe(size: int) -> bytes:
    """Many pieces of metadata, of which each is the whole file."""
    count = min(size // 36, 4000)
    entries = [box(b"infe", b"\2\0\0\0", struct.pack(">HH4s", n, 0, b"mime")) for n in range(count)]
    where = b"".join(struct.pack(">HHHII", n, 0, 1, 0, size) for n in range(count))
    located = box(b"iloc", bytes(4), b"\x44\0", struct.pack(">H", count), where)
    return meta(box(b"iinf", bytes(4), struct.pack(">H", count), *entries), located)


def write_xmp_into(data: bytes) -> object:
    return FORMATS[sniff(data[:KILO]).name].write_xmp(data, b"<x/>")


PICTURES_OF_JPEG = segment(0xE2, b"MPF\0II*\0\10\0\0\0" + b"\1\0\2\xb0\7\0\x20\0\0\0\x1a\0\0\0" + bytes(36))
WITHOUT_WORDS = {
    **{name: HEADS[name] for name in ("jpg comments", "png texts", "webp chunks", "gif comment", "jxl boxes")},
    **{name: HEADS[name] for name in HEADS if name.startswith("avif ")},
    "avif packets": wipe,
    "jpg pictures": put("jpg", 2, PICTURES_OF_JPEG),
}
NUMBERS_OF_JXL = {"prefix code": jxl_attacks.numbers, "histogram": jxl_attacks.evenly}
CLEANED = {
    "avif": wipe,
    "gif": HEADS["gif sub-blocks"],
    "ico": icon_of_bitmaps,
    "jpg": HEADS["jpg fill bytes and a zero"],
    "jxl": HEADS["jxl boxes"],
    "png": HEADS["png chunks"],
    "webp": HEADS["webp chunks"],
}

# --- names, headers, words ---

DISPOSITIONS = {
    "names": filled("", "filename"),
    "spaces": filled("filename", " "),
    "names and spaces": filled("", "filename = "),
    "extended": filled("", "filename*=utf-8'"),
    "quotes": filled("", 'filename="'),
    "semicolons": filled("", ";"),
    "plain": filled("filename=", "a"),
    "percents": filled("filename*=utf-8''", "%41"),
}
NAMES = {
    "slashes": filled("", "/"),
    "backslashes": filled("", "\\"),
    "dots": filled("", "."),
    "controls": filled("", "\0"),
    "spaces": filled("a", " "),
    "parents": filled("", "../"),
    "letters": filled("", "a"),
    "composed": filled("", "\ufdfa"),
    "marks": filled("a", "\u0301\u0323"),
}
WORDS = {
    "leads": filled("", "image of "),
    "letters": filled("", "a"),
    "commas": filled("a", ","),
    "spaces": filled("a", " "),
    "suffixes": filled("", ".png "),
    "sorry": filled("", "sorry, but "),
    "marks": filled("a", "\u0301\u0323"),
    "dashes": filled("", "-"),
    "apostrophes": filled("", "\u2019"),
}
ADDRESSES = {
    "colons": filled("", ":"),
    "dots": filled("", "1."),
    "letters": filled("http://", "a"),
    "labels": filled("http://", "a."),
    "umlauts": filled("http://", "\u00e4"),
    "digits": filled("http://a:", "1"),
    "paths": filled("http://a", "/.."),
    "queries": filled("http://a?", "?"),
}


def packets_of(head: str, part: str, tail: str) -> Callable[[int], bytes]:
    return lambda size: (XMP_HEAD + head + part * (size // len(part)) + tail + XMP_TAIL).encode()


XMP_HEAD = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:a="a">'
)
XMP_TAIL = "</rdf:RDF></x:xmpmeta>"
PACKETS = {
    "properties": packets_of("<rdf:Description>", "<a:b/>", "</rdf:Description>"),
    "creators": packets_of("<rdf:Description>", "<dc:creator>a</dc:creator>", "</rdf:Description>"),
    "descriptions": packets_of("", "<rdf:Description/>", ""),
    "comments": packets_of("", "<!---->", ""),
}


def keep_xmp(packet: bytes) -> object:
    provenance.mark(Metadata(xmp=packet), provenance.ENHANCED)
    return xmp.refresh_packet(packet, {}), xmp.reduce_packet(packet, {}, KeepMetadata.COPYRIGHT)


def profile_of_tags(size: int) -> bytes:
    """Tags that all have the rest of the profile as their own."""
    tags = b"".join(struct.pack(">4sII", name, 128, size) for name in (b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC") * 25)
    return bytes(128) + struct.pack(">I", 100) + tags + bytes(size)


def profile_of_a_curve(size: int) -> bytes:
    built = matrix_profile.build_profile(SRGB_PRIMARIES, SRGB_CURVE)
    return built[:128] + struct.pack(">I", size // 12) + built[132:] * (size // len(built))


PROFILES = {"tags": profile_of_tags, "entries": profile_of_a_curve}


def read_profile(profile: bytes) -> object:
    return matrix_profile.is_srgb(profile), matrix_profile.is_linear(profile)


def hevc_units(size: int) -> bytes:
    array = b"\x20\xff\xff" + b"\0\0" * 64
    return bytes(22) + b"\xff" + array * (size // len(array))


def hevc_zeros(size: int) -> bytes:
    return bytes(22) + b"\1\x21\0\1" + min(size, 0xFFFF).to_bytes(2) + bytes(size)


def read_hevc(configuration: bytes) -> object:
    try:
        return hevc.read_code_points_of(configuration)
    except (IndexError, InvalidImage):
        return None


def name_of(disposition: str) -> object:
    answer: Any = SimpleNamespace(header=lambda _: disposition)
    destination: Any = SimpleNamespace(target="/" + disposition)
    return filenames.filename(answer, destination)


def say(told: str) -> object:
    try:
        return rules.normalize_tags(
            ImageTags(alt_text=told, keywords=(told, told), slug=told, source="", language="en")
        )
    except Exception as error:
        assert type(error).__module__.startswith("imgopt."), error
        return None


def look_at_headers(value: str) -> object:
    headers = Headers({"if-none-match": value, "range": f"bytes={value}", "if-range": value})
    request: Any = SimpleNamespace(headers=Headers({"x-forwarded-for": value}), scope={"client": ("127.0.0.1", 1)})
    addresses.find_client(request)
    addresses.read_address(value)
    events.StreamProgress(["a"], value)
    return ranges.is_known(headers, "a"), ranges.find_range(headers, "a", 9)


def look_at_url(url: str) -> object:
    try:
        check_return_url(url)
    finally:
        return destinations.check_url(url)  # noqa: B012 - each has its own refusals


def name_files(name: str) -> object:
    kept = naming.clean_filename(name, "png")
    return naming.ascii_filename(kept), naming.result_filename(kept, "png")


def read_codes(typed: str) -> object:
    return codes.read_user_code(typed), links.page_of(typed)


def split_ids(value: str) -> object:
    try:
        return identifiers.split_at_commas([value])
    except ValueError:
        return None


def quote_text(words: str) -> object:
    return quoting._says_something(text.clean(words), 3), text.cut(words, 55), slugs.to_words(words, "de")


TABLE: dict[str, tuple[Callable[[Any], object], dict[str, Make], int]] = {
    "telling an SVG": (signature.is_svg, HEADS_OF_SVG, 512),
    "cleaning CSS": (styles.clean, CSS, 16 * KILO),
    "conditions in CSS": (is_conditional, SELECTORS, 16 * KILO),
    "lengths": (lengths.length, NUMBERS, 16 * KILO),
    "view boxes": (lambda data: lengths.view_box(document.parse(data)), VIEW_BOXES, 16 * KILO),
    "size of an SVG": (head, MARKUP, 32 * KILO),
    "tree of an SVG": (document.parse, MARKUP, 32 * KILO),
    "references": (check_references, TREES, 32 * KILO),
    "cleaning an SVG": (sanitizer.sanitize, TREES, 32 * KILO),
    "dropping text of an SVG": (sanitizer.sanitize, {name: TREES[name] for name in TREES if "dropped" in name}, MEGA),
    "drawing an SVG": (adapt_cleaned, STYLES, 4 * KILO),
    "ids of an SVG": (rename, SHEETS_OF_IDS, 4 * KILO),
    "resizing an SVG": (lambda data: resizing.prepare_vector(data, 9, None, "pad"), {"urls": TREES["urls"]}, 16 * KILO),
    "heads": (head, HEADS, 64 * KILO),
    "decoding GIF": (decode_gif, {name: HEADS[name] for name in HEADS if GIF_BLOCKS.fullmatch(name)}, 64 * KILO),
    "decoding PNG": (decode_png, {"frames": png_with_frames}, 64 * KILO),
    "mending PNG": (FORMATS["png"].mend, {"late texts": put("png", -12, chunk(b"tEXt", b"a\0b"))}, 64 * KILO),
    "letters of an SVG": (find_letters, {"texts": drawing("", "<text>\u6f22</text>")}, 16 * KILO),
    "decoding AVIF": (decode_avif, {name: HEADS[name] for name in HEADS if name.startswith("avif ")}, 64 * KILO),
    "decoding JPEG XL": (decode_jxl, {name: HEADS[name] for name in HEADS if name.startswith("jxl ")}, 64 * KILO),
    "JPEG XL's profiles": (jxl_attacks.read_profile, {"tables": jxl_attacks.profile}, 4 * KILO),
    "JPEG XL's numbers": (jxl_attacks.read_numbers, NUMBERS_OF_JXL, 16 * KILO),
    "decoding BMP": (decode_bmp, RUNS, 64 * KILO),
    "keeping metadata": (keep_metadata, {name: HEADS[name] for name in HEADS if name.endswith(" EXIF")}, 64 * KILO),
    **{f"cleaning {name}": (clean_as(name), {"parts": make}, 64 * KILO) for name, make in CLEANED.items()},
    "writing XMP": (write_xmp_into, WITHOUT_WORDS, 64 * KILO),
    "XMP": (keep_xmp, PACKETS, 16 * KILO),
    "IPTC": (iptc.read_texts, {"datasets": lambda size: b"\x1c\2\5\0\1a" * (size // 6)}, 16 * KILO),
    "colour profiles": (read_profile, PROFILES, 16 * KILO),
    "losses of JPEG": (read_jpeg_loss, {"tables": put("jpg", 2, segment(0xDB, bytes(65)))}, 256 * KILO),
    "losses of TIFF": (read_tiff_loss, {"pages": tiff_pages}, 64 * KILO),
    "HEVC configurations": (read_hevc, {"units": hevc_units, "zeros": hevc_zeros}, 16 * KILO),
    "names of fetched files": (name_of, DISPOSITIONS, 16 * KILO),
    "names of files": (name_files, NAMES, 16 * KILO),
    "words": (say, WORDS, 16 * KILO),
    "quotes": (quote_text, WORDS, 16 * KILO),
    "headers": (look_at_headers, ADDRESSES | DISPOSITIONS | {"commas": filled("", ",")}, 16 * KILO),
    "URLs": (look_at_url, ADDRESSES, 16 * KILO),
    "image URLs": (url_attacks.parse_all, url_attacks.WHOLE, KILO),
    "options of image URLs": (url_attacks.read_options, url_attacks.OPTIONS, 16 * KILO),
    "arguments of image URLs": (url_attacks.read_arguments, url_attacks.ARGUMENTS, 16 * KILO),
    "sources of image URLs": (url_attacks.read_source, url_attacks.SOURCES, 16 * KILO),
    "codes": (read_codes, NAMES, 16 * KILO),
    "identifiers": (split_ids, {"commas": filled("", ","), "letters": filled("", "a")}, 16 * KILO),
}
ATTACKS = {
    f"{parser}: {name}": Attack(read, make, least)
    for parser, (read, makers, least) in TABLE.items()
    for name, make in makers.items()
}
