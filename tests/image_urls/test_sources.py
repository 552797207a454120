"""Sources of image URLs: their forms, the base URL, and which are allowed."""

import base64

import pytest

from imgopt.errors import InvalidImageUrl
from imgopt.image_urls.allowed_sources import read_allowed, split_source
from imgopt.image_urls.replacements import read_replacements, replace_start
from imgopt.image_urls.sources import check_base, check_source
from tests.image_urls.url_requests import ask, rules

URL = "https://a.example/b/c.jpg"


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("plain/https://a.example/b%20c%2F%C3%BC.jpg", "https://a.example/b c/ü.jpg"),
        ("plain/https%3A%2F%2Fa.example/b.jpg", "https://a.example/b.jpg"),
        ("plain/https://a.example/b%2540.jpg", "https://a.example/b%40.jpg"),
        ("plain/https://a.example/b%402x.jpg%3Fv=1", "https://a.example/b@2x.jpg?v=1"),
        ("plain/s3://bucket/folder/key%3FversionId", "s3://bucket/folder/key?versionId"),
        ("plain/job://3f1f2c9e-7a51-4c0e-9d35-0b8f6f0b7c11", "job://3f1f2c9e-7a51-4c0e-9d35-0b8f6f0b7c11"),
        (encoded(URL), URL),
        (encoded(URL).rstrip("="), URL),
        ("/".join(encoded(URL)), URL),
        (encoded("https://a.example/ü?a=b>>?"), "https://a.example/ü?a=b>>?"),
    ],
)
def test_a_source_is_plain_or_in_base64(source, url):
    assert ask("w:1", source=source).source == url


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (f"plain/{URL}@webp", "webp"),
        (f"plain/{URL}@jpeg", "jpg"),
        (f"plain/{URL}@", None),
        (f"{encoded(URL).rstrip('=')}.avif", "avif"),
        (f"{encoded(URL).rstrip('=')}.", None),
        (f"plain/{URL}", None),
    ],
)
def test_a_format_stands_behind_the_source(source, name):
    assert ask("", source=source).transform.format == name


def test_a_format_behind_the_source_comes_before_the_option():
    assert ask("f:png", source=f"plain/{URL}@webp").transform.format == "webp"


def test_a_format_behind_the_source_counts_for_nothing_with_raw():
    assert ask("raw:1", source=f"plain/{URL}@exe").transform.format is None


@pytest.mark.parametrize(
    "source",
    [
        *("plain", "plain/", "plain/@png", "/", "//", ".png", "a", "aHR0c*", "aHR0.png.png", "gICA", "a%20b"),
        *(f"plain/{URL}@png@png", f"plain/{URL}@exe", f"{encoded(URL).rstrip('=')}.exe"),
        *("plain/https://a.example/%zz", "plain/https://a.example/%", "plain/https://a.example/%ff"),
        *("plain/media/b.jpg", "plain/ftp://a.example/b", "plain/local:///b", "plain/gs://b/c", "plain/data:,a"),
        *("plain/https:///b", "plain/https://", "plain/https://u:p%40a.example/b", "plain/https://a.example:x/b"),
        *("plain/https://a.example%5C/b", "plain/https://a.example%0A/b", "plain/https://a.example/%00"),
        *("plain/https://a b.example/c", "plain/https://[::1/b", "plain/https://a.example:123456/b"),
    ],
)
def test_a_source_that_can_not_be_is_invalid(source):
    with pytest.raises(InvalidImageUrl):
        ask("w:1", source=source)


def test_a_name_may_stand_behind_a_source_in_base64():
    by = rules(base64_filename=True)
    assert ask("w:1", by, f"{encoded(URL)}/my%20cat.jpg").source == URL
    assert ask("w:1", by, encoded(URL)).source == URL


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("plain/b.jpg", "https://cdn.example/images/b.jpg"),
        ("plain/https://cdn.example/images/b.jpg", "https://cdn.example/images/b.jpg"),
        ("plain/https://cdn.example/b.jpg", "https://cdn.example/images/https://cdn.example/b.jpg"),
        ("plain/@evil.example/b.jpg".replace("@", "%40"), "https://cdn.example/images/@evil.example/b.jpg"),
    ],
)
def test_a_base_stands_before_what_lacks_it(source, url):
    assert ask("", rules(base="https://cdn.example/images/"), source).source == url


