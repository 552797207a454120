"""Image URLs with real pixels, made in the confined processes of `imgopt.transform`."""

import pytest

from tests import pictures
from tests.variants.conftest import forget_all, picture, signed

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    b'<script>alert(1)</script><rect width="9" height="9"/></svg>'
)


@pytest.fixture
def get_real(client, set_up, website):
    def ask(options: str, info: str = "", **headers: str):
        return client.get(f"/img{info}{signed(options, website.address())}", headers=headers)

    return ask


@pytest.mark.parametrize(
    ("accept", "format_name"), [("*/*", "JPEG"), ("image/webp", "WEBP"), ("image/avif,image/webp", "AVIF")]
)
def test_image_is_made(get_real, accept, format_name):
    answer = get_real("rs:fill:30:30", accept=accept)
    image = pictures.open_image(answer.content)
    assert (answer.status_code, image.format, image.size) == (200, format_name, (30, 30))


def test_quality_that_is_searched_for_is_remembered(get_real, website):
    assert get_real("w:40/target:80").status_code == 200
    forget_all()
    assert get_real("w:30/target:80").status_code == 200


def test_drawing_is_cleaned(get_real, website):
    website.files["/cat.jpg"] = picture(SVG)
    answer = get_real("w:20", accept="image/webp")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert b"script" not in answer.content
    assert answer.headers["content-security-policy"].endswith("sandbox")


def test_drawing_is_drawn_where_a_format_is_asked_for(get_real, website):
    website.files["/cat.jpg"] = picture(SVG)
    assert pictures.open_image(get_real("w:20/f:png").content).size == (20, 10)


def test_source_of_many_pixels_is_refused(get_real, set_up):
    set_up(url_max_source_pixels=100)
    answer = get_real("w:20")
    assert (answer.status_code, "too large" in answer.json()["detail"]) == (422, True)


def test_source_is_described(get_real):
    answer = get_real("w:20", info="/info").json()
    assert (answer["format"], answer["kind"], answer["frames"]) == ("jpg", "photo", 1)
    assert answer["thumbhash"]
    assert answer["dominant_colors"][0].startswith("#")
