"""The site of docs/ has every page, and no link out of it. `make docs` builds the site."""

from subprocess import CalledProcessError
from types import SimpleNamespace

import pytest

from docs import drawings, site
from docs.site import DOCS, INDEX, navigation, on_page_content, on_page_markdown

PAGES = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}


def pages_of(entry: object) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, dict) else entry
    return [page for part in parts for page in pages_of(part)]


def test_navigation_has_every_page_once():
    named = pages_of(navigation((DOCS / INDEX).read_text()))
    assert sorted(named) == sorted(PAGES)


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("[one](glossary.md#job)", "[one](glossary.md#job)"),
        ("[one](https://example.com)", "[one](https://example.com)"),
        ("[one](#users)", "[one](#users)"),
        ("[one](../SECURITY.md)", "one"),
        ("[one](decisions)", "one"),
        ("![one](pictures/page.webp)", "![one](pictures/page.webp)"),
    ],
)
def test_links_out_of_docs_are_text(link, shown):
    page = SimpleNamespace(file=SimpleNamespace(src_uri="security.md"))
    assert on_page_markdown(link, page) == shown


@pytest.mark.parametrize(
    ("html", "scripts"), [('<p>a</p><pre class="mermaid"><code>flowchart TD</code></pre>', 1), ("<p>a</p>", 0)]
)
def test_script_that_draws_is_loaded_where_there_is_something_to_draw(html, scripts):
    page = SimpleNamespace(file=SimpleNamespace(dest_uri="reference/states.html"))
    assert on_page_content(html, page).count('<script src="../assets/javascripts/mermaid.js">') == scripts


def test_site_without_the_script_is_not_built(monkeypatch, tmp_path):
    monkeypatch.setattr(site, "SCRIPT", tmp_path / "mermaid.js")
    with pytest.raises(SystemExit, match=r"mermaid\.js is missing, which draws: build the site by `make docs`"):
        site.on_config({})


def test_script_that_npm_does_not_fetch_is_told(monkeypatch):
    def refuse(folder: object) -> None:
        raise CalledProcessError(1, "npm")

    monkeypatch.setattr(drawings, "install", refuse)
    with pytest.raises(SystemExit, match="npm could not fetch it"):
        drawings.main()
