"""Paths of image URLs: their parts, and changes that proxies make to them."""

from contextlib import suppress
from random import Random

import pytest

from imgopt.errors import ImgoptError, InvalidImageUrl
from imgopt.image_urls.parsing import parse
from imgopt.image_urls.paths import LONGEST_URL_PATH, mend, split_signature
from tests.image_urls.url_requests import SOURCE, ask, rules, signed

ODD = ["", ":", "/", "@", ".", "%", "%41", "-", "=", "\ud800", "\u00fc", "\n", "0", "e", "[", "]", "\\", "?", "#"]
TRUSTING = rules({"a": "w:1"}, trusted_signatures=("trusted-by-this-test",))
ENCODED = "aHR0cHM6Ly9hLmV4YW1wbGUvYi5qcGc"  # https://a.example/b.jpg


@pytest.mark.parametrize(
    ("path", "mended"),
    [
        ("/w%3A300/q%3a80/plain/https://a.example/b%3Ac", "/w:300/q:80/plain/https://a.example/b%3Ac"),
        ("/w:1/plain/https:/a.example/b", "/w:1/plain/https://a.example/b"),
        ("/plain/s3:/bucket/b:/c", "/plain/s3://bucket/b:/c"),
        ("/plain/local:/folder/b", "/plain/local:///folder/b"),
        ("/plain/local:///folder/b", "/plain/local:///folder/b"),
        ("/plain/https:/", "/plain/https:/"),
        ("/plain/media/https:/b", "/plain/media/https:/b"),
        ("/w%3A300/aHR0", "/w:300/aHR0"),
    ],
)
def test_a_path_is_mended_as_imgproxy_does(path, mended):
    assert mend(path) == mended


def test_a_mended_path_fits_its_signature():
    sent = signed(f"w:300/{SOURCE}").replace("https://", "https:/").replace("w:300", "w%3A300")
    assert parse(sent, rules()).transform.width == 300


def test_a_query_is_ignored():
    assert parse(f"{signed(f'w:300/{SOURCE}')}?a=b/c", rules()).transform.width == 300


def test_a_second_slash_before_the_path_is_dropped():
    signature, path = split_signature("/abc//w:300/x")
    assert (signature, path) == ("abc", "/w:300/x")


@pytest.mark.parametrize("raw_path", ["", "/", "/abc", "/abc/", "/abc//", "//abc/w:1", "?", "/abc?/w:1"])
def test_a_path_without_its_parts_is_invalid(raw_path):
    with pytest.raises(InvalidImageUrl, match="it must be /signature/options/source"):
        parse(raw_path, rules())


@pytest.mark.parametrize("first", ["fit", "fill", "fill-down", "force", "auto"])
def test_the_format_of_old_versions_is_named(first):
    with pytest.raises(InvalidImageUrl, match="before version 3"):
        ask(f"{first}/300/200/ce/0")


def test_an_empty_segment_begins_the_source():
    assert ask("w:300", source=f"/{ENCODED}").source == "https://a.example/b.jpg"


def test_arguments_stand_behind_another_separator():
    asked = ask("w,300/q,80", rules(separator=","))
    assert (asked.transform.width, asked.transform.quality) == (300, 80)


def test_a_path_has_an_end():
    path = f"w:300/{SOURCE}"
    longest = signed(f"{path}?{'a' * LONGEST_URL_PATH}")[: LONGEST_URL_PATH + 1]
    with pytest.raises(InvalidImageUrl, match="more than 8192 characters"):
        parse(longest, rules())


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_path_is_read_or_refused(seed):
    random = Random(seed)
    for _ in range(100):
        letters = list(f"rs:fill:300:200/pr:a/q:80/bg:fc0/{SOURCE}@webp")
        for _ in range(random.randint(1, 8)):
            letters[random.randrange(len(letters))] = random.choice(ODD)
        with suppress(ImgoptError):
            assert parse(f"/trusted-by-this-test/{''.join(letters)}", TRUSTING).source
