"""SVG: reading, drawing, optimizing and resizing."""

import time
from base64 import b64encode

import pytest
from PIL import Image

from imgopt.codecs import svg
from imgopt.codecs.recognition import HEAD_BYTES
from imgopt.codecs.svg import optimizer, rendering
from imgopt.codecs.svg.comparison import look_the_same
from imgopt.codecs.svg.document import parse
from imgopt.codecs.svg.lengths import view_box
from imgopt.errors import InvalidImage, InvalidRequest, TooLarge
from imgopt.imaging.geometry import Size
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import canvas_of, check_image
from tests import pictures

XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
# The range of DynamoDB's numbers.
STORED_NUMBERS = (1e-130, 9.9e125)
RED, BLUE, NOTHING = (255, 0, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)
HALVES = '<rect width="50%" height="100%" fill="red"/><rect x="50%" width="50%" height="100%" fill="blue"/>'
FILES = {
    "plain": f"<svg {XMLNS}/>".encode(),
    "declared": f'<?xml version="1.0"?>\n<!-- <html> -->\n<svg {XMLNS}></svg>'.encode(),
    "byte order mark": b"\xef\xbb\xbf" + f"<svg {XMLNS}/>".encode(),
    "utf-16": f'<?xml version="1.0" encoding="UTF-16"?><svg {XMLNS}/>'.encode("utf-16"),
    "utf-16 unmarked": f'<?xml version="1.0" encoding="UTF-16"?><svg {XMLNS}/>'.encode("utf-16-be"),
    "prefixed": b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>',
    "document type": f'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n<svg {XMLNS}/>'.encode(),
    "entities": f'<!DOCTYPE svg [<!ENTITY ns "http://ns.example/">]><svg {XMLNS} xmlns:x="&ns;"/>'.encode(),
    "latin-1": f'<?xml version="1.0" encoding="ISO-8859-1"?><svg {XMLNS}><title>\xe9</title></svg>'.encode("latin-1"),
}
OTHERS = {
    "html": b"<!DOCTYPE html><html><body><svg></svg></body></html>",
    "html fragment": b"<div><svg/></div>",
    "commented": b"<!-- <svg> --><html/>",
    "text": b"an <svg> in words",
    "compressed": b"\x1f\x8b\x08<svg>",
    "nothing": b"",
    "svgo": b"<svgo/>",
    "png": pictures.png(),
}


def file(body: str = "", **attributes: object) -> bytes:
    named = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f"<svg {XMLNS} {named}>{body}</svg>".encode()


def draw(data: bytes, width: int, height: int) -> Image.Image:
    """Draws as `render` does, but in this process, which saves the start of another one."""
    return pictures.open_image(rendering.draw(data, width, height).png).convert("RGBA")


def shrink(data: bytes, quality: int = 80) -> bytes:
    """Optimizes as `optimize` does, but in this process."""
    return optimizer.shrink(svg.sanitize(data), quality)


def nested(count: int, inner: str, **attributes: object) -> bytes:
    return file("<g>" * count + inner + "</g>" * count, **attributes)


@pytest.mark.parametrize("name", FILES)
def test_an_svg_is_told_by_its_root(name):
    assert svg.is_svg(FILES[name][:HEAD_BYTES])


@pytest.mark.parametrize("name", OTHERS)
def test_files_that_only_mention_svg_are_not_svg(name):
    assert not svg.is_svg(OTHERS[name])


@pytest.mark.parametrize("name", FILES)
def test_every_spelling_can_be_read_and_drawn(name):
    assert svg.read_size(FILES[name]) == (300, 150)
    assert draw(FILES[name], 10, 5).size == (10, 5)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ({}, (300, 150)),
        ({"width": 40, "height": 30}, (40, 30)),
        ({"width": "40.2px", "height": " 30 "}, (40, 30)),
        ({"width": "40mm", "height": "20mm"}, (151, 76)),
        ({"width": "40.5", "height": "2.49"}, (41, 2)),
        ({"width": "3pt", "height": "4q"}, (4, 4)),
        ({"width": "33", "viewBox": "0 0 10 7"}, (33, 23)),
        ({"width": "1in", "height": "72pt"}, (96, 96)),
        ({"width": "25.4mm", "height": "2.54cm"}, (96, 96)),
        ({"width": "2em", "height": "1pc"}, (32, 16)),
        ({"width": "2em", "height": "4ex", "font-size": "10"}, (20, 20)),
        ({"width": "2em", "height": "1px", "font-size": "10", "style": "fill:red; font-size: 12px"}, (24, 1)),
        ({"viewBox": "0 0 24 48"}, (24, 48)),
        ({"viewBox": "-5,-5,10.5 20"}, (11, 20)),
        ({"width": "100%", "height": "100%", "viewBox": "0 0 24 48"}, (24, 48)),
        ({"width": 12, "viewBox": "0 0 24 48"}, (12, 24)),
        ({"height": 12, "viewBox": "0 0 24 48"}, (6, 12)),
        ({"width": 12}, (12, 150)),
        ({"width": 0, "height": -3, "viewBox": "0 0 0 4"}, (300, 150)),
        ({"width": "0.1", "height": "1e1"}, (1, 10)),
        ({"width": "calc(1px)", "height": "many", "viewBox": "a b c d"}, (300, 150)),
        ({"width": "1e999", "height": "1"}, (1_000_000, 1)),
    ],
)
def test_the_size_is_what_a_browser_would_take(attributes, size):
    assert svg.read_size(file(**attributes)) == size


