"""The format and quality of an image: by its URL, by the browser, and by its source."""

import pytest

from tests import pictures
from tests.variants.conftest import forget_all, picture

BROWSER = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "image/jpeg"),
        ("image/*", "image/jpeg"),
        ("", "image/jpeg"),
        ("image/webp", "image/webp"),
        ("image/webp;q=0.3, */*", "image/webp"),
        ("image/webp;q=0, */*", "image/jpeg"),
        ("image/webp; q=0.000", "image/jpeg"),
        ("IMAGE/WebP", "image/webp"),
        (BROWSER, "image/avif"),
        ("image/jxl," + BROWSER, "image/avif"),
        ("image/jxl,image/webp", "image/jxl"),
    ],
)
def test_format_is_the_best_that_is_taken(get, accept, expected):
    assert get("w:20", accept=accept).headers["content-type"] == expected


def test_format_that_is_asked_for_is_given_whatever_is_taken(get):
    answer = get("w:20/f:png", accept=BROWSER)
    assert answer.headers["content-type"] == "image/png"
    assert "vary" not in answer.headers


def test_formats_are_chosen_as_the_settings_say(get, set_up):
    set_up(url_auto_formats="webp")
    assert get("w:20", accept=BROWSER).headers["content-type"] == "image/webp"


def test_formats_are_not_chosen_where_the_settings_say_so(get, set_up):
    set_up(url_auto_formats="")
    answer = get("w:20", accept=BROWSER)
    assert answer.headers["content-type"] == "image/jpeg"
    assert "vary" not in answer.headers


def test_source_of_a_format_that_not_all_show_becomes_one(get, website):
    website.files["/cat.jpg"] = picture(pictures.webp())
    assert get("w:20").headers["content-type"] == "image/jpeg"


def test_kind_of_a_source_is_looked_at_once(get, work):
    for width in (10, 20, 30):
        forget_all()
        get(f"w:{width}", accept=BROWSER)
    assert work.looked == 1


def test_kind_is_not_looked_at_where_there_is_no_choice(get, work):
    get("w:20", accept="image/webp")
    get("w:20/f:avif", accept=BROWSER)
    assert work.looked == 0


@pytest.mark.parametrize(
    ("options", "accept", "quality"),
    [("w:20", "*/*", 0), ("w:20/q:50", "image/webp", 50), ("w:20/fq:avif:40", "image/webp", 0)],
)
def test_quality_is_left_to_the_options(get, work, options, accept, quality):
    get(options, accept=accept)
    plan = work.asked[0][1]
    assert (plan.options.quality, plan.quality, plan.target) == (quality, None, None)


def test_quality_that_was_searched_for_is_good_for_other_sizes(get, work):
    for width in (10, 20, 30):
        forget_all()
        get(f"w:{width}/target:75")
    assert [(plan.quality, plan.target) for _, plan, _, _ in work.asked] == [(None, 75), (61, 75), (61, 75)]


def test_quality_is_searched_for_anew_in_another_format(get, work):
    get("w:20/target:75")
    get("w:20/target:75", accept="image/webp")
    assert [plan.quality for _, plan, _, _ in work.asked] == [None, None]


def test_quality_is_searched_for_anew_where_the_source_has_changed(get, work, website, clock_at):
    get("w:10/target:75")
    website.files["/cat.jpg"] = picture(pictures.encode(pictures.draw(size=(50, 40)), "JPEG"), '"two"')
    clock_at(hours=2)
    get("w:20/target:75")
    assert [plan.quality for _, plan, _, _ in work.asked] == [None, None]


def test_score_can_stand_in_the_settings(get, set_up, work):
    set_up(url_target=80)
    get("w:20")
    get("w:20/q:33")
    assert [(plan.quality, plan.target) for _, plan, _, _ in work.asked] == [(None, 80), (None, None)]


class TestHints:
    """Hints of browsers about screen and network have an effect if the settings allow them."""

    def test_hints_are_ignored_by_default(self, get, work):
        headers = get("w:20", sec_ch_dpr="2", sec_ch_width="300", save_data="on").headers
        assert work.asked[0][1].options.dpr == 1
        assert not {"accept-ch", "content-dpr"} & set(headers)

    def test_dpr_is_told_back(self, get, set_up, work):
        set_up(url_client_hints="dpr,width")
        headers = get("w:20", sec_ch_dpr="1.7").headers
        assert work.asked[0][1].options.dpr == 2
        assert headers["content-dpr"] == "2"
        assert headers["accept-ch"] == "Sec-CH-DPR, Sec-CH-Width"
        assert headers["vary"] == "accept, sec-ch-dpr, sec-ch-width"

    def test_dpr_of_the_url_counts(self, get, set_up, work):
        set_up(url_client_hints="dpr")
        headers = get("w:20/dpr:3", sec_ch_dpr="2").headers
        assert work.asked[0][1].options.dpr == 3
        assert "content-dpr" not in headers

    def test_width_is_rounded_up(self, get, set_up, work):
        set_up(url_client_hints="width")
        get("q:50", sec_ch_width="301")
        get("w:20", sec_ch_width="301")
        assert [plan.options.width for _, plan, _, _ in work.asked] == [320, 20]

    @pytest.mark.parametrize("said", ["", "0", "-1", "nan", "inf", "1e99", "x", "1_0"])
    def test_nonsense_is_not_heard(self, get, set_up, work, said):
        set_up(url_client_hints="dpr,width")
        get("q:50", sec_ch_width=said, sec_ch_dpr=said)
        options = work.asked[0][1].options
        assert (options.width, options.dpr) in {(0, 1.0), (160, 1.0)}

    def test_data_are_saved(self, get, set_up, work):
        set_up(url_client_hints="save-data")
        get("w:20", save_data="on")
        get("w:10/target:80", save_data="on")
        get("w:30/q:80", save_data="on")
        assert [(plan.quality, plan.target) for _, plan, _, _ in work.asked] == [(60, None), (None, 70), (None, None)]


def test_browser_that_says_anything_has_few_images(get, set_up, work):
    set_up(url_client_hints="dpr,width,save-data", rate_url_misses_by_address=10_000, rate_url_misses_by_key=10_000)
    types = ["image/avif", "image/webp", "image/jxl", "image/png", "text/html", "a/b"]
    for number in range(0, 300, 3):
        accept = ",".join(f"{each};q=0.{(number * 7 + n) % 10}" for n, each in enumerate(types) if number >> n & 1)
        get("w:20", accept=f"{accept},x/y{number}", sec_ch_dpr=str(0.5 + number / 99), save_data=str(number % 2))
    assert len(work.asked) <= 4 * 5
