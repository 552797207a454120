"""The host names and origins that `make up` accepts."""

import pytest

from local.cloud import own_names

HOSTS, ORIGINS, PUBLIC = "IMGOPT_ALLOWED_HOSTS", "IMGOPT_CORS_ORIGINS", "IMGOPT_PUBLIC_URL"
OWN = "http://127.0.0.1:8080,http://localhost:8080"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in (HOSTS, ORIGINS, PUBLIC):
        monkeypatch.delenv(name, raising=False)


def test_service_is_open_to_names_and_pages_of_this_machine_alone():
    assert own_names(8080) == {HOSTS: "127.0.0.1,localhost", ORIGINS: OWN}


def test_configured_hosts_and_origins_are_added(monkeypatch):
    monkeypatch.setenv(HOSTS, "laptop.example,other.example")
    monkeypatch.setenv(ORIGINS, "https://shop.example")
    names = {HOSTS: "127.0.0.1,localhost,laptop.example,other.example", ORIGINS: f"{OWN},https://shop.example"}
    assert own_names(8080) == names


def test_a_public_url_is_a_name_and_its_pages_are_own_ones(monkeypatch):
    monkeypatch.setenv(PUBLIC, "https://img.example:8443/api")
    assert own_names(8080) == {HOSTS: "127.0.0.1,localhost,img.example", ORIGINS: f"{OWN},https://img.example:8443"}
