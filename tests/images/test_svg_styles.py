"""The effect of style sheets and style attributes: the middle of each drawing is green if the rule applies."""

import pytest

from imgopt.codecs.svg import optimizer, rendering
from imgopt.codecs.svg.css import trees
from imgopt.codecs.svg.document import IN_TEXT
from imgopt.codecs.svg.sanitizer import sanitize
from imgopt.errors import TooLarge
from tests import pictures

GREEN, RED, NOTHING = (0, 128, 0, 255), (255, 0, 0, 255), (0, 0, 0, 0)
ALL = 'width="40" height="40"'
RECT = f"<rect {ALL}/>"


def draw(body: str, at: tuple[int, int] = (20, 20), **attributes: object) -> tuple[int, ...]:
    named = " ".join(f'{name}="{value}"' for name, value in {"width": 40, "height": 40, **attributes}.items())
    data = f'<svg xmlns="http://www.w3.org/2000/svg" {named}>{body}</svg>'.encode()
    return pictures.open_image(rendering.draw(data, 40, 40).png).convert("RGBA").getpixel(at)


def styled(sheet: str, body: str = RECT) -> str:
    return f"<style>{sheet.translate(IN_TEXT)}</style>{body}"


VARIABLES = {
    "in a class": styled("svg{--a:green}.a{fill:var(--a)}", f'<rect class="a" {ALL}/>'),
    "in an attribute": styled(":root{--a:green}", f'<rect fill="var(--a)" {ALL}/>'),
    "in a style attribute": f'<g style="--a:green"><rect style="fill:var(--a)" {ALL}/></g>',
    "with a fallback": f'<rect style="fill:var(--a, green)" {ALL}/>',
    "with a fallback of another": styled(":root{--b:green}", f'<rect style="fill:var(--a, var(--b))" {ALL}/>'),
    "with a fallback with commas": f'<rect style="fill:var(--a, rgb(0, 128, 0))" {ALL}/>',
    "of another": styled(":root{--a:var(--b);--b:green}rect{fill:var(--a)}"),
    "of parts of a color": styled(":root{--a:0 128 0}rect{fill:rgb(var(--a))}"),
    "by the nearest": f'<g style="--a:red"><g style="--a:green"><rect fill="var(--a)" {ALL}/></g></g>',
    "by case": styled(":root{--A:green;--a:red}rect{fill:var(--A)}"),
    "important": styled("rect{--a:green!important;fill:var(--a)}", f'<rect style="--a:red" {ALL}/>'),
    "registered": styled("@property --a{syntax:'*';inherits:true;initial-value:green}rect{fill:var(--a)}"),
    "of an opacity": f'<rect {ALL} fill="green"/><rect style="--a:0;opacity:var(--a)" {ALL}/>',
    "through a use": f'<defs><rect id="r" fill="var(--a)" {ALL}/></defs><use href="#r" style="--a:green"/>',
    "inherited where it refers to itself": f'<g fill="green"><rect style="--a:var(--a);fill:var(--a)" {ALL}/></g>',
    "inherited where there is none": f'<g fill="green"><rect style="fill:var(--a)" fill="red" {ALL}/></g>',
    "of a shorthand": styled("rect{--a:10px sans-serif;font:var(--a);fill:green}"),
}
SELECTORS = {
    "nth child": styled("rect:nth-child(3){fill:green}", f"<g/>{RECT}"),
    "nth child of a kind": styled(
        "rect:nth-child(2 of .a){fill:green}", f'<rect class="a"/><g/><rect class="a" {ALL}/>'
    ),
    "nth last child": styled("rect:nth-last-child(odd){fill:green}", f"{RECT}"),
    "nth of type": styled("rect:nth-of-type(2n){fill:green}", f"<rect/><g/>{RECT}"),
    "not": styled("rect{fill:red}rect:not(.n){fill:green}"),
    "not several": styled("rect:not(.a, #b){fill:green}"),
    "is": styled(":is(circle, rect){fill:green}"),
    "is with something unknown": styled(":is(:unknown, rect){fill:green}"),
    "where has no weight": styled("rect{fill:green}:where(#r){fill:red}", f'<rect id="r" {ALL}/>'),
    "has": styled("g:has(> circle){fill:green}", f"<g><circle/>{RECT}</g>"),
    "root": styled(":root{fill:green}"),
    "first child": styled("rect:first-child{fill:green}", f"<g>{RECT}<rect/></g>"),
    "last of type": styled("rect:last-of-type{fill:green}", f"<rect/>{RECT}<g/>"),
    "only child": styled("rect:only-child{fill:green}", f"<g>{RECT}</g>"),
    "empty": styled("rect:empty{fill:green}"),
    "attribute": styled('[data-a="1"]{fill:green}', f'<rect data-a="1" {ALL}/>'),
    "attribute that begins": styled('[data-a^="ab"]{fill:green}', f'<rect data-a="abc" {ALL}/>'),
    "attribute by any case": styled('[data-a="ABC" i]{fill:green}', f'<rect data-a="abc" {ALL}/>'),
    "child": styled("g > rect{fill:green}svg > rect{fill:red}", f"<g>{RECT}</g>"),
    "sibling": styled("circle + rect{fill:green}", f"<circle/>{RECT}"),
    "later sibling": styled("circle ~ rect{fill:green}", f"<circle/><g/>{RECT}"),
    "language": styled("rect:lang(en){fill:green}", f'<g lang="en-GB">{RECT}</g>'),
    "nobody hovers": styled("rect{fill:green}rect:hover{fill:red}"),
    "an unknown one ends its rule": styled("rect{fill:green}rect, :unknown{fill:red}"),
    "escaped": styled(r".\31 st{fill:green}", f'<rect class="1st" {ALL}/>'),
}
CASCADE = {
    "important over a style attribute": styled(".a{fill:green!important}", f'<rect class="a" style="fill:red" {ALL}/>'),
    "a rule over an attribute": styled("rect{fill:green}", f'<rect fill="red" {ALL}/>'),
    "the more specific": styled("rect.a{fill:green}rect{fill:red}", f'<rect class="a" {ALL}/>'),
    "the later": styled("rect{fill:red}rect{fill:green}"),
    "what is valid": styled("rect{fill:green;fill:nonsense(1)}"),
    "inherit": f'<g fill="green"><rect style="fill:inherit" {ALL}/></g>',
    "unset": f'<g fill="green"><rect style="fill:unset" {ALL}/></g>',
    "initial": f'<g fill="red"><rect style="fill:initial" {ALL}/></g><rect fill="green" {ALL}/>',
    "revert": f'<g fill="green"><rect style="fill:revert" fill="red" {ALL}/></g>',
    "inherited by its name": f'<g clip-path="none"><rect style="clip-path:inherit" fill="green" {ALL}/></g>',
    "layers": styled("@layer a,b;@layer b{rect{fill:green}}@layer a{rect.a{fill:red}}", f'<rect class="a" {ALL}/>'),
    "what is in no layer": styled("rect{fill:green}@layer a{rect{fill:red}}"),
    "nested": styled("g{fill:red;& rect{fill:green}}", f"<g>{RECT}</g>"),
    "nested without a sign": styled(".a{.b{fill:green}}", f'<g class="a"><rect class="b" {ALL}/></g>'),
    "capitals": f'<rect style="FILL:green" {ALL}/>',
    "a style sheet of another kind": f'<style type="text/x">rect{{fill:red}}</style><rect fill="green" {ALL}/>',
}
CONDITIONS = {
    "width": styled("@media (min-width:30px){rect{fill:green}}"),
    "a larger width": styled("rect{fill:green}@media (min-width:41px){rect{fill:red}}"),
    "a range": styled("@media (30px < width <= 40px){rect{fill:green}}"),
    "height": styled("@media (max-height:40px){rect{fill:green}}"),
    "shape": styled("@media (aspect-ratio: 1/1){rect{fill:green}}"),
    "light": styled("@media (prefers-color-scheme:light){rect{fill:green}}"),
    "dark": styled("rect{fill:green}@media (prefers-color-scheme:dark){rect{fill:red}}"),
    "paper": styled("rect{fill:green}@media print{rect{fill:red}}"),
    "a screen": styled("@media only screen and (min-width:1px){rect{fill:green}}"),
    "no paper": styled("@media not print{rect{fill:green}}"),
    "either": styled("@media print, (width){rect{fill:green}}"),
    "or": styled("@media (min-width:99px) or (max-width:99px){rect{fill:green}}"),
    "not": styled("@media not (min-width:99px){rect{fill:green}}"),
    "motion": styled("@media (prefers-reduced-motion:no-preference){rect{fill:green}}"),
    "unknown": styled("rect{fill:green}@media (unknown:1){rect{fill:red}}"),
    "of a whole sheet": f'<rect fill="green" {ALL}/><style media="print">rect{{fill:red}}</style>',
    "supported": styled("@supports (fill:oklch(60% .1 90)){rect{fill:green}}"),
    "not supported": styled("rect{fill:green}@supports (fill:nonsense(1)){rect{fill:red}}"),
    "a selector": styled("@supports selector(:has(a)){rect{fill:green}}"),
}


