"""URLs made by published clients of imgproxy with their test keys are read as imgproxy reads them."""

import json
from pathlib import Path
from typing import Any

import pytest

from imgopt.errors import ForbiddenImageUrl, ImgoptError, InvalidImageUrl
from imgopt.image_urls.model import SigningKey, UrlRules
from imgopt.image_urls.parsing import parse, read_written
from imgopt.image_urls.paths import split_signature
from imgopt.image_urls.presets import build_presets
from imgopt.image_urls.sources import decode_source

LINES = (Path(__file__).parent / "image_urls.jsonl").read_text(encoding="utf-8").splitlines()
ADDRESSES = [json.loads(line) for line in LINES]
# One client writes an option that its server doesn't know; here it is another name of it.
ALIASED = [each for each in ADDRESSES if "alias" in each.get("note", "")]
TAKEN = [each for each in ADDRESSES if each["status"] == 200]
REFUSED = [each for each in ADDRESSES if each["status"] != 200 and each not in ALIASED]
STATUS = {ForbiddenImageUrl: 403, InvalidImageUrl: 404}
BASE = "https://base.example/"


def rules_of(address: dict[str, Any]) -> UrlRules:
    """Returns the settings that an address needs. An address without a key has a signature that is trusted here."""
    needs = address.get("needs", {})
    separator = needs.get("arguments_separator", ":")
    key, salt = address["key_hex"], address["salt_hex"]
    return UrlRules(
        keys=(SigningKey(bytes.fromhex(key), bytes.fromhex(salt)),) if key else (),
        trusted_signatures=() if key else (address["path"].split("/")[1],),
        signature_size=needs.get("signature_size", 32),
        separator=separator,
        only_presets=needs.get("only_presets", False),
        base64_filename=needs.get("base64_url_includes_filename", False),
        presets=build_presets(dict.fromkeys(needs.get("presets", ()), f"w{separator}9"), separator),
        base="" if "://" in address.get("source", "://") else BASE,
    )


def name_of(address: dict[str, Any]) -> str:
    return f"{address['client']}: {address['call']}"


@pytest.mark.parametrize("address", TAKEN, ids=name_of)
def test_an_address_says_what_its_client_was_asked(address):
    rules = rules_of(address)
    written, segments = read_written(split_signature(address["path"])[1], rules)
    assert [[each.name, *each.arguments] for each in written] == address["options"]
    decoded = decode_source(segments, base64_filename=rules.base64_filename)
    assert decoded == (address["source"], address["ext"] or "")


@pytest.mark.parametrize("address", TAKEN, ids=name_of)
def test_an_address_is_taken_as_it_was_signed(address):
    rules = rules_of(address)
    asked = parse(address["path"], rules)
    assert asked.source == rules.base + address["source"]
    assert asked.transform.format == (address["ext"] or dict_of(address["options"]).get("f", asked.transform.format))


def dict_of(options: list[list[str]]) -> dict[str, str]:
    return {name: arguments[0] for name, *arguments in options}


@pytest.mark.parametrize("address", [each for each in TAKEN if each["key_hex"]], ids=name_of)
def test_another_character_makes_the_signature_wrong(address):
    with pytest.raises(ForbiddenImageUrl):
        parse(address["path"] + "A", rules_of(address))


@pytest.mark.parametrize("address", [each for each in TAKEN if not each["key_hex"]], ids=name_of)
def test_an_unsigned_address_is_refused_where_nothing_says_otherwise(address):
    with pytest.raises(ForbiddenImageUrl):
        parse(address["path"], UrlRules(keys=(SigningKey(b"k", b"s"),)))


@pytest.mark.parametrize("address", REFUSED, ids=name_of)
def test_an_address_that_imgproxy_refuses_is_refused_with_its_status(address):
    with pytest.raises(ImgoptError) as refused:
        parse(address["path"], rules_of(address))
    assert STATUS[type(refused.value)] == address["status"]


@pytest.mark.parametrize("address", ALIASED, ids=name_of)
def test_skip_processing_has_the_name_that_a_client_gives_it(address):
    assert parse(address["path"], rules_of(address)).response.skip_processing == {"gif", "svg"}
