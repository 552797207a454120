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
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066a\u2069\u200f\u061c\x85\u2028.png", "a.png"),
        ("נוף.png", "נוף.png"),
        ("con.png", "_con.png"),
        ("\u202eCOM1 .old.png", "_COM1 .old.png"),
        ("lpt²", "_lpt²"),
        ("NUL", "_NUL"),
        ("console.png", "console.png"),
        ("com10.png", "com10.png"),
    ],
)
def test_a_clients_file_name_loses_paths_and_what_can_not_be_seen_and_names_no_device(sent, kept):
    assert clean_filename(sent, "jpg") == kept


def test_a_long_file_name_is_cut_before_its_suffix():
    assert clean_filename("x" * 500 + ".jpeg", "jpg") == "x" * 195 + ".jpeg"


@pytest.mark.parametrize(
    ("original", "result"),
    [
        ("hero.png", "hero.tinified.webp"),
        ("v1.2 final.png", "v1.2 final.tinified.webp"),
        ("hero", "hero.tinified.webp"),
        ("aux\u202e.png", "_aux.tinified.webp"),
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