@pytest.mark.parametrize("name", VARIABLES)
def test_custom_properties_are_put_in(name):
    assert draw(VARIABLES[name]) == GREEN


@pytest.mark.parametrize("name", SELECTORS)
def test_selectors_choose_what_they_choose_in_browsers(name):
    assert draw(SELECTORS[name]) == GREEN


@pytest.mark.parametrize("name", CASCADE)
def test_the_stronger_declaration_counts(name):
    assert draw(CASCADE[name]) == GREEN


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_are_those_of_a_light_screen_as_large_as_the_picture(name):
    assert draw(CONDITIONS[name]) == GREEN


@pytest.mark.parametrize(
    ("color", "painted"),
    [
        ("rgb(255 0 0 / 50%)", (255, 0, 0, 128)),
        ("#00f8", (0, 0, 255, 136)),
        ("rgb(10%, 50%, 90%)", (26, 128, 230, 255)),
        ("hsl(120deg 100% 25%)", (0, 128, 0, 255)),
        ("hsla(240, 100%, 50%, .5)", (0, 0, 255, 128)),
        ("hwb(90 10% 20%)", (115, 204, 26, 255)),
        ("lab(50% 40 40)", (189, 87, 53, 255)),
        ("lch(50% 40 40)", (174, 97, 77, 255)),
        ("oklab(40% .1 .1)", (129, 34, 0, 255)),
        ("oklch(60% 0.2 30)", (222, 62, 45, 255)),
        ("color(display-p3 1 0 0)", (255, 0, 0, 255)),
        ("color(srgb-linear .5 .5 .5)", (188, 188, 188, 255)),
        ("color-mix(in srgb, red, blue 25%)", (191, 0, 64, 255)),
        ("color-mix(in oklab, red, white)", (255, 161, 145, 255)),
        ("rgb(from #ff0000 r 128 b)", (255, 128, 0, 255)),
        ("light-dark(green, red)", GREEN),
        ("rebeccapurple", (102, 51, 153, 255)),
        ("transparent", NOTHING),
        ("CanvasText", (0, 0, 0, 255)),
        ("currentColor", (1, 2, 3, 255)),
        ("color-mix(in srgb, currentcolor, #010203)", (1, 2, 3, 255)),
    ],
)
def test_colors_are_painted_however_they_are_written(color, painted):
    assert draw(f'<rect color="#010203" fill="{color}" {ALL}/>') == pytest.approx(painted, abs=1)