@pytest.mark.parametrize("attributes", [{"viewBox": "0 0 1e308 1e-300"}, {"width": 1, "viewBox": "0 0 1e308 1e-300"}])
def test_extreme_proportions_can_be_stored(attributes):
    least, most = STORED_NUMBERS
    assert least < pictures.header(file(**attributes)).proportion < most


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.99])
def test_a_truncated_file_is_refused(kept):
    data = file(HALVES)
    with pytest.raises(InvalidImage, match="damaged or truncated"):
        svg.read_size(data[: int(len(data) * kept)])


def test_document_with_another_root_is_refused():
    with pytest.raises(InvalidImage):
        svg.read_size(b'<html xmlns="http://www.w3.org/1999/xhtml"/>')


def test_depth_is_limited():
    assert svg.read_size(nested(200, "")) == (300, 150)
    with pytest.raises(InvalidImage, match="nested"):
        svg.read_size(nested(100_000, ""))


def test_elements_are_limited():
    with pytest.raises(TooLarge, match="elements"):
        svg.read_size(file("<g/>" * 200_001))


def test_bytes_are_limited():
    with pytest.raises(TooLarge):
        svg.read_size(file(" " * (21 << 20)))


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">',
        f'<!ENTITY c "{"a" * 1000}">',
        '<!ENTITY c SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://example.com/x.dtd"> %p; <!ENTITY c "">',
        '<!ENTITY c "&lt;script>">',
    ],
)
def test_entities_that_grow_or_read_are_refused(declared):
    with pytest.raises(InvalidImage, match="entities"):
        svg.read_size(f"<!DOCTYPE svg [{declared}]><svg {XMLNS}><text>&c;</text></svg>".encode())


def test_references_to_an_entity_over_the_limit_are_refused():
    declared = f'<!DOCTYPE svg [<!ENTITY c "{"a" * 100}">]>'
    with pytest.raises(InvalidImage, match="entities"):
        svg.read_size(f"{declared}<svg {XMLNS}><text>{'&c;' * 10_001}</text></svg>".encode())


def test_an_entity_for_a_color_is_put_in():
    data = f'<!DOCTYPE svg [<!ENTITY c "fill:red">]><svg {XMLNS}><path d="M0 0h300v150H0z" style="&c;"/></svg>'
    assert draw(data.encode(), 4, 2).getpixel((1, 1)) == RED


@pytest.mark.parametrize("size", [(20, 10), (200, 100), (201, 100), (1, 1), (7, 300)])
@pytest.mark.parametrize(
    "attributes",
    [{}, {"viewBox": "0 0 20 10"}, {"width": 200, "height": 100}, {"width": 7, "viewBox": "10 10 20 10", "x": 5}],
)
def test_the_picture_fills_exactly_the_size_asked_for(size, attributes):
    body = HALVES if "10 10" not in str(attributes) else f'<svg x="10" y="10" width="20" height="10">{HALVES}</svg>'
    image = draw(file(body, **attributes), *size)
    assert (image.size, image.mode) == (size, "RGBA")
    if size[0] > 1:
        assert image.getpixel((0, 0)) == RED
        assert image.getpixel((size[0] - 1, size[1] - 1)) == BLUE


def test_margins_are_kept_where_the_view_box_has_other_proportions():
    data = file('<rect width="10" height="10" fill="red"/>', width=40, height=10, viewBox="0 0 10 10")
    image = draw(data, 80, 20)
    assert [image.getpixel((x, 10)) for x in (5, 40, 75)] == [NOTHING, RED, NOTHING]


def test_transparency_is_kept():
    image = draw(file('<rect width="300" height="150" fill="red" opacity=".5"/>'), 30, 15)
    assert image.getpixel((9, 9)) == pytest.approx((255, 0, 0, 128), abs=1)


