import pytest

from imgopt.files.naming import ascii_filename, clean_filename, result_filename


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("hero.png", "hero.png"),
        ("C:\\photos\\hero.png", "hero.png"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: b.jpg", "aSet-Cookie: b.jpg"),
        ("", "image.jpg"),
        (None, "image.jpg"),
        ("...", "image.jpg"),
        (".png", ".png"),
        ("großes Bild.jpeg", "großes Bild.jpeg"),
    ],
)
def test_a_clients_file_name_loses_paths_and_control_characters(sent, kept):
    assert clean_filename(sent, "jpg") == kept


def test_a_long_file_name_is_cut_before_its_suffix():
    assert clean_filename("x" * 500 + ".jpeg", "jpg") == "x" * 195 + ".jpeg"


@pytest.mark.parametrize(
    ("original", "result"),
    [
        ("hero.png", "hero.tinified.webp"),
        ("v1.2 final.png", "v1.2 final.tinified.webp"),
        ("hero", "hero.tinified.webp"),
    ],
)
def test_a_result_is_called_after_its_original(original, result):
    assert result_filename(original, "webp") == result


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("hero.tinified.webp", "hero.tinified.webp"),
        ("mein Bild; neu.webp", "mein-Bild-neu.webp"),
        ("café.webp", "cafe.webp"),
        ("写真.webp", "image.webp"),
    ],
)
def test_headers_get_a_name_without_spaces_quotes_or_semicolons(name, plain):
    assert ascii_filename(name) == plain
