"""What clients can read about the service's configuration."""

import json

from functions.api.routers.config import public_config
from imgopt.accounts.plans import Tier
from imgopt.codecs.formats import FORMATS
from imgopt.settings import Settings, settings
from tests.issuer import CLIENT

# One has a form, the others are what every browser sees that signs in.
PUBLIC = ("tagging_language", "oidc_issuer", "oidc_client_id")


def test_every_tier_says_what_it_gets(client):
    tiers = client.get("/config").json()["tiers"]
    assert set(tiers) == set(Tier)
    assert tiers["unregistered"] == {
        "credits": 20,
        "cycle": "day",
        "retention_seconds": 86400,
        "rate_limits": {
            "uploads": {"requests": 60, "seconds": 60},
            "processing": {"requests": 60, "seconds": 60},
        },
    }
    assert (tiers["pro"]["credits"], tiers["pro"]["cycle"]) == (3000, "month")
    assert tiers["pro"]["retention_seconds"] == 7 * 86400


def test_costs_limits_and_formats_are_told(client):
    answer = client.get("/config").json()
    assert answer["costs"] == {"compress": 3, "resize": 1, "upscale": 2, "tag": 1}
    assert (answer["limits"]["upload_bytes"], answer["limits"]["batch_files"]) == (50 * 1024 * 1024, 20)
    assert {"name": "heic", "mime_type": "image/heic"} in answer["formats"]["input"]
    assert [each["name"] for each in answer["formats"]["input"]] == [*FORMATS]
    assert answer["formats"]["output"] == [each.name for each in FORMATS.values() if each.encode]
    assert {"jpg", "png", "webp", "avif", "gif", "svg", "ico"} <= {*answer["formats"]["output"]}
    assert answer["rate_limits"]["device-code"] == {"requests": 10, "seconds": 3600, "by": "address"}


def test_public_config_follows_the_settings(environment, monkeypatch):
    monkeypatch.setenv("IMGOPT_CREDITS_FREE", "7")
    monkeypatch.setenv("IMGOPT_COST_TAG", "9")
    monkeypatch.setenv("IMGOPT_RETENTION_FREE", "60")
    settings.cache_clear()
    told = public_config()
    assert (told["tiers"]["free"]["credits"], told["tiers"]["free"]["retention_seconds"]) == (7, 60)
    assert told["costs"]["tag"] == 9


def test_a_file_can_not_be_larger_by_one_way_than_by_any(environment, monkeypatch):
    monkeypatch.setenv("IMGOPT_MAX_UPLOAD_BYTES", "1000")
    settings.cache_clear()
    assert public_config()["limits"]["multipart_bytes"] == 1000


def test_a_website_is_told_how_to_sign_users_in(client, issuer):
    assert client.get("/config").json()["sign_in"] == {"issuer": issuer.url, "client_id": CLIENT}


def test_unconfigured_features_are_reported_as_such(client):
    assert client.get("/config").json()["sign_in"] is None
    assert client.get("/config").json()["features"] == {
        "upscale": True,
        "tag": True,
        "sign": False,
        "billing": False,
    }


def test_a_tagger_and_its_languages_are_told(client, monkeypatch):
    def told(**known: str) -> dict | None:
        for name, value in known.items():
            monkeypatch.setenv(f"IMGOPT_{name}", value)
        settings.cache_clear()
        return client.get("/config").json()["tagging"]

    assert told() == {"tagger": "bedrock", "languages": None, "default_language": "en"}
    assert told(TAGGER="openai", TAGGING_LANGUAGE="DE-at") is None
    assert not client.get("/config").json()["features"]["tag"]
    known = {"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1", "OPENAI_MODEL": "eyes"}
    assert told(**known) == {"tagger": "openai", "languages": None, "default_language": "de-AT"}
    assert told(TAGGER="offline") == {"tagger": "offline", "languages": ["en"], "default_language": "en"}
    assert told(TAGGER="none") is None


# Those that are not taken in any form.
SPELLED = {
    "public_url": "https://{}",
    "openai_base_url": "https://{}",
    "results_url": "https://{}",
    "client_address_header": "value-of-a-header",
    "url_arguments_separator": ":",
    "url_base": "https://{}/",
    "url_replacements": "{}=https://a.example/",
    "x402_facilitator_url": "https://{}",
    "x402_network": "eip155:1",
    **dict.fromkeys(("x402_pay_to", "x402_asset"), f"0x{'1' * 40}"),
    **dict.fromkeys(("origin_secret", "scheduler_secret"), "{}-with-32-characters"),
}


def test_public_config_has_no_secret_or_internal_settings(client, monkeypatch):
    """Every setting has a text of its own here, where it can be one."""
    for name, field in Settings.model_fields.items():
        if field.annotation is str and name not in PUBLIC:
            monkeypatch.setenv(f"IMGOPT_{name.upper()}", SPELLED.get(name, "{}").format(f"value-of-{name}"))
    settings.cache_clear()
    assert "value-of-" not in json.dumps(public_config())
