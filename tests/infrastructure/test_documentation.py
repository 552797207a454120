"""README and docs/ agree with the code."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from imgopt.codecs.formats import FORMATS
from imgopt.imaging.options import ProcessingSettings
from imgopt.metrics import Metric
from tests.stage_modules import MODULE_OF_STAGE

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text()
PROCESSING = (DOCS / "reference" / "processing.md").read_text()
INDEX = (DOCS / "README.md").read_text()
PAGES = sorted(DOCS.rglob("*.md"))
IN_INDEX = [page for page in PAGES if page.parent.name != "decisions" and page != DOCS / "README.md"]
METRICS = re.findall(r"^\| `(\w+)` \|", (DOCS / "operations.md").read_text(), re.MULTILINE)
MAKEFILE = (ROOT / "Makefile").read_text()


def row_of(page: str, text: str) -> str:
    return next((line for line in page.splitlines() if line.startswith("|") and text in line), "")


@pytest.mark.parametrize("each", FORMATS.values(), ids=lambda each: each.name)
def test_format_is_documented(each):
    page = "docs/reference/processing.md, What it reads and writes"
    assert re.search(rf"\b{each.label}\b", row_of(PROCESSING, "into the service")), page
    assert not each.encode or re.search(rf"\b{each.label}\b", row_of(PROCESSING, "out of it")), page
    assert not each.encode or f"`{each.name}`" in row_of(PROCESSING, "`output_format`"), f"{page}: `output_format`"
    assert re.search(rf"\b{each.label}\b", README), "README.md tells what is read"


@pytest.mark.parametrize(
    ("page", "some"),
    [
        ("README.md", {"demo", "up", "test", "lint", "deploy"}),
        ("docs/deployment.md", {"check-account", "bootstrap"}),
        ("docs/development.md", {"test", "lint", "audit"}),
        ("docs/measurements.md", {"bench-local", "bench-codecs"}),
        ("docs/tutorial.md", {"up", "demo", "deploy", "smoke"}),
    ],
)
def test_a_page_names_only_targets_that_there_are(page, some):
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"(?:^|`|^\$ )make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE))
    assert some <= named <= targets


def test_readme_is_short():
    assert len(README.splitlines()) <= 150


def by_page(pages: list[Path], find: Callable[[Path], Iterable[str]]) -> dict[str, list[str]]:
    """Returns what is wrong on each page that is not right."""
    found = {str(page.relative_to(ROOT)): sorted(find(page)) for page in pages}
    return {page: faults for page, faults in found.items() if faults}


def test_links_of_a_page_lead_somewhere():
    def broken_links(page: Path) -> set[str]:
        links = {link for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()) if "://" not in link}
        return {link for link in links if not leads_somewhere(page, link)}

    assert by_page([ROOT / "README.md", *PAGES], broken_links) == {}


def test_blocks_marked_sh_are_on_pages_that_tests_run():
    """`tests/e2e` runs those of the tutorial and of recipes; all others are marked `console`."""
    others = [page for page in PAGES if page.name != "tutorial.md" and page.parent.name != "recipes"]
    assert by_page(others, lambda page: re.findall(r"```sh\n", page.read_text())) == {}


def leads_somewhere(page: Path, link: str) -> bool:
    """Returns whether the file exists, and the heading that the link names after `#`."""
    name, _, heading = link.partition("#")
    target = page.parent / name if name else page
    return target.exists() and (not heading or heading in headings_of(target))


@cache
def headings_of(page: Path) -> set[str]:
    """Returns the headings of a page, as GitHub names them in addresses."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_index_leads_to_every_page():
    assert [page.name for page in IN_INDEX if f"({page.relative_to(DOCS)})" not in INDEX] == []


def test_files_that_a_page_names_are_there():
    file = re.compile(r"`((?:benchmarks|cdk|functions|imgopt_client|layers|local|tests)/[\w./-]+)`")
    missing = by_page(
        PAGES, lambda page: {name for name in file.findall(page.read_text()) if not (ROOT / name).exists()}
    )
    assert missing == {}


def test_tests_that_a_page_names_are_there():
    def missing_tests(page: Path) -> set[str]:
        named = re.findall(r"`(?:tests/)?([\w/]*test_\w+\.py)(?:::(test_\w+))?`", page.read_text())
        return {f"{file}::{test}" for file, test in named if not is_there(ROOT / "tests" / file, test)}

    assert by_page(PAGES, missing_tests) == {}


def is_there(file: Path, test: str) -> bool:
    return file.exists() and (not test or f"def {test}(" in file.read_text())


@pytest.mark.parametrize("name", ProcessingSettings.model_fields)
def test_setting_of_a_request_is_documented(name):
    assert f"`{name}`" in row_of(PROCESSING, f"`{name}`"), "docs/reference/processing.md has a table of settings"


def test_tool_of_assistants_is_documented():
    from functions.api.mcp.server import TOOL_BY_NAME  # takes half a second, of each process that collects tests

    page = (DOCS / "mcp.md").read_text()
    assert [name for name in TOOL_BY_NAME if f"`{name}`" not in page] == []


@pytest.mark.parametrize("stage", MODULE_OF_STAGE)
def test_stage_is_drawn(stage):
    drawings = re.findall(r"^```mermaid\n(.*?)^```", (DOCS / "architecture.md").read_text(), re.MULTILINE | re.DOTALL)
    assert re.search(rf"\b{stage.capitalize()}\b", "".join(drawings)), "docs/architecture.md draws the state machine"


@pytest.mark.parametrize("metric", Metric)
def test_metric_is_documented(metric):
    assert metric.value in METRICS, "docs/operations.md has a table of metrics"
