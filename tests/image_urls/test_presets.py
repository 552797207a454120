"""Presets: in URLs, in each other, and the preset `default`."""

import pytest

from imgopt.errors import ForbiddenImageUrl, InvalidImageUrl
from imgopt.image_urls.presets import build_presets, check_presets
from tests.image_urls.url_requests import SOURCE, ask, rules


def test_a_preset_stands_for_its_options():
    assert (
        ask("pr:thumb/q:80", rules({"thumb": "rs:fill:300:200/q:70"})).transform
        == ask("rs:fill:300:200/q:80").transform
    )


def test_a_preset_counts_where_it_stands():
    assert ask("w:100/preset:thumb", rules({"thumb": "w:300"})).transform.width == 300


def test_several_presets_count_one_after_the_other():
    assert ask("pr:a:b", rules({"a": "w:1/h:2", "b": "w:3"})).transform == ask("w:3/h:2").transform


def test_presets_name_others():
    assert ask("pr:c", rules({"a": "w:1", "b": "pr:a/h:2", "c": "pr:b/q:3"})).transform == ask("w:1/h:2/q:3").transform


def test_the_default_preset_comes_before_all_else():
    by = rules({"default": "w:1/q:50", "thumb": "w:2"})
    assert ask("", by).transform == ask("w:1/q:50").transform
    assert ask("pr:thumb", by).transform == ask("w:2/q:50").transform


def test_an_unknown_preset_is_invalid():
    with pytest.raises(InvalidImageUrl, match="there is no preset 'none'"):
        ask("pr:none", rules({"thumb": "w:1"}))


def test_a_url_of_presets_alone_begins_with_their_names():
    by = rules({"default": "q:50", "a": "w:1", "b": "h:2"}, only_presets=True)
    assert ask("a:b", by).transform == ask("w:1/h:2/q:50").transform


@pytest.mark.parametrize("options", ["w:300", "a/w:300", "pr:a", "", "a:"])
def test_a_url_of_presets_alone_has_no_options(options):
    with pytest.raises(InvalidImageUrl):
        ask(options, rules({"a": "w:1"}, only_presets=True))


def test_options_that_are_not_allowed_are_invalid_but_in_presets():
    by = rules({"soft": "bl:2", "default": "q:50"}, allowed_options=frozenset({"width", "preset"}))
    assert ask("w:3/pr:soft", by).transform == ask("w:3/bl:2/q:50").transform
    with pytest.raises(InvalidImageUrl, match="the option 'bl' is not allowed here"):
        ask("bl:2", by)


def test_presets_are_allowed_as_options_are():
    with pytest.raises(InvalidImageUrl, match="'pr' is not allowed"):
        ask("pr:soft", rules({"soft": "bl:2"}, allowed_options=frozenset({"width"})))


@pytest.mark.parametrize("option", ["msr:1", "msfs:1", "maf:1", "mafr:1", "mrd:1"])
def test_limits_are_forbidden_where_nothing_says_otherwise(option):
    with pytest.raises(ForbiddenImageUrl, match="not allowed here"):
        ask(option)
    with pytest.raises(ForbiddenImageUrl):
        ask("pr:a", rules({"a": option}))


def test_limits_are_taken_where_that_is_set():
    limits = ask("msr:1.5/msfs:9/maf:10/mafr:2/mrd:300", rules(allow_security_options=True)).limits
    assert (limits.max_src_resolution, limits.max_src_file_size, limits.max_animation_frames) == (1_500_000, 9, 10)
    assert (limits.max_animation_frame_resolution, limits.max_result_dimension) == (2_000_000, 300)


@pytest.mark.parametrize("option", ["msr:-1", "msr:1e15", "msfs:a", "maf:0", "mrd:-1"])
def test_a_wrong_limit_is_invalid(option):
    with pytest.raises(InvalidImageUrl):
        ask(option, rules(allow_security_options=True))


@pytest.mark.parametrize(
    ("presets", "said"),
    [
        ({"a": "w"}, "the preset a: 'w' is not a list of options"),
        ({"a": "w:1//h:1"}, "is not a list of options"),
        ({"a:b": "w:1"}, "can't be called 'a:b'"),
        ({"a/b": "w:1"}, "can't be called"),
        ({"": "w:1"}, "can't be called ''"),
        ({"a": "pr:b"}, "the preset a names 'b', but there is no such preset"),
        ({"a": "pr:a"}, "the preset a contains itself: a > a"),
        ({"a": "pr:b", "b": "w:1/pr:c", "c": "pr:a"}, "contains itself: a > b > c > a"),
        ({"a": "/".join(["w:1"] * 65)}, "more than 64 options"),
        ({"a0": "w:1/w:1", **{f"a{n}": f"pr:a{n - 1}:a{n - 1}" for n in range(1, 40)}}, "more than 64 options"),
    ],
)
def test_a_preset_that_can_not_be_is_told(presets, said):
    with pytest.raises(ValueError, match=said):
        build_presets(presets, ":")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("w:x", r"the preset a: the option w \(width\): 'x' is not a whole number"),
        ("bga:1", "the preset a: the option bga is only supported by imgproxy Pro"),
        ("none:1", "the option 'none' is unknown"),
        ("msr:1", "not allowed here"),
        ("exp:1", "this URL has expired"),
    ],
)
def test_options_of_a_preset_are_checked_before_they_are_used(options, said):
    with pytest.raises(ValueError, match=said):
        check_presets(rules({"a": options}))


def test_many_presets_are_too_many_options():
    with pytest.raises(InvalidImageUrl, match="more than 256"):
        ask(f"pr{':a' * 9}", rules({"a": "/".join(["w:1"] * 32)}), SOURCE)


def test_text_of_a_preset_changes_with_each_that_it_comes_from():
    """Results in buckets are known by it."""
    texts = {"default": "q:50", "thumb": "w:300", "soft": "pr:thumb/bl:2"}
    assert build_presets(texts, ":")["soft"].text == "q:50/w:300/bl:2"
    assert build_presets(texts, ":")["default"].text == "q:50"
