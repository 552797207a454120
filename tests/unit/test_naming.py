import pytest

from imgopt.files.naming import ascii_filename, clean_filename, number_names, result_filename


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


LONG = ("写真" * 200, "é" * 300, "e\u0301" * 300, "👩🏽‍🚀" * 60, "🇩🇪" * 99, "x" + "🇩🇪" * 99, "ﷺ⑽" * 99, "x" * 400)


@pytest.mark.parametrize("stem", LONG)
def test_no_name_has_more_than_200_bytes_in_utf_8(stem):
    kept = clean_filename(f"{stem}.jpeg", "jpg")
    names = [kept, result_filename(kept, "webp"), *number_names([kept] * 12), ascii_filename(f"{stem}.jpeg")]
    assert all(len(name.encode()) <= 200 for name in names)
    assert all(name.endswith((".jpeg", ".webp")) for name in names)
    assert len(set(names[2:-1])) == 12


@pytest.mark.parametrize("seen_as_one", ["é", "e\u0301", "👩🏽‍🚀", "🇩🇪", "写", "❤\ufe0f"])
@pytest.mark.parametrize("before", ["", "x", "xx"])
def test_a_long_name_is_cut_between_what_is_seen_as_characters(seen_as_one, before):
    stem = clean_filename(before + seen_as_one * 200 + ".png", "png").removesuffix(".png")
    assert stem == before + seen_as_one * stem.count(seen_as_one)


def test_a_character_that_is_too_long_is_cut_all_the_same():
    assert len(clean_filename("e" + "\u0301" * 500, "png").encode()) == 199


@pytest.mark.parametrize("name", ["con." + "x" * 300, "é" * 150])
def test_a_result_of_a_name_from_earlier_times_is_cut_before_its_suffix(name):
    made = result_filename(name, "webp")
    assert len(made.encode()) in (199, 200)
    assert made.endswith(".tinified.webp")
