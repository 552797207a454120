"""The answers of image URLs: the image, and the headers for browsers and caches."""

import json
from io import BytesIO

import pytest
from PIL import Image

from tests import pictures
from tests.variants.conftest import forget_all, picture, signed

YEAR = "max-age=31536000, public, stale-while-revalidate=86400"


def test_image_is_made_of_the_source(get):
    answer = get("w:20")
    assert answer.status_code == 200
    assert Image.open(BytesIO(answer.content)).width == 20
    assert answer.headers["content-type"] == "image/jpeg"


def test_image_is_made_once(get, work, website):
    first = get("w:20")
    forget_all()
    assert get("w:20").content == first.content == get("w:20").content
    assert len(work.asked) == 1
    assert len(website.requests) == 1


def test_image_is_found_in_memory(get, work, website, monkeypatch):
    get("w:20")
    monkeypatch.setattr("imgopt.variants.service.find_answer", None)
    assert get("w:20").status_code == 200


def test_headers_of_an_image(get):
    headers = get("w:20").headers
    assert headers["cache-control"] == YEAR
    assert headers["content-disposition"] == 'inline; filename="cat.jpg"'
    assert headers["vary"] == "accept"
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["accept-ranges"] == "bytes"
    assert "access-control-allow-origin" not in headers
    assert not [name for name in headers if name.startswith(("x-origin", "x-result"))]


def test_date_of_the_source_is_told(get, website):
    """Clients must compare ETags, since another preset makes another image of the same source."""
    date = "Mon, 01 Jan 2024 00:00:00 GMT"
    website.files["/cat.jpg"] = picture(pictures.png()).replace(b"\r\n", f"\r\nLast-Modified: {date}\r\n".encode(), 1)
    assert get("w:20").headers["last-modified"] == date
    assert get("w:20", if_modified_since=date).status_code == 200


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 01 Jan 99999 00:00:00 GMT"])
def test_date_that_is_none_is_not_told(get, website, date):
    website.files["/cat.jpg"] = picture(pictures.png()).replace(b"\r\n", f"\r\nLast-Modified: {date}\r\n".encode(), 1)
    assert "last-modified" not in get("w:20").headers


def test_warning_tells_what_was_left_out(get, work):
    work.warnings = ("A profile was dropped.", "So was \x00\n\u00e9" + "x" * 600)
    first = get("w:20").headers["image-warning"]
    forget_all()
    assert first == get("w:20").headers["image-warning"]
    assert first.startswith("A profile was dropped. So was ???xxx")
    assert len(first) == 503
    assert "image-warning" not in get("w:20/raw:1").headers


def test_etag_is_of_the_result(get):
    etags = [
        get(options, accept=accept).headers["etag"] for options in ("w:20", "w:10") for accept in ("*/*", "image/webp")
    ]
    assert len(set(etags)) == 4


def test_known_image_is_not_sent_again(get):
    etag = get("w:20").headers["etag"]
    answer = get("w:20", if_none_match=etag)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["cache-control"] == YEAR
    assert answer.headers["etag"] == etag


def test_known_image_of_another_format_is_sent(get):
    etag = get("w:20").headers["etag"]
    assert get("w:20", accept="image/webp", if_none_match=etag).status_code == 200


def test_head_has_the_headers_alone(get):
    whole, head = get("w:20"), get("w:20", method="HEAD")
    assert head.content == b""
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.headers["etag"] == whole.headers["etag"]


def test_head_is_judged_like_the_rest(client, set_up):
    assert client.head("/img/wrong/w:20/aGVsbG8").status_code == 403


def test_part_of_an_image(get):
    whole = get("w:20")
    part = get("w:20", range="bytes=2-5")
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(whole.content)}"
    assert get("w:20", range="bytes=999999-").status_code == 416


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("w:20/fn:hero", 'inline; filename="hero.jpg"'),
        ("w:20/fn:hero.png", 'inline; filename="hero.png.jpg"'),
        ("w:20/att:1", 'attachment; filename="cat.jpg"'),
        ("w:20/f:webp", 'inline; filename="cat.webp"'),
    ],
)
def test_file_is_called(get, options, told):
    assert get(options).headers["content-disposition"] == told


