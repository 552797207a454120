"""Positions, clips and strokes that style sheets set: a green shape at the right place, and nothing around it."""

import pytest

from imgopt.codecs import svg
from imgopt.codecs.svg import rendering
from imgopt.codecs.svg.drawing import plainness
from imgopt.codecs.svg.shapes.outlines import bounds, length_along
from imgopt.codecs.svg.shapes.path_data import parse_path
from tests import pictures

GREEN, NOTHING = (0, 128, 0, 255), (0, 0, 0, 0)
ALL = 'width="40" height="40"'
LINE = 'fill="none" stroke="green"'


def look(body: str, *points: tuple[int, int]) -> str:
    """A letter for each point of 40 x 40 pixels: green, empty, or another colour."""
    data = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{body}</svg>'.encode()
    image = pictures.open_image(rendering.draw(data, 40, 40).png).convert("RGBA")
    return "".join({GREEN: "g", NOTHING: "."}.get(image.getpixel(point), "x") for point in points)


def rect(style: str, **attributes: object) -> str:
    named = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<rect fill="green" style="{style}" {named}/>'


SMALL = {"x": 10, "y": 10, "width": 20, "height": 10}
# A drawing, where it is green, and where it is empty.
GEOMETRY = {
    "a rectangle": (rect("x:10px;y:5px;width:20px;height:30px"), [(11, 6), (29, 34)], [(8, 20), (20, 37)]),
    "shares": (rect("x:25%;y:25%;width:50%;height:calc(50% - 5px)"), [(11, 11), (29, 23)], [(20, 28)]),
    "a circle": ('<circle fill="green" style="cx:20px;cy:20px;r:25%"/>', [(20, 11)], [(20, 8)]),
    "a path": ('<path fill="green" style="d:path(\'M5 5h30v30z\')"/>', [(30, 10)], [(10, 30)]),
    "more than an attribute": (rect("width:30px;height:30px", width=5, height=5), [(25, 25)], [(32, 32)]),
    "a sum in an attribute": (rect("", width="calc(50% + 5px)", height="2em"), [(23, 30)], [(27, 10), (10, 34)]),
    "units of the screen": (rect("", width="50vw", height="50vh"), [(18, 18)], [(22, 10)]),
}
TRANSFORMS = {
    "a list": (rect("transform:translate(10px, 50%) scale(2)", width=10, height=10), [(12, 22), (28, 38)], [(8, 22)]),
    "around a point": (rect("transform:rotate(90deg);transform-origin:20px 20px", **SMALL), [(28, 12)], [(12, 12)]),
    "around the middle": (rect("transform:rotate(90deg);transform-origin:center", **SMALL), [(28, 12)], [(12, 12)]),
    "an attribute around a point": (
        rect("", transform="rotate(90)", transform_origin="20 20", **SMALL),
        [(28, 12)],
        [(12, 12)],
    ),
    "around its own middle": (
        rect("transform-box:fill-box;transform-origin:center;transform:rotate(90deg)", **SMALL),
        [(20, 7), (20, 23)],
        [(12, 15)],
    ),
    "around a group's middle": (
        f'<g style="transform-box:fill-box;transform-origin:50% 50%;transform:rotate(90deg)">{rect("", **SMALL)}</g>',
        [(20, 7), (20, 23)],
        [(12, 15)],
    ),
    "around its stroke's corner": (
        rect("transform-box:stroke-box;transform:scale(2)", **SMALL, stroke="green", stroke_width=4),
        [(9, 9)],
        [(7, 7)],
    ),
    "properties of their own": (rect("translate:10px 10px;scale:2", width=10, height=10), [(28, 28)], [(8, 8)]),
    "a property with an attribute": (
        rect("translate:20px", width=5, height=9, transform="scale(2)"),
        [(28, 16)],
        [(8, 8)],
    ),
    "none in place of an attribute": (
        rect("transform:none", width=10, height=10, transform="scale(2)"),
        [(8, 8)],
        [(12, 12)],
    ),
    "without units it is none": (rect("transform:rotate(45)", width=20, height=20), [(18, 2)], []),
    "in space": (rect("transform:translate3d(10px, 10px, 0) rotateZ(0deg)", width=9, height=9), [(17, 17)], [(8, 8)]),
    "of a view box": (
        f'<svg viewBox="0 0 80 80">{rect("transform:translate(50%, 50%)", width=20, height=20)}</svg>',
        [(22, 22)],
        [(18, 18)],
    ),
}
CLIPS = {
    "circle": (rect("clip-path:circle(10px)", width=40, height=40), [(20, 12)], [(20, 8)]),
    "circle elsewhere": (rect("clip-path:circle(10px at 0 100%)", width=40, height=40), [(2, 38)], [(12, 38), (2, 2)]),
    "ellipse": (rect("clip-path:ellipse(10px 25% at 50% 50%)", width=40, height=40), [(12, 20)], [(20, 8)]),
    "inset": (rect("clip-path:inset(10px 5px)", width=40, height=40), [(7, 12)], [(7, 8), (37, 20)]),
    "round inset": (rect("clip-path:inset(0 round 20px)", width=40, height=40), [(20, 2)], [(2, 2)]),
    "polygon": (rect("clip-path:polygon(50% 0, 100% 100%, 0 100%)", width=40, height=40), [(20, 20)], [(2, 2)]),
    "path": (rect("clip-path:path('M0 0h20v20z')", x=5, y=5, width=30, height=30), [(22, 10)], [(10, 20)]),
    "corner and size": (rect("clip-path:xywh(5px 5px 20px 10px)", width=40, height=40), [(6, 6)], [(6, 17)]),
    "attribute": (rect("", width=40, height=40, clip_path="circle(10px)"), [(20, 12)], [(20, 8)]),
    "by the fill": (
        rect("clip-path:inset(0) fill-box", x=10, y=10, width=20, height=20, stroke="red", stroke_width=8),
        [(20, 20)],
        [(8, 20)],
    ),
    "by the stroke": (
        rect("clip-path:inset(0)", x=10, y=10, width=20, height=20, stroke="green", stroke_width=8),
        [(8, 20)],
        [(4, 20)],
    ),
    "of a group": (f'<g style="clip-path:circle(10px)">{rect("", width=40, height=40)}</g>', [(20, 12)], [(20, 8)]),
}
UNSCALED = 'vector-effect="non-scaling-stroke"'
STROKES = {
    "as wide as stated": (
        f'<path transform="scale(10)" d="M0 2h4" {LINE} stroke-width="4" {UNSCALED}/>',
        [(9, 19)],
        [(9, 24)],
    ),
    "in a view box": (
        f'<svg viewBox="0 0 4 4"><path d="M0 2h4" {LINE} stroke-width="4" {UNSCALED}/></svg>',
        [(9, 19)],
        [(9, 24)],
    ),
    "scaled in one direction": (
        f'<g transform="scale(10 1)"><path d="M2 0v20h2" {LINE} stroke-width="4" {UNSCALED}/></g>',
        [(19, 9), (30, 19)],
        [(24, 9), (30, 24)],
    ),
    "with its dashes": (
        f'<path transform="scale(10)" d="M0 2h4" {LINE} stroke-width="4" stroke-dasharray="10" {UNSCALED}/>',
        [(5, 20), (25, 20)],
        [(15, 20), (35, 20)],
    ),
    "by a style sheet": (
        "<style>path{vector-effect:non-scaling-stroke;stroke-width:4}</style>"
        f'<path transform="scale(10)" d="M0 2h4" {LINE}/>',
        [(9, 19)],
        [(9, 24)],
    ),
    "dashes of a stated length": (
        f'<path d="M0 20h40" {LINE} stroke-width="9" pathLength="4" stroke-dasharray="1"/>',
        [(5, 20), (25, 20)],
        [(15, 20), (35, 20)],
    ),
    "dashes of a stated length, inherited": (
        f'<g style="stroke-dasharray:1"><path d="M0 20h40" {LINE} stroke-width="9" pathLength="4"/></g>',
        [(5, 20), (25, 20)],
        [(15, 20), (35, 20)],
    ),
    "dashes that begin later": (
        f'<path d="M0 20h40" {LINE} stroke-width="9" pathLength="4" stroke-dasharray="1" stroke-dashoffset="1"/>',
        [(15, 20), (35, 20)],
        [(5, 20), (25, 20)],
    ),
    "dashes around a circle": (
        f'<circle cx="20" cy="20" r="15" {LINE} stroke-width="6" pathLength="4" stroke-dasharray="1"/>',
        [(31, 31), (9, 9)],
        [(9, 31), (31, 9)],
    ),
}


