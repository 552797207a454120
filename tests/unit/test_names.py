"""Names that people give to keys and devices."""

import pytest

from imgopt.accounts.names import check_name


@pytest.mark.parametrize("name", ["My site", "Büro", "名前", "اسم", "👨‍👩‍👧 family", "می‌خواهم", "<b>"])
def test_a_name_is_in_any_language(name):
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", " ", "\u200b", "a\nb", "a\0", "\x1b[2J", "a\u2028b", "\ud800", "\u202egnp.exe"])
def test_a_name_is_one_line_that_can_be_seen(name):
    with pytest.raises(ValueError, match="one line"):
        check_name(name)
