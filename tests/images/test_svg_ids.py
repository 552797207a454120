"""Ids of an optimized SVG are unique, references to them work, and descriptions stay."""

import re

import pytest

from imgopt.codecs import svg
from imgopt.codecs.svg import optimizer, rendering
from imgopt.codecs.svg.document import parse, serialize
from imgopt.codecs.svg.identifiers import shorten_ids
from tests import pictures

XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
GRADIENT = (
    '<linearGradient id="paint"><stop stop-color="{}"/><stop offset="1"/></linearGradient>'
    '<path fill="url(#paint)" d="M0 0h40v40z"/>'
)


def file(body: str, attributes: str = "") -> bytes:
    return f'<svg {XMLNS} width="40" height="40" {attributes}>{body}</svg>'.encode()


def shrink(data: bytes) -> str:
    return optimizer.shrink(svg.sanitize(data), 80).decode()


def renamed(body: str, content: bytes = b"") -> str:
    """Returns the content of the root with short ids."""
    root = parse(file(body))
    shorten_ids(root, content)
    return re.sub(r"^<svg [^>]*>|</svg>$", "", serialize(root).decode())


def ids(text: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]*)"', text))


def test_two_files_have_no_id_in_common():
    first, second = (shrink(file(GRADIENT.format(color))) for color in ("red", "blue"))
    assert ids(first) and ids(second) and not ids(first) & ids(second)


def test_the_same_file_has_the_same_ids():
    assert shrink(file(GRADIENT.format("red"))) == shrink(file(GRADIENT.format("red")))


def test_optimized_svg_stays_as_it_is():
    once = shrink(file(GRADIENT.format("red")))
    assert shrink(once.encode()) == once


NAMED = {
    "address of a paint": '<path id="a"/><path fill="url(#a)"/>',
    "address in quotes": """<path id="a"/><path style="fill:url('#a')"/>""",
    "reference": '<path id="a"/><use href="#a"/>',
    "old reference": '<path id="a"/><use xlink:href="#a"/>',
    "selector": '<path id="a"/><style>g > #a.b, #a{fill:red}</style>'.replace(">", "&gt;", 0),
    "selector under a condition": '<path id="a"/><style>@media print{#a{fill:red}}</style>',
    "address in a style sheet": '<path id="a"/><style>g{fill:url(#a)}</style>',
    "moment": '<path id="a"/><set begin="0s;a.click+1s" end="a.end"/>',
}


@pytest.mark.parametrize("name", NAMED)
def test_references_to_an_id_name_the_new_one(name):
    before, after = parse(file(NAMED[name])), renamed(NAMED[name], b"content")
    new = after.split('id="')[1].split('"')[0]
    assert new not in ("", "a")
    assert after == re.sub(
        r'(?<=[#";])a(?=[".\')\s{+,])', new, re.sub("^<svg [^>]*>|</svg>$", "", serialize(before).decode())
    )


@pytest.mark.parametrize(
    "body",
    [
        '<title id="a">A</title><g aria-labelledby="a b"/>',
        '<path id="a"/><style>[id=a]{fill:red}</style>',
        '<path id="a"/><style>#\\61{fill:red}</style>',
        '<path id="abc"/><style>@supports (fill:#abc){#abc{fill:#abc}}</style>',
    ],
    ids=["a label", "a part of an id", "an escape", "a color"],
)
def test_ids_that_pages_may_refer_to_stay(body):
    if "supports" in body:
        assert renamed(body).endswith("{fill:#abc}}</style>") and "(fill:#abc)" in renamed(body)
    else:
        assert renamed(body) == body


def test_an_id_that_nothing_names_goes():
    assert renamed('<path id="a"/>') == "<path/>"


def test_new_ids_differ_from_those_that_stay():
    prefix = ids(renamed('<path id="x"/><use href="#x"/>', b"1")).pop()[:5]
    body = f'<title id="{prefix}a">A</title><g aria-label="{prefix}a"/><path id="x"/><use href="#x"/>'
    assert ids(renamed(body, b"1")) == {f"{prefix}a", f"{prefix}b"}


def test_many_ids_are_all_different():
    body = "".join(f'<path id="i{number}"/><use href="#i{number}"/>' for number in range(1000))
    assert len(ids(renamed(body))) == 1000


def test_role_name_and_language_of_a_picture_stay():
    body = '<title id="t">Chart</title><desc id="d">Of sales</desc><rect width="50" height="50"/>'
    smaller = shrink(file(body, 'role="img" aria-labelledby="t d" lang="en"'))
    assert all(each in smaller for each in ('role="img"', '"t d"', 'lang="en"', '<title id="t">', '<desc id="d">'))


def test_a_file_in_motion_has_ids_of_its_own():
    smaller = shrink(
        file('<g id="button"><path d="M0 0h9v9z"/></g><set href="#button" attributeName="x" begin="button.click"/>')
    )
    (new,) = ids(smaller)
    assert f'begin="{new}.click"' in smaller and f'href="#{new}"' in smaller and new != "button"


def test_the_attribute_beside_a_modern_color_stays():
    smaller = shrink(file('<rect  width="40"  height="40"  fill="#ffffff" style="fill:light-dark(#ffffff, #000000)"/>'))
    assert 'fill="#fff"' in smaller and "light-dark" in smaller


@pytest.mark.parametrize(
    "body",
    [
        "<style>:root{fill:#0a7}@media (prefers-color-scheme:dark){:root{fill:#fff}}</style><path d='M0 0h40v40z'/>",
        '<rect width="40" height="40" style="color-scheme:light dark;fill:light-dark(#00aa77, #ffffff)"/>',
    ],
)
def test_rules_for_dark_screens_stay(body):
    root = parse(shrink(file(f"<g>  <g>{body}</g></g>")).encode())
    pixels = [
        pictures.open_image(rendering.rasterize(root, 40, 40, dark=dark)).getpixel((30, 5)) for dark in (False, True)
    ]
    assert pixels == [(0, 170, 119, 255), (255, 255, 255, 255)]
