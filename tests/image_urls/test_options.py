"""Options of image URLs: their allowed values and their meaning."""

import pytest

from imgopt.errors import InvalidImageUrl
from imgopt.image_urls.options import BY_NAME, URL_OPTIONS
from imgopt.image_urls.pro import PRO_OPTIONS
from imgopt.transform.options import (
    Crop,
    Extend,
    Gravity,
    GravityType,
    Padding,
    ResizingType,
    TransformOptions,
    Trim,
    Watermark,
)
from tests.image_urls.url_requests import ask

NORTH, FILL = GravityType.NORTH, ResizingType.FILL


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        ("rs:fill:300:200:1", {"resizing_type": FILL, "width": 300, "height": 200, "enlarge": True}),
        ("rs:fill", {"resizing_type": FILL}),
        ("rs::300", {"width": 300}),
        ("rs:", {}),
        ("rs::1:2:0:1:no:3:4", {"width": 1, "height": 2, "extend": Extend(Gravity(NORTH, 3, 4))}),
        ("s:300:200", {"width": 300, "height": 200}),
        ("s::200", {"height": 200}),
        ("s:", {}),
        ("s:200:200::t:no::5", {"width": 200, "height": 200, "extend": Extend(Gravity(NORTH, 0, 5))}),
        ("s:1:1:::no", {"width": 1, "height": 1}),
        ("rt:fill-down", {"resizing_type": ResizingType.FILL_DOWN}),
        ("w:300", {"width": 300}),
        ("width:+300", {"width": 300}),
        ("h:0", {}),
        ("mw:800/min-height:9", {"min_width": 800, "min_height": 9}),
        ("z:1.5", {"zoom_x": 1.5, "zoom_y": 1.5}),
        ("z:1.5:2", {"zoom_x": 1.5, "zoom_y": 2}),
        ("dpr:2", {"dpr": 2}),
        ("dpr:5e-1", {"dpr": 0.5}),
        ("el:1", {"enlarge": True}),
        ("ex:1", {"extend": Extend()}),
        ("ex:0:no", {}),
        ("ex:1:fp:0.2:0.3", {"extend": Extend(Gravity(GravityType.FOCUS_POINT, 0.2, 0.3))}),
        ("exar:1:no::5", {"extend_aspect_ratio": Extend(Gravity(NORTH, 0, 5))}),
        ("extend_ar:1", {"extend_aspect_ratio": Extend()}),
        ("g:nowe:10:0.1", {"gravity": Gravity(GravityType.NORTH_WEST, 10, 0.1)}),
        ("g:no:-5", {"gravity": Gravity(NORTH, -5)}),
        ("g:sm", {"gravity": Gravity(GravityType.SMART)}),
        ("g:fp:0:1", {"gravity": Gravity(GravityType.FOCUS_POINT, 0, 1)}),
        ("g:no:5:6/g:so", {"gravity": Gravity(GravityType.SOUTH, 5, 6)}),
        ("g:fp:0.5:0.6/g:so", {"gravity": Gravity(GravityType.SOUTH)}),
        ("c:100", {"crop": Crop(100)}),
        ("c:0.5:1", {"crop": Crop(0.5, 1)}),
        ("c:100:50:no:1:2", {"crop": Crop(100, 50, Gravity(NORTH, 1, 2))}),
        ("c:100:50/c:20", {"crop": Crop(20, 50)}),
        ("t:10", {"trim": Trim(10)}),
        ("t:10:ff00ff:1:0", {"trim": Trim(10, (255, 0, 255), True, False)}),
        ("t:10::1", {"trim": Trim(10, None, True)}),
        ("t:10/t:", {}),
        ("pd:10", {"padding": Padding(10, 10, 10, 10)}),
        ("pd:10:20", {"padding": Padding(10, 20, 10, 20)}),
        ("pd:10:20:30", {"padding": Padding(10, 20, 30, 20)}),
        ("pd:10:20:30:40", {"padding": Padding(10, 20, 30, 40)}),
        ("pd:10:::5", {"padding": Padding(10, 10, 10, 5)}),
        ("pd:10/pd::4", {"padding": Padding(10, 4, 10, 4)}),
        ("ar:0", {"auto_rotate": False}),
        ("rot:90", {"rotate": 90}),
        ("rot:-90", {"rotate": 270}),
        ("rot:450", {"rotate": 90}),
        ("fl:1", {"flip_horizontal": True}),
        ("fl::1", {"flip_vertical": True}),
        ("bg:ff0", {"background": (255, 255, 0)}),
        ("bg:FFCC00", {"background": (255, 204, 0)}),
        ("bg:255:204:0", {"background": (255, 204, 0)}),
        ("bg:fff/bg:", {}),
        ("bl:1.5/sh:.5/pix:8", {"blur": 1.5, "sharpen": 0.5, "pixelate": 8}),
        ("wm:0.5", {"watermark": Watermark(0.5)}),
        ("wm:1:re:10:20:0.2", {"watermark": Watermark(1, Gravity(GravityType.REPLICATE, 10, 20), 0.2)}),
        ("wm:0.5:soea:::0.2", {"watermark": Watermark(0.5, Gravity(GravityType.SOUTH_EAST), 0.2)}),
        ("wm:0.5:::::", {"watermark": Watermark(0.5)}),
        ("sm:0/kcr:0/scp:0", {"strip_metadata": False, "keep_copyright": False, "strip_color_profile": False}),
        ("ph:1/eth:1", {"preserve_hdr": True, "enforce_thumbnail": True}),
        ("q:0", {}),
        ("q:100", {"quality": 100}),
        ("fq:avif:50:webp:70", {"format_quality": {"avif": 50, "webp": 70}}),
        ("fq:jpeg:50/fq:jpg:0:png:9", {"format_quality": {"png": 9}}),
        ("mb:50000", {"max_bytes": 50000}),
        ("f:jpeg", {"format": "jpg"}),
        ("ext:jxl", {"format": "jxl"}),
        ("target:high", {"target": 80}),
        ("target:72.5", {"target": 72.5}),
        ("upscale:3", {"upscale": 3}),
    ],
)  # fmt: skip
def test_an_option_means_this(options, changes):
    assert ask(options).transform == TransformOptions(**changes)


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        ("raw:t", "raw", True),
        ("skp:gif:jpeg", "skip_processing", {"gif", "jpg"}),
        ("skp:gif/sp:svg", "skip_processing", {"gif", "svg"}),
        ("cb:v2", "cachebuster", "v2"),
        ("cb:v2/cb:", "cachebuster", ""),
        ("exp:1893456000", "expires", 1893456000),
        ("exp:0", "expires", 0),
        ("fn:my%20cat.jpg", "filename", "my%20cat.jpg"),
        ("fn:bXkgY2F0:1", "filename", "my cat"),
        ("fn:bXkgY2F0:0", "filename", "bXkgY2F0"),
        ("att:1", "attachment", True),
        ("words:1", "words", True),
    ],
)
def test_an_option_for_the_answer_means_this(options, field, value):
    assert getattr(ask(options).response, field) == value