@pytest.mark.parametrize("size", [(100_000, 10), (30_000, 30_000)])
def test_a_huge_canvas_is_refused(size):
    with pytest.raises(TooLarge):
        svg.render_svg(file(), *size)


@pytest.mark.parametrize("address", ["{path}", "file://{path}", "picture.png", "./picture.png"])
def test_files_beside_it_are_not_drawn(address, tmp_path, monkeypatch):
    path = tmp_path / "picture.png"
    path.write_bytes(pictures.encode(Image.new("RGB", (8, 8), "red"), "PNG"))
    monkeypatch.chdir(tmp_path)
    data = file(f'<image href="{address.format(path=path)}" width="300" height="150"/>')
    assert svg.render_svg(data, 30, 15).image.getextrema() == ((0, 0),) * 4


def test_a_picture_in_the_file_is_drawn():
    png = pictures.encode(Image.new("RGB", (8, 8), "red"), "PNG")
    address = f"data:image/png;base64,{b64encode(png).decode()}"
    data = file(f'<image href="{address}" width="300" height="150" preserveAspectRatio="none"/>')
    assert draw(data, 30, 15).getpixel((15, 7)) == RED


def test_text_is_drawn():
    pytest.importorskip("fontpkg_arimo")
    data = file('<text y="100" font-size="100" font-family="Nowhere Sans, fantasy">Text</text>')
    assert draw(data, 300, 150).getbbox() is not None


def test_a_bomb_of_filters_ends_in_a_refusal_or_a_picture():
    blurs = '<feGaussianBlur stdDeviation="500"/>' * 50
    data = file(f'<filter id="f">{blurs}</filter><rect width="99%" height="99%" filter="url(#f)"/>')
    assert svg.render_svg(data, 60, 30).image.size == (60, 30)


LOOSE = """<path d="M10.000001 10.00000 L 90.00 10 L 90 90.0000 L 10,90 Z" style="fill:#ff0000;stroke:none"></path>
<g><g><circle cx="150.123456" cy="50.123456" r="40.000" fill="rgb(0,0,255)"/></g></g><!-- note -->"""


@pytest.mark.parametrize("quality", [1, 50, 80, 100])
def test_a_smaller_file_looks_the_same(quality):
    data = file(LOOSE, viewBox="0 0 200 100")
    smaller = shrink(data, quality)
    assert len(smaller) < len(svg.sanitize(data)) * 0.8
    before, after = (pictures.encode(draw(each, 400, 200), "PNG") for each in (data, smaller))
    assert look_the_same(before, after)


@pytest.mark.parametrize("box", ["0 0 .5 .25", "0 0 1.04 .96", "0 0 2.5 1.25", "0 0 3.33 1.12"])
def test_rounding_keeps_the_proportions(box):
    width, height = map(float, box.split()[2:])
    data = f'<svg {XMLNS} viewBox="{box}"><rect width="{width}" height="{height}" fill="blue"/></svg>'.encode()
    made = parse(optimizer.optimize_svg(data, 80))
    _, _, new_width, new_height = view_box(made)
    assert new_width / new_height == pytest.approx(width / height, rel=0.001)


def test_a_higher_quality_rounds_less():
    data = file('<path d="M1.23456 2.34567L200.98765 3.45678L100.123456 90.87654z"/>', viewBox="0 0 2000 1000")
    assert len(shrink(data, 100)) > len(shrink(data, 10))


def test_wide_files_are_no_slower_than_deep_ones():
    paths = "".join(f'<path d="M{number}.123456 5.5L{number % 97}.25 7.75z"/>' for number in range(4000))
    before = time.process_time()
    assert len(shrink(file(paths, viewBox="0 0 4000 10"))) < len(paths)
    assert time.process_time() - before < 10


def test_scripts_do_not_survive_optimizing():
    data = file('<script>alert(1)</script><rect width="9" height="9" onclick="alert(1)"/>')
    assert b"alert" not in svg.optimize_svg(data, 80)


ANIMATED = {
    "animate": '<rect width="0" height="9"><animate attributeName="width" to="99" dur="1s"/></rect>',
    "transform": '<g><g transform="rotate(0)"><animateTransform attributeName="transform" type="rotate" '
    'from="0" to="9" dur="1s"/><path d="M0 0h9v9z"/></g></g>',
    "set": '<g id="a" visibility="hidden"><circle r="4"/></g><set href="#a" attributeName="visibility" to="visible"/>',
    "css": "<style>@keyframes k{to{opacity:0}}.a{animation:k 1s}</style><g class='a'><path d='M0 0h9v9z'/></g>",
    "hover": "<style>.a:hover{fill:red}</style><path class='a' d='M0 0h9v9z'/>",
    "query": "<style>@media (prefers-color-scheme:dark){.a{fill:red}}</style><path class='a' d='M0 0h9v9z'/>",
}


