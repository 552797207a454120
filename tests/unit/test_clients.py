"""Clients of AWS."""

import os

import boto3
import pytest

from imgopt.storage import clients


def test_client_names_the_product_and_makes_no_other_name_for_each_request(aws):
    """botocore would make one for each, which takes a quarter of the time of a call."""
    names = []
    clients.dynamodb().meta.events.register_first("before-send", lambda request, **_: names.append(request.headers))
    clients.dynamodb().list_tables()
    assert names[0]["User-Agent"].decode().startswith(clients.USER_AGENT)


@pytest.fixture
def without_default_session(monkeypatch):
    """No session, and no client of an earlier test."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    clients._new_session.cache_clear()
    yield
    clients._new_session.cache_clear()


@pytest.mark.usefixtures("without_default_session")
def test_description_of_a_service_is_found_without_a_look_at_all_others(monkeypatch):
    """There are hundreds."""
    listed = []
    list_folder = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: listed.append(folder) or list_folder(folder))
    assert clients._session().client("sqs", region_name="eu-south-2")
    assert 0 < len(listed) < 10


@pytest.mark.parametrize("service", clients.CALLED_SERVICES)
@pytest.mark.usefixtures("without_default_session")
def test_each_service_has_a_client(service):
    assert clients._session().client(service, region_name="eu-south-2").meta.service_model.service_name == service


def test_session_of_an_operator_is_used(monkeypatch):
    """Another one would ask for a second factor again."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session := boto3.Session())
    assert clients._session() is session
