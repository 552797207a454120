"""Signatures, the replacement of keys, and URLs that need no signature."""

import base64
import hmac

import pytest

from imgopt.errors import ForbiddenImageUrl, InvalidImageUrl
from imgopt.image_urls.model import SigningKey, UrlRules
from imgopt.image_urls.parsing import parse
from imgopt.image_urls.signatures import UNSIGNED_MARKS, name_key, sign
from tests.image_urls.url_requests import PAIR, SOURCE, ask, rules, signed

OTHER = SigningKey(b"another key here", b"pepper")
OPEN = {"presets": {"thumb": "w:300", "web": "pr:thumb/q:70"}, "unsigned_presets": frozenset({"thumb", "web"})}


def test_a_signature_is_hmac_of_salt_and_path():
    full = hmac.digest(PAIR.key, PAIR.salt + b"/w:1/a", "sha256")
    assert sign("/w:1/a", PAIR.key, PAIR.salt) == base64.urlsafe_b64encode(full).decode().rstrip("=")


@pytest.mark.parametrize("size", [1, 8, 31, 32])
def test_a_signature_is_cut_to_its_size(size):
    path = f"w:300/{SOURCE}"
    shown = sign(f"/{path}", PAIR.key, PAIR.salt, size)
    assert parse(f"/{shown}/{path}", rules(signature_size=size)).transform.width == 300


@pytest.mark.parametrize("change", ["=", "A", ".", "%3D"])
def test_a_longer_signature_is_forbidden(change):
    signature, rest = signed(f"w:300/{SOURCE}")[1:].split("/", 1)
    with pytest.raises(ForbiddenImageUrl, match="match the URL"):
        parse(f"/{signature}{change}/{rest}", rules())


@pytest.mark.parametrize("kept", [0, 1, 42])
def test_a_shorter_signature_is_forbidden(kept):
    signature, rest = signed(f"w:300/{SOURCE}")[1:].split("/", 1)
    with pytest.raises((ForbiddenImageUrl, InvalidImageUrl)):
        parse(f"/{signature[:kept]}/{rest}", rules())


def test_a_signature_of_another_path_is_forbidden():
    signature = signed(f"w:300/{SOURCE}").split("/")[1]
    with pytest.raises(ForbiddenImageUrl):
        parse(f"/{signature}/w:301/{SOURCE}", rules())


@pytest.mark.parametrize("first", ["w:300", "rs:fill:1:1", "a:b"])
def test_options_in_the_place_of_a_signature_are_forbidden(first):
    with pytest.raises(ForbiddenImageUrl, match="in place of the signature"):
        parse(f"/{first}/{SOURCE}", rules())


@pytest.mark.parametrize("signature", ["\u00fc", "\ud800", "\udcff", "%00", "a" * 5000])
def test_odd_texts_are_no_signatures(signature):
    with pytest.raises(ForbiddenImageUrl):
        parse(f"/{signature}/w:300/{SOURCE}", rules(trusted_signatures=("long-enough-to-be-one",)))


def test_each_of_several_keys_counts_and_has_its_name():
    by = UrlRules(keys=(OTHER, PAIR))
    assert ask("w:300", by).key_name == name_key(PAIR)
    assert name_key(PAIR) != name_key(OTHER)


def test_the_name_of_a_key_is_the_same_wherever_it_stands():
    assert ask("w:300", UrlRules(keys=(PAIR, OTHER))).key_name == ask("w:300", UrlRules(keys=(PAIR,))).key_name


def test_a_salt_of_another_key_does_not_count():
    with pytest.raises(ForbiddenImageUrl):
        ask("w:300", UrlRules(keys=(SigningKey(PAIR.key, OTHER.salt), SigningKey(OTHER.key, PAIR.salt))))


def test_keys_are_not_shown_with_the_rules():
    assert "sixteen" not in repr(rules(trusted_signatures=("sixteen-letters-at-least",)))


def test_a_trusted_text_stands_for_a_signature():
    by = rules(trusted_signatures=("long-enough-to-be-one",))
    assert parse(f"/long-enough-to-be-one/w:300/{SOURCE}", by).key_name == "trusted"


@pytest.mark.parametrize("mark", sorted(UNSIGNED_MARKS))
def test_a_mark_of_clients_is_no_signature(mark):
    with pytest.raises(ForbiddenImageUrl):
        parse(f"/{mark}/pr:thumb/{SOURCE}", rules(OPEN["presets"]))


@pytest.mark.parametrize("mark", sorted(UNSIGNED_MARKS))
def test_a_named_preset_needs_no_signature_where_that_is_set(mark):
    asked = parse(f"/{mark}/pr:web/{SOURCE}", rules(**OPEN))
    assert (asked.transform.width, asked.transform.quality, asked.key_name) == (300, 70, "unsigned")


@pytest.mark.parametrize(
    "options", ["", "w:300", "pr:thumb/w:300", "pr:thumb:web", "pr:thumb/pr:web", "pr:other", "pr:"]
)
def test_options_beside_one_named_preset_need_a_signature(options):
    path = f"{options}/{SOURCE}" if options else SOURCE
    with pytest.raises(ForbiddenImageUrl, match="exactly one of these presets may be used: thumb, web"):
        parse(f"/_/{path}", rules(**OPEN))


def test_a_format_needs_a_signature():
    with pytest.raises(ForbiddenImageUrl):
        parse(f"/_/pr:thumb/{SOURCE}@webp", rules(**OPEN))


def test_presets_alone_can_go_without_a_signature():
    assert parse(f"/_/thumb/{SOURCE}", rules(**OPEN, only_presets=True)).transform.width == 300


def test_a_wrong_signature_is_forbidden_where_some_need_none():
    with pytest.raises(ForbiddenImageUrl, match="match the URL"):
        parse(f"/wrong/pr:thumb/{SOURCE}", rules(**OPEN))