def test_url_that_ends_is_kept_until_then(get, clock_at):
    from imgopt import clock

    end = int(clock.now().timestamp()) + 100
    seconds = int(get(f"w:20/exp:{end}").headers["cache-control"].split("=")[1].split(",")[0])
    assert 90 <= seconds <= 100
    clock_at(seconds=101)
    assert get(f"w:20/exp:{end}").status_code == 404


def test_lifetime_of_zero_is_not_kept(get, set_up):
    set_up(url_ttl=0)
    assert get("w:20").headers["cache-control"] == "no-cache"


def test_large_image_is_answered_by_an_address(get, set_up):
    set_up(inline_download_bytes=100)
    answer = get("w:20")
    assert answer.status_code == 307
    assert "X-Amz-Signature" in answer.headers["location"]
    assert "cat.jpg" in answer.headers["location"]
    assert answer.headers["cache-control"] == "no-store"
    head = get("w:20", method="HEAD")
    assert (head.status_code, head.headers["content-type"]) == (200, "image/jpeg")


def test_scripts_of_a_website_may_read_it_where_the_settings_say(get, set_up, client):
    set_up(url_allow_origin="https://example.com")
    answer = get("w:20", origin="https://other.example")
    assert answer.headers["access-control-allow-origin"] == "https://example.com"
    asked = client.options("/img/anything", headers={"origin": "https://example.com"})
    assert (asked.status_code, asked.headers["access-control-allow-methods"]) == (200, "GET, OPTIONS")


def test_source_unchanged_is_what_raw_answers(get, work, website):
    answer = get("raw:1")
    assert answer.content == pictures.jpeg()
    assert answer.headers["content-type"] == "image/jpeg"
    assert not work.asked


def test_page_is_not_answered_even_as_it_is(get, website):
    website.files["/cat.jpg"] = picture(b"<html><script>alert(1)</script></html>")
    assert get("raw:1").status_code == 422


def test_skipped_format_is_left_alone(get, work):
    assert get("w:20/skp:jpg").content == pictures.jpeg()
    assert get("w:20/skp:png").content != pictures.jpeg()


def test_images_are_not_set_up_by_default(client, aws):
    answer = client.get("/img/insecure/w:20/aGVsbG8")
    assert (answer.status_code, answer.json()) == (501, {"detail": "Image URLs are not set up."})


def test_information_of_a_source(get):
    answer = get("w:20", info=True)
    assert answer.json() == {
        "format": "jpg",
        "mime_type": "image/jpeg",
        "size": len(pictures.jpeg()),
        "width": Image.open(BytesIO(pictures.jpeg())).width,
        "height": Image.open(BytesIO(pictures.jpeg())).height,
        "frames": 1,
        "has_alpha": False,
        "kind": "photo",
        "exif": {"Model": "Tester"},
        "thumbhash": "AAAA",
        "dominant_colors": ["#102030"],
    }
    assert answer.headers["content-type"] == "application/json"
    assert get("w:20", info=True, if_none_match=answer.headers["etag"]).status_code == 304


def test_information_is_found_once(get, work):
    get("w:20", info=True)
    forget_all()
    get("w:400", info=True)
    assert work.looked == 1


def test_information_needs_a_signature(client, set_up):
    path = signed("w:20", "https://example.com/a.png").replace("/", "/x", 1)
    assert client.get(f"/img/info{path}").status_code == 403


def test_path_is_logged_neither_with_its_signature_nor_its_source(get, log_lines):
    get("w:20")
    get("w:20", source="https://secret.example/private.png")
    text = json.dumps(log_lines())
    assert '"route": "/img/{path:path}"' in text
    assert not [each for each in ("secret.example", "private", signed("w:20", "x")[1:20], "cat.jpg") if each in text]
