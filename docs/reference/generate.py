"""`make reference`: the pages of docs/reference that are made from code."""

from pathlib import Path

from docs.reference import api, cli, configuration

FOLDER = Path(__file__).parent
PAGES = {"api.md": api.render, "cli.md": cli.render, "configuration.md": configuration.render}


def main() -> None:
    for name, render in PAGES.items():
        (FOLDER / name).write_text(render())


if __name__ == "__main__":
    main()
