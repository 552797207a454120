"""Codes that people read and type."""

import re

import pytest

from imgopt.devices.codes import ALPHABET, new_user_code, read_user_code

CODE = "TINI-7X4K-M2P9"


def test_a_code_is_easy_to_read_aloud():
    codes = {new_user_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(rf"TINI-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", code) for code in codes)


def test_no_letter_is_taken_for_another_and_no_word_comes_about():
    assert not set("01OILAEU") & set(ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        "tini 7x4k m2p9",
        "TINI7X4KM2P9",
        "7X4K-M2P9",
        " 7x4km2p9\n",
        "tini\u20137x4k\u2014m2p9",
        "TINI\u20117X4K\u2011M2P9",
    ],
)
def test_a_code_is_known_however_it_is_typed(typed):
    assert read_user_code(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "TINI",
        "TINI-7X4K",
        "TINI-7X4K-M2P",
        "TINI-7X4K-M2P99",
        "TINI-7X4K-M2P0",
        "<script>",
        "7X4K_M2P9",
        "7" * 10**6,
    ],
)
def test_malformed_user_code_is_read_as_none(typed):
    assert read_user_code(typed) is None
