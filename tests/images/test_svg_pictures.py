"""Embedded pictures in an SVG are recognized by their bytes, and a warning names removed ones."""

from base64 import b64decode, b64encode
from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs import svg
from imgopt.codecs.header import read_header
from imgopt.codecs.svg import document, rendering
from imgopt.errors import TooLarge
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import ProcessingSettings
from tests import pictures

XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
BLUE = (0, 0, 255, 255)
HTML = '<foreignObject width="9" height="9"><p xmlns="http://www.w3.org/1999/xhtml">Words</p></foreignObject>'
SQUARE = '<rect width="40" height="40" fill="blue"/>'


def file(body: str) -> bytes:
    return f'<svg {XMLNS} width="40" height="40">{body}</svg>'.encode()


def address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


def image(href: str) -> bytes:
    return file(f'<image width="40" height="40" href="{href}"/>')


def middle(data: bytes) -> tuple[int, ...]:
    return pictures.open_image(rendering.draw(data, 40, 40).png).convert("RGBA").getpixel((20, 20))


def square(format_name: str) -> bytes:
    return pictures.encode(Image.new("RGB", (16, 16), "blue"), format_name)


def make(data: bytes, **settings: object) -> tuple[bytes, str | None]:
    """The file that comes out, and the warning."""
    made = optimize(data, read_header(BytesIO(data), pictures.LIMITS), ProcessingSettings(**settings))
    return made.data, made.artifact.warning


@pytest.mark.parametrize("kind", ["", "application/octet-stream", "image/png"])
@pytest.mark.parametrize("format_name", ["PNG", "GIF", "WEBP", "JPEG", "AVIF", "BMP"])
def test_a_picture_is_drawn_whatever_it_is_called(format_name, kind):
    assert middle(image(address(square(format_name), kind))) == pytest.approx(BLUE, abs=6)


def test_a_picture_of_another_name_is_kept_by_its_right_name():
    assert b'href="data:image/gif;base64,' in svg.sanitize(image(address(square("GIF"), "image/png")))


def test_a_drawing_in_a_drawing_is_drawn_by_its_own_style_sheet():
    inner = file(f"<style>rect{{--a:blue}}rect{{fill:var(--a)}}</style>{SQUARE.replace('blue', 'red')}")
    assert middle(image(address(inner, "image/svg+xml"))) == BLUE


def test_a_drawing_in_a_drawing_may_be_written_with_percent_signs():
    inner = file(SQUARE).decode().replace('"', "%22").replace("<", "%3C").replace(">", "%3E")
    assert middle(image(f"data:image/svg+xml;charset=utf-8,{inner}")) == BLUE


def test_a_drawing_in_a_drawing_is_kept_without_its_scripts():
    inner = file(f"<script>alert(1)</script>{SQUARE}")
    kept = document.parse(svg.sanitize(image(address(inner, "image/svg+xml"))))[0].get("href")
    assert b64decode(kept.partition(",")[2]) == svg.sanitize(inner)


def test_drawings_in_drawings_are_kept_to_a_depth():
    data = file(SQUARE)
    for _ in range(6):
        data = image(address(data, "image/svg+xml"))
    levels, data = 0, svg.sanitize(data)
    while (href := document.parse(data).find("image")) is not None:
        levels, data = levels + 1, b64decode(href.get("href").partition(",")[2])
    assert levels == 3


def test_references_in_nested_drawings_are_counted_with_the_rest():
    links = "".join(f'<g id="g{n}"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>' for n in range(1, 17))
    inner = address(file(f'<g id="g0"/>{links}'), "image/svg+xml")
    svg.sanitize(image(inner))
    with pytest.raises(TooLarge, match="by reference"):
        svg.sanitize(file(f'<image href="{inner}"/>' * 8))


