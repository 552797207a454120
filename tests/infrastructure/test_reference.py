"""The pages of docs/reference that are made from code are as `make reference` would write them."""

import pytest

from docs.reference import configuration
from docs.reference.generate import FOLDER, PAGES
from imgopt.settings import Settings

# What needs the row above to be understood.
LEANING = ("the same", "the above", "as below", "likewise", "its ", "their ", "it ")


@pytest.mark.parametrize("name", PAGES)
def test_page_is_as_it_would_be_written(name):
    assert (FOLDER / name).read_text() == PAGES[name](), "run `make reference`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_has_a_row_with_its_default(name):
    default = Settings.model_fields[name].default
    rows = [row for row in configuration.render().splitlines() if row.startswith(f"| `IMGOPT_{name.upper()}`")]
    assert rows, "GROUPS in docs/reference/configuration.py lists the classes of settings"
    row = rows[0]
    assert default in (None, "", ()) or f"| {default} |" in row


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_is_described_without_its_neighbours(name):
    description = Settings.model_fields[name].description
    assert description, "say by Field(description=...) what the setting is for"
    assert description.endswith(".")
    assert not description.lower().startswith(LEANING)