@pytest.mark.parametrize("base", ["https://cdn.example", "cdn.example/", "https://", "/images/", "https://a@b/"])
def test_a_base_that_leaves_the_host_open_is_wrong(base):
    with pytest.raises(ValueError, match="slash behind the host"):
        check_base(base)


@pytest.mark.parametrize(
    ("text", "source", "replaced"),
    [
        ("mys3://=s3://bucket/images/", "mys3://b.jpg", "s3://bucket/images/b.jpg"),
        ("mys3://*/=s3://bucket/${1}/images/", "mys3://items/b.jpg", "s3://bucket/items/images/b.jpg"),
        ("*://*/=${2}:${1}/", "x://y/z", "y:x/z"),
        ("a=b;b=c", "abc", "cbc"),
        ("a=b", "ba", "ba"),
        ("a=b=c", "a", "b=c"),
        ("mys3://*/=s3://", "mys3://b.jpg", "mys3://b.jpg"),
    ],
)
def test_short_forms_are_replaced_where_a_source_begins_with_them(text, source, replaced):
    assert replace_start(source, read_replacements(text)) == replaced


@pytest.mark.parametrize("text", ["a", "=b", "a=b;c"])
def test_a_replacement_has_a_pattern_and_a_text(text):
    with pytest.raises(ValueError, match="pattern=text"):
        read_replacements(text)


@pytest.mark.parametrize(
    ("allowed", "source"),
    [
        ("https://a.example/", "https://a.example/b"),
        ("https://a.example", "https://a.example/b"),
        ("https://a.example/", "https://A.example:443/b"),
        ("https://a.example/", "https://a.example./b"),
        ("https://a.example:8443/", "https://a.example:8443/b"),
        ("https://*.example.com/", "https://a.b.example.com/c"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/b"),
        ("https://a.example/images/", "https://a.example/images/b"),
        ("https://a.example/*/public/", "https://a.example/x/public/b"),
        ("s3://bucket/", "s3://bucket/key/../b"),
        ("s3://media-*", "s3://media-a/key"),
        ("s3://", "s3://any/key"),
        ("job://", "job://3f1f2c9e-7a51-4c0e-9d35-0b8f6f0b7c11"),
        ("https://other.example/,http://a.example/", "http://a.example/b"),
    ],
)
def test_a_source_is_allowed_by_its_host_and_path(allowed, source):
    check_source(source, rules(allowed_sources=tuple(map(read_allowed, allowed.split(",")))))


@pytest.mark.parametrize(
    ("allowed", "source"),
    [
        ("https://a.example", "https://a.example.evil.example/b"),
        ("https://a.example", "https://a.example@evil.example/b"),
        ("https://a.example/", "https://evil.example/https://a.example/"),
        ("https://a.example/", "https://evil.example#https://a.example/"),
        ("https://a.example/", "https://evil.example?//a.example/"),
        ("https://a.example/", "https://evil.example\\a.example/"),
        ("https://a.example/", "http://a.example/b"),
        ("https://a.example/", "https://a.example:8443/b"),
        ("https://*.example.com/", "https://example.com/b"),
        ("https://*.example.com/", "https://evil.example/a.example.com/"),
        ("https://*.example.com/", "https://a.example.com.evil.example/b"),
        ("https://*.example.com/", "https://evil.example%2fa.example.com/"),
        ("https://a.example/images/", "https://a.example/b"),
        ("https://a.example/images/", "https://a.example/images/../b"),
        ("https://a.example/images/", "https://a.example/images/%2e%2e/b"),
        ("https://a.example/images/", "https://a.example/images/..%2Fb"),
        ("https://a.example/images/", "https://a.example/images/..\\b"),
        ("https://a.example/*/public/", "https://a.example/x/y/public/b"),
        ("s3://bucket/", "s3://bucket-of-others/key"),
        ("s3://media-*", "s3://other/media-a"),
        ("s3://", "https://a.example/b"),
    ],
)
def test_a_source_of_another_host_or_path_is_refused(allowed, source):
    with pytest.raises(InvalidImageUrl, match="Invalid source URL"):
        check_source(source, rules(allowed_sources=(read_allowed(allowed),)))


def test_hosts_are_compared_in_one_form():
    assert split_source("HTTPS://A.Example.:443/b") == split_source("https://a.example/b")


@pytest.mark.parametrize("text", ["a.example", "/images/", "https//a.example", "https://u@a.example/"])
def test_an_allowed_source_has_a_scheme_and_a_host(text):
    with pytest.raises(ValueError, match="not the beginning of a URL"):
        read_allowed(text)
