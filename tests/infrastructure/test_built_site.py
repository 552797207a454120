"""The site of docs/ as `make docs` builds it: complete, drawn, and without anything from another server."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from posixpath import normpath

import pytest

from cdk.paths import ROOT, UV
from docs.drawings import main as fetch_script
from tests.e2e.chromium import PROGRAM, Tab, browser, poll_browser

ENVIRONMENT = {
    **os.environ,
    "UV_PROJECT_ENVIRONMENT": "build/docs-venv",
    "NO_MKDOCS_2_WARNING": "1",
    "PYTHONDONTWRITEBYTECODE": "",
}
IN_DOCS = (UV, "run", "--frozen", "--quiet", "--only-group", "docs", "--python", ROOT / ".venv" / "bin" / "python")
DRAWN = "document.readyState == 'complete' && !document.querySelector('pre.mermaid')"
FOREIGN = "performance.getEntriesByType('resource').map(e => e.name).filter(name => !name.startsWith(location.origin))"
SIZES = "[...document.querySelectorAll('.drawing > .mermaid')].map(e => e.getBoundingClientRect().height)"
needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("site")
    try:
        fetch_script()
        subprocess.run([*IN_DOCS, "python", "-c", ""], cwd=ROOT, env=ENVIRONMENT, check=True)
    except (SystemExit, subprocess.CalledProcessError):
        pytest.skip("what builds the site can't be fetched")
    command = [*IN_DOCS, "mkdocs", "build", "--strict", "--site-dir", target]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=site)
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def tab(tmp_path_factory) -> Iterator[Tab]:
    folder = tmp_path_factory.mktemp("chromium")
    with browser(folder) as pipe:
        yield pipe
    shutil.rmtree(folder, ignore_errors=True)


def pages_of(site: Path) -> dict[str, str]:
    """Their texts by address, but for the one of a wrong address."""
    found = {str(path.relative_to(site)): path.read_text() for path in site.rglob("*.html")}
    return {name: text for name, text in found.items() if name != "404.html"}


def test_links_lead_to_pages_files_and_headings(site: Path):
    pages = pages_of(site)
    ids = {name: set(re.findall(r'\bid="([^"]*)"', text)) for name, text in pages.items()}
    missing = []
    for name, text in pages.items():
        for link in map(unescape, re.findall(r'<a [^>]*?\bhref="([^"]*)"', text)):
            path, _, heading = link.partition("#")
            target = normpath(f"{Path(name).parent}/{path}") if path else name
            if "://" not in link and not leads(site, ids, target, heading):
                missing.append((name, link))
    assert len(pages) > 100
    assert missing == []


def leads(site: Path, ids: dict[str, set[str]], target: str, heading: str) -> bool:
    return (site / target).exists() and (not heading or target not in ids or heading in ids[target])


def test_site_loads_no_file_from_another_server(site: Path):
    named = {
        (name, tag)
        for name, text in pages_of(site).items()
        for tag in re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*>", text)
        if re.search(r'(?:src|href)="(?:https?:)?//', tag)
    }
    assert named == set()


@needs_chromium
@pytest.mark.parametrize("is_dark", [False, True])
def test_drawings_are_drawn_by_the_sites_own_script(tab: Tab, address: str, is_dark: bool):
    tab.call("Emulation.setScriptExecutionDisabled", value=False)
    tab.look(1280, is_dark=is_dark)
    tab.call("Page.navigate", url=f"{address}/architecture.html")
    poll_browser(lambda: tab.read(DRAWN), "drawings stay texts")
    assert min(tab.read(SIZES)) > 200
    assert tab.read(FOREIGN) == []