@pytest.mark.parametrize("text", ["1", "t", "T", "true", "TRUE", "True"])
def test_words_for_true_are_those_of_go(text):
    assert ask(f"el:{text}").transform.enlarge


@pytest.mark.parametrize("text", ["0", "f", "false", "", "yes", "tRUE", "on"])
def test_every_other_word_is_false(text):
    assert not ask(f"el:{text}").transform.enlarge


@pytest.mark.parametrize(
    "option",
    [
        *("w:", "w:abc", "w:-1", "w:1.5", "w:1:2", "w:1e3", "w:\u0661", "w: 1", "w:9999999999999999", "h:1_0"),
        *("rs:cover", "rs:fill:x", "rs:fit:1:1:0:0:ce:0:0:0", "s:1:1:0:0:ce:0:0:0", "rt:", "rt:FILL"),
        *("z:0", "z:-1", "z:1:", "z:1:2:3", "dpr:0", "dpr:nan", "dpr:inf", "dpr:1e999", "dpr:0x10"),
        *("g:", "g:north", "g:sm:1", "g:fp", "g:fp:0.1", "g:fp:0.1:", "g:fp:0.1:1.1", "g:re", "g:no:1:2:3", "g:no:a"),
        *("ex:1:sm", "ex:1:", "exar:1:sm", "ex:1:no:1:2:3", "c:", "c:-1", "c:1:-1", "c:1:1:re", "c:1:1:sm:1"),
        *("t:a", "t:10:xyz", "t:10:fff:1:1:1", "pd:-1", "pd:1:2:3:4:5", "pd:1.5", "rot:45", "rot:", "rot:90.0"),
        *("fl:1:1:1", "bg:12345", "bg:#fff", "bg:1:2", "bg:256:0:0", "bg:+1:0:0", "bl:0", "bl:-1", "sh:", "pix:-1"),
        *("wm:", "wm:1.1", "wm:-0.1", "wm:1:sm", "wm:1:fp", "wm:1:ce:a", "wm:1:ce:0:0:0", "wm:1:ce:0:0:1:1"),
        *("q:101", "q:-1", "q:", "fq:avif", "fq:tif:50", "fq:avif:101", "mb:-1", "mb:", "f:", "f:tif", "f:heif"),
        *("f:JPG", "f:exe", "f:jpg:png", "skp:", "skp:exe", "exp:", "exp:soon", "exp:1", "exp:-1", "fn:a:0:b"),
        *("fn:*:1", "cb:a:b", "pr:none", "pr:", "target:best", "target:29", "target:101", "target:nan", "target:"),
        *("upscale:1", "upscale:5", "upscale:2.0", "upscale:", "words:1:2", "nothing:1", ":1", "W:1", "min_width:1"),
    ],
)
def test_an_argument_that_can_not_be_is_refused(option):
    with pytest.raises(InvalidImageUrl, match=r"^Invalid URL: "):
        ask(option)