def is_as_drawn(drawing: tuple[str, list[tuple[int, int]], list[tuple[int, int]]]) -> bool:
    body, green, empty = drawing
    return look(body, *green, *empty) == "g" * len(green) + "." * len(empty)


@pytest.mark.parametrize("name", GEOMETRY)
def test_style_sheets_say_where_shapes_are(name):
    assert is_as_drawn(GEOMETRY[name])


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_of_css_move_shapes(name):
    assert is_as_drawn(TRANSFORMS[name])


@pytest.mark.parametrize("name", CLIPS)
def test_shapes_of_css_clip(name):
    assert is_as_drawn(CLIPS[name])


@pytest.mark.parametrize("name", STROKES)
def test_strokes_are_as_wide_and_dashed_as_stated(name):
    assert is_as_drawn(STROKES[name])


@pytest.mark.parametrize(
    ("path", "box", "length"),
    [
        ("M1 2h3v4z", (1, 2, 3, 4), 12),
        ("M0 0L3,4", (0, 0, 3, 4), 5),
        ("m1 1 2 0 0 2-2 0z", (1, 1, 2, 2), 8),
        ("M0 0a5 5 0 0110 0", (0, -5, 10, 5), 15.708),
        ("M0 0A5 5 0 1 1 0 .001", (-5, -5, 10, 10), None),
        ("M0 0C0 10 10 10 10 0", (0, 0, 10, 7.5), 20),
        ("M0 0Q5 10 10 0T20 0", (0, -5, 20, 10), None),
        ("M0 0h9x9", (0, 0, 9, 0), 9),
        ("h9", None, 0),
    ],
)
def test_bounds_and_length_of_a_path(path, box, length):
    outline = parse_path(path)
    if "A5" not in path:
        assert bounds(outline) == (pytest.approx(box, abs=1e-6) if box else None)
    if length is not None:
        assert length_along(outline) == pytest.approx(length, rel=2e-3)


