"""The setting of the service's public address."""

import pytest
from pydantic import ValidationError

from imgopt.settings import Settings


@pytest.mark.parametrize(
    "url", ["", "https://img.example/api", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080/"]
)
def test_public_url_is_https_or_this_machine(url):
    assert Settings(public_url=url).public_url == url


@pytest.mark.parametrize(
    "url", ["http://img.example", "http://127.0.0.1.example", "http://10.0.0.1", "img.example", "https://", "ftp://a"]
)
def test_plain_http_public_url_is_refused_as_the_service_starts(url):
    with pytest.raises(ValidationError, match="it must begin with https://"):
        Settings(public_url=url)