def test_a_refusal_names_the_option_and_what_it_takes():
    with pytest.raises(InvalidImageUrl) as refused:
        ask("w:300/z:0")
    assert str(refused.value) == "Invalid URL: the option z (zoom): '0' is not above 0. It takes zoom:x:y."


@pytest.mark.parametrize("option", sorted(PRO_OPTIONS))
def test_an_option_of_the_paid_edition_is_named_as_such(option):
    with pytest.raises(InvalidImageUrl, match=f"the option {option} is only supported by imgproxy Pro"):
        ask(f"{option}:1")


@pytest.mark.parametrize("option", ["g:obj:face", "g:objw:face", "wm:1:ch", "f:best", "f:mp4"])
def test_an_argument_of_the_paid_edition_is_named_as_such(option):
    with pytest.raises(InvalidImageUrl, match="only supported by imgproxy Pro"):
        ask(option)


@pytest.mark.parametrize(("source", "said"), [("enc/abc", "encrypted"), ("-/w:1/plain/https://a.example/b", "chains")])
def test_a_source_of_the_paid_edition_is_named_as_such(source, said):
    with pytest.raises(InvalidImageUrl, match=f"{said}.*imgproxy Pro"):
        ask("w:1", source=source)


def test_every_option_has_names_of_its_own():
    assert len(BY_NAME) == sum(1 + len(option.shorts) for option in URL_OPTIONS)
    assert not BY_NAME.keys() & PRO_OPTIONS


def test_a_later_option_takes_the_place_of_an_earlier_one():
    assert ask("rs:fill:300:200/w:100/rt:fit").transform == TransformOptions(width=100, height=200)


def test_a_url_has_no_more_options_than_somebody_needs():
    with pytest.raises(InvalidImageUrl, match="more than 256 options"):
        ask("/".join(["w:1"] * 257))


def test_a_refusal_is_short_and_on_one_line():
    with pytest.raises(InvalidImageUrl) as refused:
        ask(f"w:{chr(0x202E)}{'9' * 5000}")
    assert len(str(refused.value)) < 200
    assert str(refused.value).isprintable()
