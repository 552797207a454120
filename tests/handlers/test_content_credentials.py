"""Content Credentials (C2PA): kept with unchanged bytes, signed anew with a key, otherwise dropped with a warning.

What signs and verifies is the optional group `signing`; without it these tests are skipped.
"""

import json
from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs.formats import FORMATS
from imgopt.imaging.content_credentials import DROPPED
from imgopt.settings import settings
from imgopt.tagging import service as tagging
from imgopt.tagging.model import ImageTags
from imgopt.workflow import signatures
from imgopt.workflow.finishing import finish_files
from imgopt.workflow.stages import optimize_pixels
from imgopt.workflow.state import Plan, read
from tests import pictures
from tests.certificates import make_chain
from tests.pictures import draw, encode, open_image

c2pa = pytest.importorskip("c2pa", reason="the group `signing` is not installed")
CREATED = {
    "action": "c2pa.created",
    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
}
SIGNED_ONES = ["jpg", "png", "webp", "avif", "gif", "jxl"]


def sign(data: bytes, mime_type: str) -> bytes:
    """Signs a file as a camera does."""
    chain = make_chain("P-384")
    info = c2pa.C2paSignerInfo(b"es384", chain.certificates.encode(), chain.private_key.encode(), None)
    said = {"assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [CREATED]}}], "format": mime_type}
    context = c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}})
    out = BytesIO()
    c2pa.Builder.from_json(json.dumps(said), context).sign(c2pa.Signer.from_info(info), mime_type, BytesIO(data), out)
    return out.getvalue()


@pytest.fixture(scope="module")
def signed_jpeg() -> bytes:
    return sign(encode(draw(size=(120, 80)), "JPEG", quality=95), "image/jpeg")


@pytest.fixture
def key(monkeypatch, tmp_path):
    """The service's key is set."""

    def set_key(kind: str = "P-256", of: str = "") -> None:
        given = {"certificates": make_chain(kind).certificates, "private_key": make_chain(of or kind).private_key}
        for name, text in given.items():
            (tmp_path / name).write_text(text)
            monkeypatch.setenv(f"IMGOPT_C2PA_{name.upper()}", str(tmp_path / name))
        settings.cache_clear()

    yield set_key
    settings.cache_clear()


@pytest.fixture
def finished(client, submit, run_stages):
    """A job at its end, and the bytes of its result."""

    def run(data: bytes, **asked: object) -> tuple[dict, bytes]:
        job = submit(data, "photo.jpg", **asked)
        run_stages(job["id"])
        told = client.get(f"/status/{job['id']}").json()["job"]
        return told, client.get(f"/download/{job['id']}").content

    return run


@pytest.fixture
def says(monkeypatch):
    class Tagger:
        def tag(self, image, language):
            return ImageTags("A red corner.", ("red", "blue", "corner"), "red-corner", "somebody")

    monkeypatch.setattr(tagging, "tagger", Tagger)


def read_manifest(data: bytes) -> dict | None:
    """Returns the manifest as a reader that trusts the tests' roots reads it; None if there is none."""
    roots = "".join(make_chain(kind).root for kind in ("P-256", "P-384", "Ed25519"))
    context = c2pa.Context.from_dict({"trust": {"trust_anchors": roots}, "verify": {"verify_trust": True}})
    reader = c2pa.Reader.try_create(pictures.header(data).mime_type, BytesIO(data), context=context)
    return None if reader is None else json.loads(reader.json())


def actions_of(manifest: dict) -> list[str]:
    active = manifest["manifests"][manifest["active_manifest"]]
    (stated,) = (each for each in active["assertions"] if each["label"].startswith("c2pa.actions"))
    return [each["action"] for each in stated["data"]["actions"]]


def test_a_header_tells_of_a_manifest(signed_jpeg):
    assert pictures.header(signed_jpeg).has_manifest
    assert not pictures.header(pictures.jpeg()).has_manifest