def test_a_declaration_that_is_no_color_leaves_the_attribute():
    assert draw(f'<rect fill="green" style="fill:rgb(1,2)" {ALL}/>') == GREEN


def test_gradients_have_colors_of_style_sheets():
    stop = '<linearGradient id="g"><stop stop-color="oklch(from green l c h)"/></linearGradient>'
    assert draw(f'{stop}<rect fill="url(#g)" {ALL}/>') == GREEN


def test_the_background_of_the_root_is_drawn():
    assert draw("<g/>", style="background:green") == GREEN


def test_a_reference_that_leads_nowhere_has_a_fallback():
    assert draw(f'<rect style="fill:url(#none) oklch(from green l c h)" {ALL}/>') == GREEN


@pytest.mark.parametrize(
    "sheet",
    [
        "svg{" + "".join(f"--a{n + 1}:var(--a{n}) var(--a{n});" for n in range(40)) + "--a0:x}rect{fill:var(--a40)}",
        "svg{" + "".join(f"--a{n + 1}:var(--a{n});" for n in range(5000)) + "--a0:red}rect{fill:var(--a5000)}",
        "rect{}" * 20_001,
        "a{fill:red}" * 100_000,
        "@media all{" * 40 + "}" * 40,
        "rect{fill:" + "a(" * 1000 + "}",
        "rect{width:" + "9" * 5000 + "px}",
        "g g g g g g g rect, " * 2_000 + "a{fill:red}",
    ],
    ids=["doubling", "chain", "rules", "characters", "groups", "brackets", "digits", "selectors"],
)
def test_style_sheets_beyond_the_limits_are_refused_or_passed_over(sheet, monkeypatch):
    monkeypatch.setattr(trees, "MAX_STEPS", trees.MAX_STEPS // 10)
    body = "<g>" * 30 + RECT * 300 + "</g>" * 30
    try:
        assert draw(styled(sheet, body))
    except TooLarge as error:
        assert "SVG" in str(error)


def test_sheet_that_is_too_much_to_draw_is_optimized_as_it_is():
    sheet = "svg{" + "".join(f"--a{n + 1}:var(--a{n}) var(--a{n});" for n in range(40)) + "--a0:x}rect{fill:var(--a40)}"
    data = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{styled(sheet)}</svg>'.encode()
    assert optimizer.optimize_svg(data, 80) == sanitize(data)
