"""The operator's rules for image URLs, checked before any request."""

import json

import pytest

from functions.api.app import build_app
from imgopt.checked_settings import unfit
from imgopt.errors import ForbiddenImageUrl, NotConfigured
from imgopt.image_urls import configuration
from imgopt.image_urls.signatures import name_key, sign
from imgopt.settings import settings
from imgopt.storage import clients, secrets
from tests.image_urls.url_requests import PAIR, SOURCE, signed

KEY, SALT = PAIR.key.hex(), PAIR.salt.hex()
OTHER_KEY = b"another key here"


def configure(monkeypatch: pytest.MonkeyPatch, **given: str) -> None:
    for name, text in given.items():
        monkeypatch.setenv(f"IMGOPT_{name}", text)
    settings.cache_clear()


def test_images_by_url_are_off_until_they_are_set_up(environment):
    with pytest.raises(NotConfigured, match="Image URLs are not set up"):
        configuration.read_image_url("/_/w:1/a")


def test_settings_are_the_rules(environment, monkeypatch):
    configure(
        monkeypatch,
        URL_KEYS=f"{OTHER_KEY.hex()}, {KEY}",
        URL_SALTS=f"00, {SALT}",
        PRESETS="default=q:50,thumb=rs:fill:300:200",
        URL_BASE="https://a.example/",
        URL_REPLACEMENTS="m://=https://a.example/media/",
        URL_ALLOWED_SOURCES="https://a.example/Media/,https://a.example/media/",
        URL_ALLOWED_OPTIONS="pr,w",
    )
    asked = configuration.read_image_url(signed("pr:thumb/w:9/plain/m://b.jpg"))
    assert (asked.transform.width, asked.transform.height, asked.transform.quality) == (9, 200, 50)
    assert asked.source == "https://a.example/media/b.jpg"
    assert asked.key_name == name_key(PAIR)


def test_presets_may_stand_on_lines(environment, monkeypatch):
    configure(monkeypatch, PRESETS="# of the shop\nthumb = rs:fill:300:200\n\nweb=fn:a,b", URL_KEYS=KEY, URL_SALTS=SALT)
    assert set(configuration.rules().presets) == {"thumb", "web"}


def test_rules_are_built_once(environment, monkeypatch):
    configure(monkeypatch, URL_KEYS=KEY, URL_SALTS=SALT)
    assert configuration.rules() is configuration.rules()


def test_keys_are_kept_in_a_secret_and_replaced_there(aws, monkeypatch):
    secrets.forget()
    kept = {"keys": OTHER_KEY.hex(), "salts": SALT}
    arn = clients.secretsmanager().create_secret(Name="urls", SecretString=json.dumps(kept))["ARN"]
    configure(monkeypatch, URL_SECRET_ARN=arn)
    path = f"/w:300/{SOURCE}"
    assert configuration.read_image_url(f"/{sign(path, OTHER_KEY, PAIR.salt)}{path}").transform.width == 300
    with pytest.raises(ForbiddenImageUrl):
        configuration.read_image_url(f"/AAAA{path}")
    secrets.forget()
    clients.secretsmanager().put_secret_value(SecretId=arn, SecretString=json.dumps({"keys": KEY, "salts": SALT}))
    assert configuration.read_image_url(signed(f"w:300/{SOURCE}")).transform.width == 300


@pytest.mark.parametrize("kept", [{"keys": "xyz", "salts": SALT}, {"keys": KEY}])
def test_a_secret_that_can_not_be_read_is_told_without_what_is_in_it(aws, monkeypatch, kept):
    arn = clients.secretsmanager().create_secret(Name="urls", SecretString=json.dumps(kept))["ARN"]
    configure(monkeypatch, URL_SECRET_ARN=arn)
    with pytest.raises(NotConfigured) as told:
        configuration.rules()
    assert KEY not in str(told.value)
    assert "IMGOPT_URL_KEYS" in str(told.value)


WRONG = {
    "keys without salts": ({"URL_KEYS": KEY}, "IMGOPT_URL_KEYS: there must be one salt for each key."),
    "keys that are no digits": (
        {"URL_KEYS": "secret", "URL_SALTS": SALT},
        "IMGOPT_URL_KEYS: keys and salts must be",
    ),
    "short keys": ({"URL_KEYS": "00", "URL_SALTS": SALT}, "a key needs at least 16 bytes"),
    "marks as signatures": ({"URL_TRUSTED_SIGNATURES": "insecure"}, "needs at least 16 characters"),
    "options": ({"PRESETS": "a=w:x"}, "IMGOPT_PRESETS: the preset a: the option w (width): 'x' is not a whole number."),
    "presets without options": ({"PRESETS": "a"}, "IMGOPT_PRESETS: Value error, a must be name=text."),
    "presets twice": ({"PRESETS": "a=w:1,a=w:2"}, "a name occurs more than once"),
    "rings of presets": ({"PRESETS": "a=pr:a"}, "the preset a contains itself: a > a."),
    "unknown options": ({"URL_ALLOWED_OPTIONS": "w,none"}, "IMGOPT_URL_ALLOWED_OPTIONS: there is no option none."),
    "a base without a slash": (
        {"URL_BASE": "https://a.example"},
        "IMGOPT_URL_BASE: https://a.example is not the beginning",
    ),
    "replacements": ({"URL_REPLACEMENTS": "a"}, "IMGOPT_URL_REPLACEMENTS: a is not a replacement as pattern=text."),
    "sources": (
        {"URL_ALLOWED_SOURCES": "a.example"},
        "IMGOPT_URL_ALLOWED_SOURCES: a.example is not the",
    ),
    "unknown presets": (
        {"URL_UNSIGNED_PRESETS": "a", "URL_ALLOWED_SOURCES": "s3://b/"},
        "IMGOPT_URL_UNSIGNED_PRESETS: there is no preset a.",
    ),
    "unsigned from everywhere": (
        {"PRESETS": "a=w:1", "URL_UNSIGNED_PRESETS": "a"},
        "IMGOPT_URL_UNSIGNED_PRESETS: IMGOPT_URL_ALLOWED_SOURCES must be set too.",
    ),
    "a watermark that is nowhere": ({"URL_WATERMARK": "mark.png"}, "IMGOPT_URL_WATERMARK: mark.png does not begin"),
    "a fallback from a folder": (
        {"URL_FALLBACK": "file:///a.png"},
        "IMGOPT_URL_FALLBACK: file:///a.png does not",
    ),
    "scores": ({"URL_TARGET": "5"}, "IMGOPT_URL_TARGET must be 0 or 30-100"),
    "separators": ({"URL_ARGUMENTS_SEPARATOR": "a"}, "IMGOPT_URL_ARGUMENTS_SEPARATOR: String should match pattern"),
    "sizes": ({"URL_SIGNATURE_SIZE": "33"}, "IMGOPT_URL_SIGNATURE_SIZE: Input should be less than or equal to 32."),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_are_told_at_the_start(environment, monkeypatch, name):
    given, said = WRONG[name]
    configure(monkeypatch, **given)
    assert said in " ".join(unfit())


def test_a_service_with_a_wrong_preset_does_not_start(environment, monkeypatch):
    configure(monkeypatch, PRESETS="a=w:x")
    with pytest.raises(ValueError, match="IMGOPT_PRESETS: the preset a"):
        build_app()


def test_a_key_is_in_no_message(environment, monkeypatch):
    configure(monkeypatch, URL_KEYS=f"{KEY},abc", URL_SALTS=SALT)
    assert KEY not in " ".join(unfit())