@pytest.mark.parametrize("name", ANIMATED)
def test_animations_are_kept_by_optimizing(name):
    smaller = shrink(file(ANIMATED[name]), 80)
    kept = ("<animate", "<set", "@keyframes", ".a:hover", "prefers-color-scheme:dark", "class=", "visibility=")
    before = svg.sanitize(file(ANIMATED[name])).decode()
    assert [word for word in kept if word in before] == [word for word in kept if word in smaller.decode()]


def test_a_sprite_keeps_its_symbols():
    data = file('<symbol id="one"><path d="M0 0h9v9z"/></symbol><symbol id="two"><path d="M0 0h9v9z"/></symbol>')
    smaller = shrink(data, 80)
    assert b'id="one"' in smaller and b'id="two"' in smaller


def test_a_difference_that_can_be_seen_is_one():
    first, darker, without = (Image.new("RGBA", (256, 256), (200, 200, 200, 255)) for _ in range(3))
    first.paste((255, 0, 0, 255), (100, 100, 140, 140))
    darker.paste((240, 0, 0, 255), (100, 100, 140, 140))
    clear = Image.new("RGBA", (256, 256), (255, 255, 255, 0))
    white = clear.copy()
    white.paste("white", (10, 10, 40, 40))
    for one, other in ((first, darker), (first, without), (clear, white)):
        assert not look_the_same(pictures.encode(one, "PNG"), pictures.encode(other, "PNG"))
    assert look_the_same(pictures.encode(first, "PNG"), pictures.encode(first, "PNG"))


@pytest.mark.parametrize(
    ("asked", "size"), [((100, None), (100, 50)), ((None, 100), (200, 100)), ((None, None), (300, 150))]
)
def test_resize_by_a_single_side_keeps_the_proportions(asked, size):
    resized = svg.prepare_vector(file(HALVES), *asked, "pad").data
    assert svg.read_size(resized) == size
    image = draw(resized, *size)
    assert (image.getpixel((0, 0)), image.getpixel((size[0] - 1, 0))) == (RED, BLUE)


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (1, 1)),
        ({"output_width": 30}, (30, 20)),
        ({"output_height": 30}, (45, 30)),
        ({"output_upscale_factor": 6}, (6, 4)),
    ],
)
@pytest.mark.parametrize("target", ["svg", "png"])
def test_sides_below_a_pixel_keep_the_proportions(asked, size, target):
    done = pictures.run(file(HALVES, width=".6", height=".4", viewBox="0 0 60 40"), output_format=target, **asked)
    sent = pictures.header(done.data)
    assert (done.width, done.height) == (sent.width, sent.height) == size


def test_a_narrow_drawing_keeps_its_exact_proportions():
    header = pictures.header(file(width="0.4", height="900"))
    assert canvas_of(header, ProcessingSettings(output_width=2)) == Size(2, 4500)


@pytest.mark.parametrize(("width", "target"), [("20000", "webp"), ("40000", "png"), ("1e9", "png")])
def test_a_drawing_that_is_too_long_is_refused_before_it_is_drawn_unless_a_smaller_size_is_asked(width, target):
    header = pictures.header(file(width=width, height="1"))
    with pytest.raises((InvalidRequest, TooLarge), match="Ask for a smaller size"):
        check_image(header, ProcessingSettings(output_format=target))
    check_image(header, ProcessingSettings(output_format=target, output_width=60))


def test_the_best_format_of_an_accepted_drawing_is_found_without_drawing_it():
    done = pictures.run(file(HALVES, viewBox="0 0 1e6 10"), output_format="auto", accept=["image/svg+xml"])
    assert (done.format, done.width) == ("svg", 1_000_000)


def test_padding_shows_everything_and_cropping_fills():
    data = file(HALVES, viewBox="0 0 200 100")
    padded, cropped = (draw(svg.prepare_vector(data, 100, 100, each).data, 100, 100) for each in ("pad", "crop"))
    assert [padded.getpixel(at) for at in ((50, 5), (5, 50), (95, 50))] == [NOTHING, RED, BLUE]
    assert [cropped.getpixel(at) for at in ((5, 5), (95, 95))] == [RED, BLUE]


def test_rules_of_a_dissolved_style_sheet_are_optimized_again():
    sheet = "<style>.a{fill:none;stroke:#000;stroke-miterlimit:10;stroke-width:2px}</style>"
    data = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{sheet}<path class="a" d="M2 2h20v20H2z"/></svg>'
    )
    made = svg.optimize_svg(data.encode(), 80)
    assert b"style" not in made
    assert svg.optimize_svg(made, 80) == made