@pytest.mark.parametrize(
    ("family", "same_width"),
    [
        ("monospace", True),
        ("Menlo, Consolas, monospace", True),
        ("Courier New", True),
        ("sans-serif", False),
        ("Times", False),
    ],
)
def test_letters_are_as_wide_as_in_fonts_of_their_kind(family, same_width):
    def width(text: str) -> int:
        body = f'<text y="30" font-size="20" font-family="{family}">{text}</text>'
        data = f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">{body}</svg>'.encode()
        return pictures.open_image(rendering.draw(data, 200, 40).png).getchannel("A").getbbox()[2]

    assert (abs(width("iiiiii|") - width("WWWWWW|")) <= 1) is same_width


def test_serifs_are_those_of_a_serif_font():
    def picture(family: str) -> bytes:
        body = f'<text y="30" font-size="20" font-family="{family}">Text</text>'
        data = f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">{body}</svg>'.encode()
        return rendering.draw(data, 200, 40).png

    assert picture("serif") == picture("Times New Roman") != picture("sans-serif")


@pytest.mark.parametrize(
    "body",
    [
        '<path d="M0 0h9" fill="#123456" transform="rotate(45)"/>',
        '<path style="fill:#123;stroke-width:2;fill:rgb(1, 2, 3);marker:url(#a)"/>',
        '<g clip-path="url(#a)" style="opacity:.5;-inkscape-stroke:none"/>',
    ],
)
def test_attributes_that_resvg_knows_are_left_to_it(body):
    assert plainness.is_plain(svg.sanitize(f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode()).decode())


@pytest.mark.parametrize("sheet", ["", "<style>text{fill:red}</style>"])
@pytest.mark.parametrize("family", ["Arial", "&quot;Helvetica Neue&quot;, Helvetica", "Verdana"])
def test_families_without_serifs_stay_so_where_no_kind_is_named(family, sheet):
    def picture(name: str) -> bytes:
        body = f'{sheet}<text y="30" font-size="20" font-family="{name}">Hamburg</text>'
        data = f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">{body}</svg>'.encode()
        return rendering.draw(data, 200, 40).png

    assert picture(family) == picture("Arimo, sans-serif") != picture("serif")