@pytest.mark.parametrize("name", ["png", "webp", "avif", "gif", "jxl", "tiff", "svg"])
def test_manifests_are_found_in_each_format(name):
    made = FORMATS[name]
    picture = draw().convert("RGB")
    plain = encode(picture, "TIFF") if name == "tiff" else made.encode(picture, 80).data
    signed = sign(made.contain(plain) if made.contain else plain, made.mime_type)
    assert (pictures.header(plain).has_manifest, pictures.header(signed).has_manifest) == (False, True)


@pytest.mark.parametrize(
    "asked", [{"output_width": 40}, {"output_format": "webp", "keep_metadata": "all"}, {"output_upscale_factor": 2}]
)
def test_a_manifest_is_dropped_with_a_warning(finished, signed_jpeg, asked):
    told, data = finished(signed_jpeg, **asked)
    assert (read_manifest(data), told["warning"]) == (None, DROPPED)


@pytest.fixture(scope="module")
def small_jpeg() -> bytes:
    """A JPEG that can't be made smaller."""
    noise = Image.effect_noise((300, 200), 90).convert("RGB")
    return sign(encode(noise, "JPEG", quality=10), "image/jpeg")


def test_a_file_that_is_given_back_whole_keeps_its_manifest_valid(finished, small_jpeg):
    told, data = finished(small_jpeg, output_quality=100, keep_metadata="all")
    assert (told["original_returned"], told["warning"]) == (True, None)
    assert (data, read_manifest(data)["validation_state"]) == (small_jpeg, "Trusted")


def test_no_tags_are_written_into_it(finished, small_jpeg, says):
    told, data = finished(small_jpeg, output_quality=100, keep_metadata="all", output_seo_tag_gen=True, write_tags=True)
    assert (data, "invalidate its Content Credentials" in told["warning"]) == (small_jpeg, True)


def test_tags_are_written_into_it_where_there_is_a_key(finished, small_jpeg, says, key):
    key()
    told, data = finished(small_jpeg, output_quality=100, keep_metadata="all", output_seo_tag_gen=True, write_tags=True)
    manifest = read_manifest(data)
    assert (told["original_returned"], told["warning"], manifest["validation_state"]) == (True, None, "Trusted")
    assert actions_of(manifest) == ["c2pa.opened", "c2pa.edited.metadata"]


@pytest.mark.parametrize("keep", ["none", "copyright"])
def test_a_manifest_is_metadata_that_has_to_be_kept_whole(finished, small_jpeg, keep):
    told, data = finished(small_jpeg, output_quality=100, keep_metadata=keep)
    assert (told["original_returned"], read_manifest(data), told["warning"]) == (True, None, DROPPED)


def test_a_jpeg_in_a_jpeg_xl_keeps_it(finished, signed_jpeg):
    told, held = finished(signed_jpeg, output_format="jxl", jpeg_reconstruction=True, keep_metadata="all")
    assert told["warning"] is None
    _, released = finished(held, output_format="jpg", jpeg_reconstruction=True, keep_metadata="all")
    assert released == signed_jpeg


def test_source_without_a_manifest_has_no_warning(finished):
    told, _ = finished(pictures.jpeg(), output_width=20)
    assert told["warning"] is None


# By a key of the operator's


@pytest.mark.parametrize("target", SIGNED_ONES)
def test_a_result_is_signed_anew_with_its_source_as_parent(finished, key, signed_jpeg, target):
    key()
    told, data = finished(signed_jpeg, output_format=target, output_width=60, keep_metadata="all")
    manifest = read_manifest(data)
    active = manifest["manifests"][manifest["active_manifest"]]
    assert (manifest["validation_state"], told["warning"]) == ("Trusted", None)
    assert actions_of(manifest) == ["c2pa.opened", "c2pa.resized.proportional", "c2pa.transcoded"]
    assert [each["relationship"] for each in active["ingredients"]] == ["parentOf"]
    assert active["ingredients"][0]["active_manifest"] in manifest["manifests"]
    assert "thumbnail" not in active
    assert told["processed_size"] == len(data)
    assert pictures.header(data).width == 60
    assert open_image(data).size == (60, 40)


