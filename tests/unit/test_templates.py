"""The templates of the pages."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from jinja2 import UndefinedError

from functions.api.pages.rendering import TEMPLATE_FOLDER, environment, render_template

NAMES = sorted(path.name for path in TEMPLATE_FOLDER.iterdir())
ODD = """<b title="&lt;">'&amp;"""
SHOWN = {"nonce": "n", "user": None}


class Page(HTMLParser):
    """Parses a page as a browser does: the texts in order, and each tag's attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def attributes(self, tag: str, name: str) -> list[str | None]:
        return [attributes[name] for found, attributes in self.tags if found == tag and name in attributes]


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(name):
    assert environment().get_template(name).name == name


@pytest.mark.parametrize("missing", ["text", "address", "user", "nonce"])
def test_a_name_that_a_template_was_not_given_is_an_error(missing):
    given = {"text": "No.", "address": "account", **SHOWN}
    assert render_template("error.html", **given)
    with pytest.raises(UndefinedError, match=missing):
        render_template("error.html", **{name: value for name, value in given.items() if name != missing})


def test_markup_in_a_text_is_text():
    page = Page(render_template("error.html", text=ODD, address="account", **SHOWN))
    assert ODD in page.texts
    assert "b" not in dict(page.tags)


def test_markup_in_an_attribute_stays_there():
    page = Page(render_template("enter_code.html", code=ODD, problem="", **SHOWN))
    assert page.attributes("input", "value") == [ODD]
    assert "b" not in dict(page.tags)


def test_markup_in_a_query_is_encoded():
    html = render_template("sign_in.html", why="", query={"wanted": ODD}, **SHOWN)
    _, link = Page(html).attributes("a", "href")
    assert not set('<>"&') & set(link)
    assert parse_qs(urlsplit(link).query) == {"wanted": [ODD]}


def test_markup_in_a_link_stays_there():
    address = f"https://issuer.example/logout?a={ODD}&b"
    assert Page(render_template("signing_out.html", address=address, **SHOWN)).attributes("a", "href")[1:] == [address]


@pytest.mark.parametrize("name", NAMES)
def test_no_template_leaves_anything_unescaped(name):
    source = (TEMPLATE_FOLDER / name).read_text()
    assert not [word for word in ("safe", "autoescape", "forceescape") if f"|{word}" in source or f"% {word}" in source]
