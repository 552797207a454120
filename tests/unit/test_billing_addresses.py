"""Addresses to which Stripe may return a user."""

import pytest

from imgopt.billing.addresses import check_return_url
from imgopt.errors import InvalidRequest
from imgopt.settings import settings


@pytest.fixture(autouse=True)
def origins(monkeypatch):
    monkeypatch.setenv("IMGOPT_BILLING_ORIGINS", "https://shop.example,https://shop.example:8443,http://localhost:3000")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "https://shop.example/",
        "https://SHOP.example/thanks?session={CHECKOUT_SESSION_ID}#top",
        "https://shop.example?a=b",
        "https://shop.example#a",
        "https://shop.example:8443/thanks",
        "http://localhost:3000/thanks",
        "https://shop.example/@user",
    ],
)
def test_a_page_of_a_known_website_is_taken(url):
    check_return_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/thanks",
        "//shop.example/",
        "shop.example",
        "http://shop.example/",
        "https://shop.example:444/",
        "https://shop.example.evil.example/",
        "https://evil.example/?https://shop.example",
        "https://shop.example@evil.example/",
        "https://shop.example:8443@evil.example/",
        "https://user:word@shop.example/",
        "https://shop.example\\@evil.example/",
        "https://shop.example/\\evil.example",
        "https:\\\\shop.example/",
        "https:shop.example/",
        "https:///shop.example/",
        "https://shop.example%2eevil.example/",
        "https://shop.example\t.evil.example/",
        "https://shop.example/\n",
        "https://shop.example/\r\nLocation: https://evil.example",
        " https://shop.example/",
        "https://shop.example /",
        "https://shop.example./",
        "https://shop.exämple/",
        "https://shop.example/ü",
        "javascript:alert(1)//https://shop.example/",
        "http://localhost/thanks",
        "http://localhost:3000.evil.example/",
        "https://shop.example/" + "a" * 2000,
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(InvalidRequest, match="on a website of this service"):
        check_return_url(url)
