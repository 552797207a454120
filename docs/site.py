"""The parts of the documentation site that are made from its pages: navigation, links out of docs/ as text, drawings.

mkdocs loads this file by `hooks` of mkdocs.yml.
"""

import re
import shutil
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any

DOCS = Path(__file__).parent
INDEX, DECISIONS = "README.md", "decisions"
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
# docs/drawings.py puts it there.
SCRIPT = DOCS.parent / "build" / "mermaid.js"
SCRIPT_IN_SITE = "assets/javascripts/mermaid.js"
DRAWING = re.compile(r'<pre class="mermaid">.*?</pre>', re.DOTALL)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")


def on_config(config: Any) -> Any:
    if not SCRIPT.exists():
        raise SystemExit(f"{SCRIPT} is missing, which draws: build the site by `make docs`")
    config["nav"] = navigation((DOCS / INDEX).read_text())
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    folder = PurePosixPath(page.file.src_uri).parent
    return LINK.sub(lambda link: link[0] if is_in_site(folder, link[2]) else link[1], markdown)


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """The theme draws by a Mermaid that is there already, and takes one from the internet otherwise."""
    html, count = DRAWING.subn(r'<div class="drawing">\g<0></div>', html)
    address = relpath(SCRIPT_IN_SITE, PurePosixPath(page.file.dest_uri).parent)
    return f'{html}\n<script src="{address}"></script>' if count else html


def on_post_build(config: Any) -> None:
    shutil.copyfile(SCRIPT, Path(config["site_dir"]) / SCRIPT_IN_SITE)


def navigation(index: str) -> list[dict[str, Any]]:
    """The navigation: the sections of docs/README.md with their pages, and the decisions."""
    titles, texts = SECTION.split(index)[1::2], SECTION.split(index)[2::2]
    pages = {link[2]: link[1] for link in reversed(list(LINK.finditer(index))) if link[2].endswith(".md")}
    list_of_decisions = {"All decisions": f"{DECISIONS}/{INDEX}"}
    pages.pop(f"{DECISIONS}/{INDEX}")
    sections: list[dict[str, Any]] = [{"Documentation": INDEX}]
    for title, text in zip(titles, texts, strict=True):
        named = dict.fromkeys(link[2] for link in LINK.finditer(text) if link[2] in pages)
        sections.append({title: [{_capital(pages.pop(page)): page} for page in named]})
    decisions = sorted(page.name for page in (DOCS / DECISIONS).glob("[0-9]*.md"))
    return [*sections, {"Decisions": [list_of_decisions, *(f"{DECISIONS}/{name}" for name in decisions)]}]


def is_in_site(folder: PurePosixPath, link: str) -> bool:
    """Whether a link leads to a page of the site. False for folders and for files outside docs/."""
    if "://" in link or link.startswith("#"):
        return True
    path = normpath(folder / link.partition("#")[0])
    return not path.startswith("..") and not (DOCS / path).is_dir()


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