@pytest.mark.parametrize("kind", ["P-384", "Ed25519"])
def test_other_keys_sign_too(finished, key, signed_jpeg, kind):
    key(kind)
    _, data = finished(signed_jpeg, output_width=60, keep_metadata="all")
    assert read_manifest(data)["validation_state"] == "Trusted"


def test_upscaling_cropping_and_tags_are_said(finished, key, signed_jpeg, says):
    key()
    size = {"output_width": 50, "output_height": 50, "output_resize_behavior": "crop"}
    words = {"output_seo_tag_gen": True, "write_tags": True}
    _, data = finished(signed_jpeg, output_upscale_factor=2, **size, **words, keep_metadata="all")
    manifest = read_manifest(data)
    assert manifest["validation_state"] == "Trusted"
    done = ["c2pa.enhanced", "c2pa.cropped", "c2pa.resized", "c2pa.transcoded", "c2pa.edited.metadata"]
    assert actions_of(manifest) == ["c2pa.opened", *done]
    assert b"A red corner." in FORMATS["jpg"].read_embedded(BytesIO(data)).xmp


@pytest.mark.parametrize("asked", [{"keep_metadata": "none"}, {"keep_metadata": "copyright"}])
def test_a_manifest_that_is_not_to_be_kept_is_not_signed_anew(finished, key, signed_jpeg, asked):
    key()
    told, data = finished(signed_jpeg, output_width=60, **asked)
    assert (read_manifest(data), told["warning"]) == (None, DROPPED)


def test_source_without_a_manifest_gets_none(finished, key):
    key()
    _, data = finished(pictures.jpeg(), output_width=20, keep_metadata="all")
    assert read_manifest(data) is None


def test_no_limit_on_bytes_is_exceeded_for_a_signature(finished, key, signed_jpeg):
    key()
    told, data = finished(signed_jpeg, output_width=60, keep_metadata="all", output_file_size_limit=6000)
    assert (read_manifest(data), told["size_limit_met"], told["warning"]) == (None, True, DROPPED)


def test_a_key_that_is_not_the_certificates_signs_nothing(finished, key, signed_jpeg, log_lines):
    key("P-256", of="P-384")
    told, data = finished(signed_jpeg, output_width=60, keep_metadata="all")
    assert (read_manifest(data), told["status"], told["warning"]) == (None, "completed", DROPPED)
    assert any(line["message"] == "a result could not be signed" for line in log_lines())


def test_a_curve_that_no_manifest_is_signed_by_is_refused(key):
    key("P-521")
    with pytest.raises(signatures.UnfitKey):
        signatures.read_signer()


@pytest.mark.parametrize("at", [0, 1, 31, 32, 63])
def test_a_signature_is_put_where_its_placeholder_is_broken(at):
    placeholder, signature = bytes(range(100, 164)), bytes(range(64))
    file = b"before%b" + (b"|" if at else b"") + b"%bbehind"
    data = file % (placeholder[:at], placeholder[at:])
    assert signatures.put_signature(data, placeholder, signature) == file % (signature[:at], signature[at:])
    assert signatures.put_signature(b"nothing", placeholder, signature) is None


def test_a_second_attempt_says_what_is_lost_once(submit, run_stages, signed_jpeg, key, says):
    key("P-256", of="Ed25519")
    asked = {"keep_metadata": "all", "output_width": 40, "output_seo_tag_gen": True, "write_tags": True}
    state = run_stages(submit(signed_jpeg, "photo.jpg", **asked)["id"])
    again = read(Plan, {**state, "attempt": 2})
    (finished,) = finish_files(again, (optimize_pixels(again),), tagging.tagger().tag(None, None))
    assert finished.warning == DROPPED
