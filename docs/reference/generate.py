"""`make reference`: writes the generated pages of docs/reference, and the generated parts of other pages."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.costs import CHARGES, STANDING
from cdk.definition import MachineKind
from docs import cost_tables, packages, state_drawing, targets
from docs.reference import api, cli, configuration, data_model, errors, routes, states

DOCS = Path(__file__).parents[1]
FOLDER = Path(__file__).parent
Render = Callable[[], str]
PAGES: dict[str, Render] = {
    "api.md": api.render,
    "cli.md": cli.render,
    "configuration.md": configuration.render,
    "errors.md": errors.render,
    "routes.md": routes.render,
    "states.md": states.render,
}
# Generated parts of other pages, by the names in their marks.
PARTS: dict[str, dict[str, Render]] = {
    "architecture.md": {
        "standard machine": partial(state_drawing.draw, MachineKind.STANDARD),
        "express machine": partial(state_drawing.draw, MachineKind.EXPRESS),
        "packages": packages.render,
    },
    "costs.md": {
        "sums": cost_tables.render_sums,
        "an image": partial(cost_tables.render_parts, CHARGES),
        "an idle month": partial(cost_tables.render_parts, STANDING, 1),
    },
    "development.md": {"targets": targets.render},
    "data-model.md": {"items": data_model.render_items, "folders": data_model.render_folders},
}


def main() -> None:
    for name, render in PAGES.items():
        (FOLDER / name).write_text(render())
    for name in PARTS:
        page = DOCS / name
        page.write_text(with_parts(name, page.read_text()))


def with_parts(name: str, text: str) -> str:
    """Returns a page with its generated parts. Raises ValueError where the marks of a part are missing."""
    for part, render in PARTS[name].items():
        text = _replace(name, text, part, render())
    return text


def _replace(name: str, text: str, part: str, content: str) -> str:
    begin, end = f"<!-- `make reference` writes: {part} -->", f"<!-- end: {part} -->"
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise ValueError(f"{name} must contain {begin} and {end}")
    return f"{before}{begin}\n{content}\n{end}{after}"


if __name__ == "__main__":
    main()
