"""The model that describes images in each region."""

import os

import pytest

from imgopt.errors import NotConfigured
from imgopt.settings import settings
from imgopt.tagging import model_choice
from imgopt.tagging.availability import check_available, is_available, model_id, model_in


@pytest.mark.parametrize(
    ("region", "named"),
    [
        ("us-east-1", "us.amazon.nova-lite-v1:0"),
        ("eu-south-2", "eu.amazon.nova-lite-v1:0"),
        ("ap-southeast-2", "apac.amazon.nova-lite-v1:0"),
        ("us-gov-west-1", "amazon.nova-lite-v1:0"),
        ("sa-east-1", ""),
        ("cn-north-1", ""),
    ],
)
def test_the_default_model_is_called_by_the_inference_profile_of_its_part_of_the_world(region, named):
    assert model_in(region) == named


@pytest.mark.parametrize(
    ("known", "there"),
    [
        ({"REGION": "eu-west-1"}, True),
        ({"REGION": "sa-east-1"}, False),
        ({"REGION": "sa-east-1", "MODEL_ID": "global.amazon.nova-2-lite-v1:0"}, True),
    ],
)
@pytest.mark.usefixtures("environment")
def test_words_need_a_model(monkeypatch, known, there):
    for name, value in known.items():
        monkeypatch.setenv(f"IMGOPT_TAGGING_{name}", value)
    settings.cache_clear()
    assert is_available() is there
    assert bool(model_id()) is there


@pytest.mark.usefixtures("environment")
def test_words_can_be_done_without(monkeypatch):
    monkeypatch.setenv("IMGOPT_TAGGER", "none")
    settings.cache_clear()
    with pytest.raises(NotConfigured, match="not set up"):
        check_available()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, {"tagger": "bedrock", "name": "eu.amazon.nova-lite-v1:0", "region": "eu-west-1"}),
        ({"IMGOPT_TAGGING_REGION": "us-east-1"}, {"name": "us.amazon.nova-lite-v1:0", "region": "us-east-1"}),
        ({"IMGOPT_TAGGING_REGION": "sa-east-1"}, {"name": ""}),
        ({"IMGOPT_TAGGING_MODEL_ID": "a.b-v1:0"}, {"name": "a.b-v1:0", "region": "eu-west-1"}),
        ({"IMGOPT_TAGGER": "none"}, {"tagger": "none"}),
    ],
)
@pytest.mark.usefixtures("environment")
def test_the_model_of_an_installation_is_told_before_there_is_one(monkeypatch, given, told):
    monkeypatch.setattr("os.environ", dict(os.environ))
    settings.cache_clear()
    found = model_choice.find(given, "eu-west-1")
    assert {key: found[key] for key in told} == told
