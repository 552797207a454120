"""The site of docs/ has every page, and no link out of it. `make docs` builds it."""

from types import SimpleNamespace

import pytest

from docs.site import DOCS, INDEX, navigation, on_page_markdown

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
