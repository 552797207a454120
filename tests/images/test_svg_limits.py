"""The limits on the contents of an SVG. Everything within the limits is accepted."""

import tracemalloc

import pytest

from imgopt.codecs import svg
from imgopt.codecs.svg import document, markup
from imgopt.errors import ImgoptError, InvalidImage, TooLarge

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
MOST_BYTES = 4_000_000


def drawing(body: str = "", attributes: str = "", prolog: str = "", encoding: str = "utf-8") -> bytes:
    return f'{prolog}<svg {XMLNS} width="7" height="5" {attributes}>{body}</svg>'.encode(encoding)


def numbered(count: int, value: str = "") -> str:
    return " ".join(f'a{number}="{value}"' for number in range(count))


def declared(count: int, value: str = "x") -> str:
    return "<!DOCTYPE svg [" + "".join(f'<!ATTLIST g a{number} CDATA "{value}">' for number in range(count)) + "]>"


# Made by the tests that read them, as some are large.
REFUSED = {
    "attributes of one element": (lambda: drawing(attributes=numbered(1_001)), "An element has too many attributes"),
    "attributes of one in UTF-16": (
        lambda: drawing(attributes=numbered(1_001), encoding="utf-16"),
        "too many attributes",
    ),
    "attributes of one where two parts meet": (
        lambda: drawing(" " * (markup.PART_BYTES - 1_000) + f"<g {numbered(1_001)}/>"),
        "An element has too many attributes",
    ),
    "attributes of one that are longer than a part": (
        lambda: drawing(f"<g {numbered(1_001, 'x' * (markup.PART_BYTES // 500))}/>"),
        "An element has too many attributes",
    ),
    "attributes of the last of many": (
        lambda: drawing("<g/>" * 50_000 + f"<g {numbered(1_001)}/>"),
        "An element has too many",
    ),
    "attributes in all": (lambda: drawing(f"<g {numbered(900)}/>" * 600), "The SVG has too many attributes"),
    "namespaces of one element": (
        lambda: drawing(attributes=numbered(1_001).replace("a", "xmlns:a")),
        "too many attributes",
    ),
    "namespaces in all": (
        lambda: drawing(f"<g {numbered(900, 'b').replace('a', 'xmlns:a')}/>" * 600),
        "too many attributes",
    ),
    "names": (lambda: drawing("".join(f"<g{number}/>" for number in range(10_100))), "too many different names"),
    "names of attributes": (
        lambda: drawing("".join(f'<g a{n}=""/>' for n in range(10_100))),
        "too many different names",
    ),
    "elements": (lambda: drawing("<g/>" * 200_001), "too many elements"),
    "depth": (lambda: drawing("<g>" * 300 + "</g>" * 300), "nested too deeply"),
    "a long namespace": (lambda: drawing(f'<g xmlns:a="{"u" * 257}"/>'), "namespace of more than 256 characters"),
    "defaults": (lambda: drawing("<g/>", prolog=declared(257)), "declares XML attributes"),
    "a long default": (lambda: drawing("<g/>", prolog=declared(1, "x" * 129)), "declares XML attributes"),
    "defaults times elements": (lambda: drawing("<g/>" * 100_000, prolog=declared(200)), "too many attributes"),
    "bytes": (lambda: drawing(f"<!--{'x' * markup.MAX_BYTES}-->"), "At most 20 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("read", [svg.read_size, document.parse])
def test_svg_over_a_limit_is_refused_with_the_limit(name, read):
    make, sentence = REFUSED[name]
    data = make()
    with pytest.raises((TooLarge, InvalidImage), match=sentence):
        read(data)


@pytest.mark.parametrize("name", ["attributes of one element", "attributes in all", "elements", "names", "the most"])
def test_reading_the_size_takes_hardly_any_memory(name):
    data = REFUSED[name][0]() if name in REFUSED else drawing(f"<g {numbered(900)}/>" * 500)
    tracemalloc.start()
    try:
        svg.read_size(data)
    except ImgoptError:
        pass
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < MOST_BYTES


EQUALS = "a=b; " * 3000
TAKEN = {
    "a thousand attributes": drawing(attributes=numbered(990)),
    "in a comment": drawing(f"<!--{EQUALS}-->"),
    "in a script": drawing(f"<script><![CDATA[{EQUALS}]]></script>"),
    "in text": drawing(f"<text>{EQUALS}</text>"),
    "in a value": drawing(f'<g data-x="{EQUALS}"/><g data-x=\'{EQUALS}"\'/>'),
    "in an instruction": drawing(f"<?x {EQUALS}?>"),
    "short defaults": drawing("<g/>", prolog=declared(200)),
    "a namespace by default": drawing(
        "<xlink:a/>", prolog='<!DOCTYPE svg [<!ATTLIST svg xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink">]>'
    ),
    "UTF-16": drawing("<text>\u00e9\u4e2d\U0001f600</text>", encoding="utf-16"),
    "UTF-16 that says so": drawing("<g/>", prolog='<?xml version="1.0" encoding="UTF-16"?>', encoding="utf-16"),
    "Latin-1": drawing("<text>\u00e9</text>", prolog='<?xml version="1.0" encoding="latin-1"?>', encoding="latin-1"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_svg_within_the_limits_is_accepted(name):
    assert svg.read_size(TAKEN[name]) == (7, 5)
    assert document.parse(TAKEN[name]).get("width") == "7"


@pytest.mark.parametrize("body", ["<g/>" * 50_000, "<!--" + "x" * 200_000 + "-->" + "<g/>" * 50_000, " " * 200_000])
def test_crowds_are_searched_in_parts_that_cut_no_tag(body):
    data = drawing(body)
    parts = [data[start:end] for start, end in markup.split_between_tags(data)]
    assert b"".join(parts) == data
    assert all(part.startswith(b"<") for part in parts)
    assert all(len(part) <= markup.PART_BYTES or part.count(b"<") == 1 for part in parts)


def test_utf_16_is_read_as_what_it_says():
    assert document.parse(TAKEN["UTF-16"])[0].text == "\u00e9\u4e2d\U0001f600"


@pytest.mark.parametrize("data", [TAKEN["UTF-16"][:-1], TAKEN["UTF-16"][:-3], b"\xff\xfe<\0s\0v\0g\0\0\xd8"])
def test_damaged_utf_16_is_refused(data):
    with pytest.raises(InvalidImage, match="damaged or truncated"):
        svg.read_size(data)


@pytest.mark.parametrize("data", [b"", b"<svg", drawing()[:-3], b"<a/>", drawing() + b"<b/>"])
def test_reading_the_size_reads_all_of_the_file(data):
    with pytest.raises(InvalidImage):
        svg.read_size(data)
    with pytest.raises(InvalidImage):
        document.parse(data)


@pytest.mark.parametrize(
    ("prolog", "expected"),
    [
        ("<!DOCTYPE svg>", True),
        ("<!DOCTYPE svg PUBLIC \"a>b\" 'c[d'>", True),
        ('<!DOCTYPE svg [<!ENTITY a "]>"><!-- ]> --><?b ]>?>]>', True),
        ("<!DOCTYPE svg [<!ELEMENT svg ANY>]  >\n<!-- a --> <?b?>", True),
        ("<!DOCTYPE html><html>", False),
        ("<!DOCTYPE html [", False),
        ("<!-- ", False),
        ("<?xml ", False),
    ],
)
def test_an_svg_is_told_by_what_follows_its_prolog(prolog, expected):
    assert svg.is_svg(drawing(prolog=prolog)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7", 7), (" 7px ", 7), ("1in", 96), ("1e2", 100), ("1e1em", 160), (".5e1", 5), ("7.", 7), ("+7", 7)]
    + [(text, None) for text in ("", "7%", "7 p x", "-7", "0", "e", "1e", "1e1000", "7..", "1" * 50 + "x", "auto")],
)
def test_lengths(text, expected):
    assert svg.lengths.length(text) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0 0 3 4", (0, 0, 3, 4)), (" 0,0 , 3\n4 ", (0, 0, 3, 4)), ("-1 -.5 1e1 4.", (-1, -0.5, 10, 4))]
    + [(text, None) for text in ("", "0 0 3", "0 0 3 4 5", "0 0 0 4", ",0 0 3 4", "0 0 3 x", "0 0 3 1e999")],
)
def test_view_boxes(text, expected):
    root = document.parse(drawing(attributes=f'viewBox="{text}"'))
    assert svg.lengths.view_box(root) == expected