LEFT_OUT = {
    "HTML": (HTML, "HTML in the drawing (foreignObject)"),
    "a script": ("<script>alert(1)</script>", "scripts"),
    "a handler": ('<g onclick="alert(1)"/>', "scripts"),
    "a script in a drawing": (
        f'<image href="{address(file("<script>1</script>"), "image/svg+xml")}"/>',
        "scripts",
    ),
    "a link": ('<a href="https://a.example"><rect/></a>', "links"),
    "a picture elsewhere": (
        '<image href="https://a.example/a.png"/>',
        "images that are not in the file, or of a kind that is not drawn",
    ),
    "a picture that is none": (
        '<image href="data:text/plain,abc"/>',
        "images that are not in the file, or of a kind that is not drawn",
    ),
    "a use of another file": ('<use href="a.svg#b"/>', "references to other files"),
    "an import": ('<style>@import "https://a.example";</style>', "external files that styles would load"),
    "a page": ('<iframe xmlns="http://www.w3.org/1999/xhtml"/>', "embedded pages and media"),
}
NOT_DRAWN = {
    "an animation": ('<rect><animate attributeName="x" to="9"/></rect>', "animations"),
    "an animation by style": ('<rect style="animation:a 1s"/>', "animations"),
    "keyframes": ("<style>@keyframes a{to{opacity:0}}</style>", "animations"),
    "a shadow of text": ('<text style="text-shadow:1px 1px red">A</text>', "the CSS property text-shadow"),
    "a font in the file": ("<style>@font-face{font-family:a}</style><text>A</text>", "fonts in the file"),
    "a clip path": ('<rect width="9" height="9" style="clip-path:shape(from 0 0)"/>', "a clip path of CSS"),
    "a drop of light": ('<rect style="mix-blend-mode:plus-lighter"/>', "the CSS property mix-blend-mode"),
    "a mask of CSS": ('<rect style="mask-image:linear-gradient(red,blue)"/>', "the CSS property mask-image"),
    "a mask by a gradient": ('<rect style="mask:linear-gradient(red,blue)"/>', "the CSS property mask"),
    "what is behind": ('<rect style="backdrop-filter:blur(1px)"/>', "the CSS property backdrop-filter"),
    "a way of a thing": ("<rect style=\"offset-path:path('M0 0h9')\"/>", "the CSS property offset-path"),
    "a turn in space": ('<rect style="transform:rotateX(45deg)"/>', "3D transforms"),
    "a condition": ("<style>rect{fill:if(style(--a:1):red;else:blue)}</style><rect/>", "the CSS function if()"),
    "a function of nobody's": ("<style>rect{width:secret(1)}</style><rect/>", "unknown CSS functions"),
    "small capitals": ('<text font-variant="small-caps">A</text>', "the CSS property font-variant"),
    "a wavy line": ('<text style="text-decoration:underline wavy">A</text>', "the CSS property text-decoration"),
    "kept spaces": ('<text style="white-space:pre">A</text>', "the CSS property white-space"),
    "kept spaces by an attribute": ('<text white-space="pre">A</text>', "the CSS property white-space"),
    "a size of small letters by an attribute": (
        '<text font-size-adjust="0.5">A</text>',
        "the CSS property font-size-adjust",
    ),
    "a line of another kind by an attribute": (
        '<text text-decoration="underline wavy">A</text>',
        "the CSS property text-decoration",
    ),
    "from right to left": ('<text direction="rtl">A</text>', "the CSS property direction"),
    "another script": ("<text>\U0001bc00</text>", "letters without an installed font"),
    "a container": ("<style>@container (width){a{fill:red}}</style>", "style rules by @container"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_parts_that_cleaning_takes_out_are_named(name):
    body, said = LEFT_OUT[name]
    assert svg.clean_svg(file(body)).left_out == {said}


@pytest.mark.parametrize("name", NOT_DRAWN)
def test_parts_that_are_not_drawn_are_named(name):
    body, said = NOT_DRAWN[name]
    assert rendering.draw(file(body), 40, 40).left_out == {said}


@pytest.mark.parametrize("filtered", ['filter="url(#no)"', 'style="filter:blur(2px) url(#no)"'])
def test_a_filter_that_is_not_there_changes_nothing(filtered):
    plain = '<rect width="20" height="20" {}/>'
    shown = rendering.draw(file(plain.format(filtered)), 40, 40)
    assert shown.png == rendering.draw(file(plain.format("")), 40, 40).png


@pytest.mark.parametrize(
    "body",
    [
        SQUARE,
        "<metadata>a</metadata>",
        "<!-- a -->",
        '<g xmlns:i="http://i.example" i:a="b"/>',
        "<style>a{cursor:grab}</style>",
        '<rect style="text-shadow:1px 1px red;white-space:pre"/>',
        '<rect style="mask-image:none;mix-blend-mode:multiply;transform:translate3d(1px,1px,0)"/>',
        '<text style="text-decoration-line:underline">\u00e9\u0301\u200b</text>',
    ],
)
def test_hidden_parts_are_not_named(body):
    assert rendering.draw(file(body), 40, 40).left_out == frozenset()


@pytest.mark.parametrize(
    "settings", [{}, {"output_format": "png"}, {"output_width": 20}, {"output_format": "ico"}], ids=str
)
def test_a_warning_names_what_is_left_out(settings):
    assert make(file(SQUARE + HTML), **settings)[1] == "Left out: HTML in the drawing (foreignObject)."


def test_warning_is_absent_where_all_is_drawn():
    assert make(file(SQUARE))[1] is None


def test_an_optimized_drawing_keeps_its_pictures():
    data, warning = make(image(address(square("GIF"), "")))
    assert (b"<image" in data, warning) == (True, None)


@pytest.mark.parametrize("attribute", ["requiredFeatures", "requiredfeatures"])
def test_a_switch_takes_what_requires_features(attribute):
    body = f'<switch><g {attribute}="http://a.example/a">{SQUARE}</g><rect width="40" height="40" fill="red"/></switch>'
    assert middle(file(body)) == BLUE


def test_a_switch_takes_what_is_in_english():
    body = (
        '<switch><rect width="40" height="40" systemLanguage="de"/><g systemLanguage="en-US">'
        + SQUARE
        + "</g></switch>"
    )
    assert middle(file(body)) == BLUE


def test_a_switch_shows_its_plain_text_in_place_of_html():
    assert middle(file(f"<switch>{HTML}{SQUARE}</switch>")) == BLUE


@pytest.mark.parametrize("width", [None, 20])
@pytest.mark.parametrize("nested", [False, True])
def test_photographs_in_a_drawing_lose_their_metadata_but_not_how_they_are_turned(nested, width):
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "private", 6
    body = f'<image width="9" height="9" href="{address(pictures.jpeg(exif=exif), "image/jpeg")}"/>'
    if nested:
        body = f'<image width="9" height="9" href="{address(file(body), "image/svg+xml")}"/>'
    root = document.parse(svg.prepare_vector(file(body), width, None, "pad").data)
    content = b64decode(root[0].get("href").partition(",")[2])
    if nested:
        content = b64decode(document.parse(content)[0].get("href").partition(",")[2])
    assert dict(Image.open(BytesIO(content)).getexif()) == {0x0112: 6}


def test_a_damaged_photograph_in_a_drawing_stays_as_it_is():
    damaged = address(b"\xff\xd8\xff\xe1\xff", "image/jpeg")
    made = svg.prepare_vector(file(f'<image width="9" height="9" href="{damaged}"/>'), None, None, "pad")
    assert document.parse(made.data)[0].get("href") == damaged
