"""What is removed from an SVG, what stays, and which SVGs are refused."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgopt.codecs import svg
from imgopt.codecs.svg import document, optimizer, references, styles
from imgopt.errors import InvalidImage, TooLarge

XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
EVIL = "http://evil.example/x"


def clean(body: str, prolog: str = "", **attributes: str) -> str:
    named = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return svg.sanitize(f"{prolog}<svg {XMLNS} {named}>{body}</svg>".encode()).decode()


DANGEROUS = {
    "script": "<script>alert(1)</script>",
    "script by prefix": '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>',
    "script in defs": "<defs><g><script href='data:text/javascript,alert(1)'/></g></defs>",
    "html script": '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
    "handler": '<g onclick="alert(1)"/>',
    "handler in capitals": '<g ONLOAD="alert(1)" onanything="alert(1)"/>',
    "foreign object": "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='alert(1)'/></foreignObject>",
    "iframe": '<iframe src="javascript:alert(1)"/>',
    "embedded": '<embed src="evil"/><object data="evil"/><audio src="evil"/><video src="evil"/>',
    "link": '<a xlink:href="javascript:alert(1)"><path d="M0 0"/></a>',
    "link with blanks": '<a href=" java&#10;script:alert(1)"><path d="M0 0"/></a>',
    "link to a page": f'<a href="{EVIL}" target="evil"><path d="M0 0"/></a>',
    "data page": '<use href="data:text/html,alert(1)"/>',
    "svg in data": '<image href="data:image/svg+xml,alert(1)"/>',
    "external use": f'<use xlink:href="{EVIL}#a"/>',
    "external image": f'<image href="{EVIL}"/>',
    "local file": '<image href="file:///evil"/><image href="evil.png"/><image xlink:href="/evil"/>',
    "filter image": f'<filter id="f"><feImage href="{EVIL}"/></filter>',
    "external paint": f'<path fill="url({EVIL}#a)"/>',
    "external paint escaped": f'<path fill="u\\72l({EVIL}#a)"/>',
    "external in style": f"<path style=\"fill:url('{EVIL}')\"/>",
    "import": f'<style>@import "{EVIL}";</style>',
    "import by url": f"<style>@import url({EVIL}?a;b);</style>",
    "import with semicolons": f'<style>@import "{EVIL}?a;b;c" screen;</style>',
    "import escaped": f'<style>@\\69mport "{EVIL}";</style>',
    "import around an import": '<style>@im@import;port "a";</style>',
    "import around a comment": f'<style>@im/**/port "{EVIL}";</style>',
    "url in style": f"<style>a{{background:URL( {EVIL} )}}</style>",
    "url never closed": f"<style>a{{background:url({EVIL}</style>",
    "url with a quote": f"<style>a{{background:url({EVIL}\"')}}</style>",
    "image set": f'<style>a{{background:-webkit-image-set("{EVIL}" 1x)}}</style>',
    "font": f'<style>@font-face{{font-family:f;src:url("{EVIL}")}}</style>',
    "style in parts": f'<style>@imp<g/>ort "{EVIL}";</style>',
    "animated link": '<a><animate attributeName="href" to="javascript:alert(1)"/></a>',
    "animated xlink": '<a><set attributeName="xlink:href" to="javascript:alert(1)"/></a>',
    "animated handler": '<g><set attributeName="onclick" to="alert(1)"/></g>',
    "animated paint": f'<g><set attributeName="fill" to="url({EVIL})"/></g>',
    "base": f'<g xml:base="{EVIL}"><use href="#a"/></g>',
    "metadata": "<metadata><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>evil</rdf:RDF></metadata>",
    "editor": '<i:pgf xmlns:i="http://ns.adobe.com/i" i:evil="evil">evil</i:pgf>',
    "comment": "<!-- evil -->",
    "instruction": f'<?xml-stylesheet href="{EVIL}"?>',
    "handler element": '<handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">alert(1)</handler>',
    "listener": '<g xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="evil"/>',
}


@pytest.mark.parametrize("name", DANGEROUS)
def test_scripts_and_external_references_are_removed(name):
    done = clean(DANGEROUS[name])
    assert not re.search(r"alert|evil|script|@import|<(?!/?(svg|g|a|defs|path|style|filter|set|animate|use)\b)", done)


def test_prolog_and_doctype_are_removed():
    prolog = f'<?xml version="1.0"?><?xml-stylesheet href="{EVIL}"?><!DOCTYPE svg SYSTEM "{EVIL}.dtd">'
    assert clean("<g/>", prolog) == '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'


def test_handlers_on_the_root_are_taken_out():
    assert "alert" not in clean("", onload="alert(1)")


PICTURE = "data:image/png;base64,iVBORw0KGgo="
HARMLESS = {
    "shapes": '<g class="a" transform="matrix(1 0 0 1 2 3)"><path d="M0 0h9"/><rect rx="2"/></g>',
    "style": "<style>.a{fill:red} .b &gt; .c{stroke:url(#g)} .\\31 st{opacity:.5}</style>",
    "style attribute": '<path style="fill:url(#g);stroke:rgb(1,2,3)"/>',
    "keyframes": "<style>@keyframes k{from{opacity:0}to{opacity:1}}@media print{.a{fill:red}}</style>",
    "gradients": '<defs><linearGradient id="g" xlink:href="#h"><stop offset="0"/></linearGradient></defs>'
    '<path fill="url(#g)"/>',
    "masks": '<mask id="m"><rect/></mask><clipPath id="c"><path d="M0 0"/></clipPath>'
    '<g mask="url(#m)" clip-path="url(#c)"/>',
    "filters": '<filter id="f"><feGaussianBlur stdDeviation="2"/><feMerge><feMergeNode in="a"/></feMerge></filter>',
    "use": '<symbol id="s" viewBox="0 0 1 1"><path d="M0 0"/></symbol><use href="#s" x="1"/>',
    "text": '<text x="1" xml:space="preserve">a <tspan font-weight="700">b</tspan> c</text>',
    "animation": '<rect><animate attributeName="width" values="1;2" dur="1s" begin="a.click"/></rect>',
    "picture": f'<image href="{PICTURE}" width="1" height="1"/>',
    "pattern": '<pattern id="p" patternUnits="userSpaceOnUse"><circle r="1"/></pattern>',
    "accessible": '<title>A &lt;b&gt; c</title><desc>d</desc><g role="img" aria-label="&quot;e&quot;"/>',
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_elements_stay_unchanged(name):
    inner = re.sub(r"^<svg [^>]*>|</svg>$", "", clean(HARMLESS[name]))
    assert inner == HARMLESS[name]


def test_the_document_that_a_diagram_was_made_of_goes():
    assert "mxfile" not in clean("<g/>", content="&lt;mxfile host=&quot;me&quot;/>")


def test_links_lose_their_address_and_keep_what_they_show():
    assert clean(f'<a href="{EVIL}"><path d="M0 0"/></a>').endswith('<a><path d="M0 0"/></a></svg>')


def test_prefixes_become_plain_names():
    data = b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g s:fill="red" fill="blue"/></s:svg>'
    assert svg.sanitize(data) == b'<svg xmlns="http://www.w3.org/2000/svg"><g fill="blue"/></svg>'


def test_text_around_what_is_taken_out_stays():
    assert "<text>a c<tspan>d</tspan> f</text>" in clean("<text>a<script>b</script> c<tspan>d</tspan><b/> f</text>")


def test_space_between_elements_is_dropped():
    assert clean("\n  <g>\n    <path d='M0 0'/>\n  </g>\n").endswith('><g><path d="M0 0"/></g></svg>')


@pytest.mark.parametrize("body", [*DANGEROUS.values(), *HARMLESS.values()])
def test_sanitizing_twice_changes_nothing_more(body):
    once = clean(body).encode()
    assert svg.sanitize(once) == once


@given(st.text("@importul()\\72 6\"';:/*ehtpx#.{}-", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_style_loads_from_elsewhere(css):
    done = styles.clean(css)
    plain = re.sub(r"\\([0-9a-f]{1,6})\s?", lambda match: chr(int(match[1], 16) % 0x110000), done)
    assert not re.search(r"@import|url\((?!#|\"?data:|none)[^)]", plain, re.IGNORECASE)


def bomb(levels: int, width: int, link: str) -> str:
    parts = ['<rect id="l0" width="1" height="1"/>']
    parts += [f'<g id="l{level}">{link.format(level - 1) * width}</g>' for level in range(1, levels)]
    return "<defs>" + "".join(parts) + f"</defs>{link.format(levels - 1)}"


@pytest.mark.parametrize("link", ['<use href="#l{}"/>', '<use xlink:href="#l{}"/>', '<rect fill="url(#l{})"/>'])
def test_a_bomb_of_references_is_refused(link):
    with pytest.raises(TooLarge, match="by reference"):
        clean(bomb(30, 10, link))


def test_symbol_may_be_used_many_times():
    assert clean('<symbol id="s"><path d="M0 0"/></symbol>' + '<use href="#s"/>' * 10_000).count("<use") == 10_000


@pytest.mark.parametrize("sheet", ["", "<style>:root{--x:red}g{fill:var(--x)}</style>"])
def test_circular_use_is_left_out_and_the_rest_is_drawn(sheet):
    body = '<g id="a"><use href="#b"/><use href="#b"/></g><g id="b"><use href="#a"/><rect width="5" height="9"/></g>'
    drawn = svg.render_svg(clean(sheet + body).encode(), 300, 150).image
    assert drawn.getbbox() == (0, 0, 5, 9)


def test_long_chains_of_references_are_counted():
    links = "".join(f'<g id="l{number}"><use href="#l{number - 1}"/></g>' for number in range(1, 900))
    assert clean(f'<g id="l0"/>{links}').count("<use") == 899


def test_a_chain_too_long_to_draw_is_refused():
    links = "".join(f'<g id="l{number}"><use href="#l{number - 1}"/></g>' for number in range(1, 50_000))
    with pytest.raises((InvalidImage, TooLarge)):
        svg.render_svg(f'<svg {XMLNS}><rect id="l0"/>{links}</svg>'.encode(), 30, 15)


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ('a{b:url( "#c" )}', "a{b:url(#c)}"),
        (f"a{{b:url( {PICTURE} )}}", f'a{{b:url("{PICTURE}")}}'),
        (f"a{{b:url('{PICTURE}'", f'a{{b:url("{PICTURE}")'),
        (f'a{{b:url({EVIL}"c"d);e:f}}', "a{b:none;e:f}"),
        (f'a{{b:url("{EVIL}" c);e:f}}', "a{b:none;e:f}"),
        (f"@import url({EVIL}?a;b);c{{d:e}}", " c{d:e}"),
        (f"@import url({EVIL}", " "),
        ("a{b:c}/* d */e{f:g}/**/h{i:j}/* k", "a{b:c}e{f:g}h{i:j}"),
    ],
)
def test_css_is_cleaned_of_external_references(css, expected):
    assert styles.clean(css) == expected


def test_styles_in_styles_are_one_sheet():
    nested = "<style>" * 200 + "a{b:url(http://evil.example)}" + "</style>" * 200
    assert "<style>a{b:none}</style>" in clean(nested)


def test_a_chain_that_doubles_is_counted_in_small_numbers():
    links = "".join(f'<g id="l{n}"><use href="#l{n - 1}"/><use href="#l{n - 1}"/></g>' for n in range(1, 200))
    root = document.parse(f'<svg {XMLNS}><g id="l0"/>{links}</svg>'.encode())
    expansion = references._Expansion(root, {})
    expansion.count(root)
    assert max(expansion.totals.values()) == references.MAX_EXPANDED + 1


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("a:hover{b:c}", True),
        ("a{b:c} d : e {f:g}", True),
        ("@media print{a{b:c}}", True),
        ("a{animation:b}", True),
        ("a{b:c;d:e}f{g:h}", False),
        ("a{b:c}", False),
        ("a:", False),
    ],
)
def test_a_rule_that_holds_at_times_is_one(css, expected):
    assert optimizer._is_conditional(css) is expected
