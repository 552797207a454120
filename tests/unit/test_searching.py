"""Searching in parts finds what `re` finds in the whole."""

import re

import pytest

from imgopt.codecs.shared.searching import PART_BYTES, search_in_parts

PATTERN = re.compile(rb"\xff([^\x00\xff])")
LONGEST = 2


@pytest.mark.parametrize("position", [0, 1, PART_BYTES - 2, PART_BYTES - 1, PART_BYTES, 2 * PART_BYTES - 1])
def test_match_is_found_wherever_parts_meet(position):
    data = bytes(position) + b"\xff\xda" + bytes(PART_BYTES)
    found = search_in_parts(PATTERN, data, 0, LONGEST)
    assert found is not None
    assert (found.start(), found[1]) == (position, b"\xda")


def test_first_match_from_the_given_position_on_counts():
    data = b"\xff\xd8" + bytes(PART_BYTES) + b"\xff\xda\xff\xd9"
    found = search_in_parts(PATTERN, data, 1, LONGEST)
    assert found is not None
    assert found[1] == b"\xda"


def test_search_without_a_match_finds_none():
    assert search_in_parts(PATTERN, b"\xff\0" * PART_BYTES, 0, LONGEST) is None
    assert search_in_parts(PATTERN, b"", 0, LONGEST) is None


def test_each_call_of_re_reads_a_part_alone():
    """A call of `re` stops all other threads of the process until it returns."""
    ends = []

    class Recording:
        def search(self, _data: bytes, start: int, end: int) -> None:
            ends.append(end - start)

    assert search_in_parts(Recording(), bytes(3 * PART_BYTES), 0, LONGEST) is None
    assert ends == 3 * [PART_BYTES + LONGEST - 1]
