"""The best format of an image: the formats that may be chosen, those that are tried, and the result."""

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw
from pydantic import ValidationError

from imgopt.codecs.capabilities import Content
from imgopt.codecs.format import ImageHeader
from imgopt.errors import InvalidRequest
from imgopt.imaging import accept, best_format
from imgopt.imaging.artifact import Artifact, ArtifactFile, Candidate
from imgopt.imaging.best_format import Trial, choose_trial, make_best
from imgopt.imaging.candidates import candidates_for, possible_settings
from imgopt.imaging.effects import NO_RECONSTRUCTION, find_without_effect
from imgopt.imaging.kinds import DRAWING_ALONE, PHOTO_ALONE, UNDECIDED_STILL, contents_seen
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import check_image, is_repacked, processed_frames
from imgopt.imaging.sandboxed import possible_formats
from imgopt.imaging.steps import scored
from imgopt.imaging.steps.target import search
from imgopt.sandbox.budget import Budget, Meter
from tests import pictures

PHOTO = ImageHeader("jpg", "image/jpeg", 400, 300)
COMMON = ["avif", "gif", "jpg", "png", "svg", "webp"]


def auto(**settings: object) -> ProcessingSettings:
    return ProcessingSettings.model_validate({"output_format": "auto", **settings})


def formats(found: list[ProcessingSettings]) -> list[str]:
    return [each.output_format.value for each in found]


@pytest.mark.parametrize(
    ("media_types", "expected"),
    [
        (None, COMMON),
        (("*/*",), COMMON),
        (("image/jpeg",), ["jpg"]),
        (("image/avif", "image/webp"), ["avif", "webp"]),
        (("image/webp", "image/*"), COMMON),
    ],
    ids=str,
)
def test_formats_are_accepted_by_their_media_types(media_types, expected):
    assert sorted(accept.accepted_formats(media_types)) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("image/avif,image/webp,image/apng,*/*;q=0.8", ("image/avif", "image/webp")),
        ("IMAGE/WebP ; q=0.5 , image/*", ("image/webp", "image/*")),
        ("image/avif;q=0, image/png", ("image/png",)),
        ("image/avif;q=x, image/png", ("image/png",)),
        ("image/avif; q = 0.0, image/png", ("image/png",)),
        (
            "image/webp, image/avif;q=0, image/*",
            ("image/webp", "image/jpeg", "image/png", "image/gif", "image/svg+xml"),
        ),
        ("image/avif;q=0, image/webp;q=0, */*", ("image/jpeg", "image/png", "image/gif", "image/svg+xml")),
        ("image/webp, image/*;q=0", ("image/webp",)),
        ("*/*", None),
        ("image/*", None),
        ("application/json", None),
        ("", None),
        (",;,;;q=", None),
    ],
)
def test_accept_header_counts_where_it_names_a_format(header, expected):
    assert accept.read_accept_header(header) == expected


@pytest.mark.parametrize("media_type", ["image/psd", "jpeg", "", "text/html"])
def test_media_type_that_is_not_known_is_refused_naming_those_that_are(media_type):
    with pytest.raises(ValidationError, match="image/avif"):
        auto(accept=[media_type])


@pytest.mark.parametrize(
    ("content", "has_alpha", "media_types", "expected"),
    [
        (Content.PHOTO, False, None, ["avif", "jpg"]),
        (Content.PHOTO, True, None, ["avif"]),
        (Content.DRAWING, True, None, ["avif", "png", "webp"]),
        (Content.ANIMATION, False, None, ["avif", "gif", "webp"]),
        (Content.PHOTO, False, ("image/webp",), ["webp"]),
        (Content.PHOTO, False, ("image/webp", "image/jpeg"), ["jpg"]),
        (Content.PHOTO, True, ("image/webp", "image/jpeg"), ["webp"]),
        (Content.PHOTO, True, ("image/jpeg",), ["jpg"]),
    ],
    ids=str,
)
def test_formats_that_suit_what_is_seen_are_tried(content, has_alpha, media_types, expected):
    found = formats(candidates_for(PHOTO, auto(accept=media_types), {content}, has_alpha))
    assert sorted(found) == expected


def test_formats_that_take_the_least_time_are_tried_first():
    assert formats(candidates_for(PHOTO, auto(), PHOTO_ALONE, False)) == ["jpg", "avif"]


def test_drawing_is_tried_without_loss_where_that_is_smallest():
    options = auto(output_quality_target="high")
    (webp,) = (each for each in candidates_for(PHOTO, options, DRAWING_ALONE, False) if each.output_format == "webp")
    assert (webp.output_quality, webp.output_quality_target) == (100, None)


def test_animation_stays_one_where_a_format_for_it_is_accepted():
    moving = ImageHeader("gif", "image/gif", 40, 30, frames=5)
    assert processed_frames(moving, auto()) == 5
    assert processed_frames(moving, auto(accept=["image/jpeg"])) == 1


def test_image_that_no_accepted_format_can_hold_is_refused_before_it_is_charged():
    with pytest.raises(InvalidRequest, match="accepted"):
        check_image(PHOTO, auto(accept=["image/svg+xml"]))


def test_image_is_taken_where_one_of_the_formats_can_be_made():
    wide = ImageHeader("png", "image/png", 20_000, 10)
    check_image(wide, auto(accept=["image/webp", "image/png"]))  # WebP has no such sides
    with pytest.raises(InvalidRequest):
        check_image(wide, auto(accept=["image/webp"]))


@pytest.mark.parametrize("source", ["jpg", "png", "gif", "svg", "heic"])
def test_formats_that_a_sandbox_may_answer_are_all_that_are_tried(source):
    image = ImageHeader(source, "", 40, 30)
    asked = {each for content in Content for alpha in (False, True) for each in _tried(image, content, alpha)}
    assert asked - {"gif"} <= possible_formats(image, auto()) | {"gif"}


def _tried(image, content, has_alpha):
    return formats(candidates_for(image, auto(), {content}, has_alpha)) if content is not Content.ANIMATION else []


def test_settings_with_a_format_are_the_only_ones_that_are_possible():
    options = ProcessingSettings(output_format="webp")
    assert possible_settings(PHOTO, options) == (options,)


def test_quality_beside_a_target_has_no_effect():
    options = auto(output_quality=50, output_quality_target="high")
    assert find_without_effect(PHOTO, options) == ["output_quality has no effect together with output_quality_target."]


class Maker:
    """Makes results of these bytes and scores by format."""

    def __init__(self, **known: tuple[int, float | None]) -> None:
        self.known, self.asked, self.rivals, self.side = known, [], [], 3

    def __call__(self, options: ProcessingSettings, rival: int | None) -> ArtifactFile:
        name = options.output_format.value
        self.rivals.append(rival)
        self.asked.append((name, options.output_quality_target))
        size, score = self.known[name]
        return ArtifactFile(Artifact(name, self.side, self.side, "encoder", 80, score=score), bytes(size))


def best_of(make: Maker, options: ProcessingSettings | None = None) -> ArtifactFile:
    settings = options or auto()
    return make_best(make, [settings.model_copy(update={"output_format": name}) for name in _members(make)], settings)


def _members(make: Maker):
    return [type(auto().output_format)(name) for name in make.known]


def test_smallest_of_those_that_look_as_asked_is_taken():
    options = auto(output_quality_target=80)
    assert best_of(Maker(jpg=(900, 80.3), avif=(500, 81.0), webp=(300, 71.0)), options).artifact.format == "avif"


def test_the_one_that_looks_best_is_taken_where_none_looks_as_asked():
    made = best_of(Maker(jpg=(900, 70.3), avif=(500, 66.0)), auto(output_quality_target=90))
    assert made.artifact.format == "jpg"


def test_smallest_is_taken_where_nothing_was_scored():
    assert best_of(Maker(jpg=(900, None), avif=(500, None))).artifact.format == "avif"


def test_formats_are_tried_at_the_score_that_is_asked_for():
    make = Maker(jpg=(900, 80.0), avif=(500, 80.0))
    best_of(make, auto(output_quality_target="high"))
    assert make.asked == [("jpg", 80.0), ("avif", 80.0)]


def test_formats_are_tried_knowing_the_smallest_that_looks_as_asked():
    make = Maker(jpg=(900, 80.0), webp=(300, 60.0), avif=(500, 80.0), png=(700, 80.0))
    best_of(make, auto(output_quality_target=80))
    assert make.rivals == [None, 900, 900, 500]


def test_search_is_not_given_up_under_a_limit():
    make = Maker(jpg=(900, 80.0), avif=(500, 80.0))
    best_of(make, auto(output_quality_target=80, output_file_size_limit=1000))
    assert make.rivals == [None, None]


def test_formats_are_tried_at_the_score_that_the_quality_usually_has():
    make = Maker(jpg=(900, 80.0), avif=(500, 80.0))
    best_of(make, auto(output_quality=80))
    assert {target for _, target in make.asked} == {best_format.usual_score(80)}


def test_formats_are_compared_without_loss_at_quality_100():
    make = Maker(png=(900, 100.0), webp=(500, 100.0))
    best_of(make, auto(output_quality=100))
    assert {target for _, target in make.asked} == {None}


def test_formats_that_were_tried_are_told():
    tried = best_of(Maker(jpg=(900, 80.0), avif=(500, None))).artifact.candidates
    assert [(each.format, each.bytes, each.score) for each in tried] == [("jpg", 900, 80.0), ("avif", 500, None)]
    assert all(isinstance(each, Candidate) and each.milliseconds >= 0 for each in tried)


def test_no_more_formats_are_tried_than_the_budget_allows(monkeypatch):
    monkeypatch.setattr(best_format.budget, "current", lambda: Meter(Budget(0.0, 1), clock=lambda: 0.0))
    monkeypatch.setattr(best_format.time, "process_time", iter(range(10)).__next__)
    make = Maker(jpg=(900, 80.0), avif=(500, 80.0))
    made = best_of(make)
    assert (made.artifact.format, made.artifact.warning) == ("jpg", best_format.NOT_ALL_TRIED)


def test_no_slower_format_is_begun_than_the_budget_allows(monkeypatch):
    meter = Meter(Budget(10.0, 1), clock=lambda: 0.0)
    monkeypatch.setattr(best_format.budget, "current", lambda: meter)
    monkeypatch.setattr(best_format.time, "process_time", lambda: 0.0)
    make = Maker(jpg=(900, 80.0), avif=(500, 80.0))
    make.side = 10_000
    assert best_of(make).artifact.warning == best_format.NOT_ALL_TRIED


def trial(name: str, score: float, size: int, side: int = 40) -> Trial:
    return Trial(ArtifactFile(Artifact(name, side, side, "e", 80, score=score), bytes(size)), 1)


def test_the_one_that_looks_best_under_a_limit_is_taken():
    trials = [trial("jpg", 70, 90), trial("avif", 76, 95), trial("png", 99, 200)]
    assert choose_trial(trials, 80, 100).made.artifact.format == "avif"


def test_result_that_a_limit_has_made_much_smaller_does_not_look_best():
    trials = [trial("jpg", 55, 90), trial("gif", 93, 95, side=20)]
    assert choose_trial(trials, 80, 100).made.artifact.format == "jpg"


def test_smallest_is_taken_where_none_meets_the_limit():
    assert choose_trial([trial("gif", 90, 200), trial("webp", 50, 150)], 80, 100).made.artifact.format == "webp"


def test_lossless_result_is_taken_at_quality_100():
    made = best_of(Maker(avif=(300, 94.0), webp=(500, 100.0), png=(600, 100.0)), auto(output_quality=100))
    assert made.artifact.format == "webp"


@pytest.mark.parametrize("source", ["jpg", "jxl"])
def test_reconstruction_of_a_jpeg_has_no_effect(source):
    image, options = replace(PHOTO, format=source), auto(jpeg_reconstruction=True, accept=["image/jxl", "image/jpeg"])
    assert not any(is_repacked(image, each) for each in possible_settings(image, options))
    assert find_without_effect(image, options) == [NO_RECONSTRUCTION]


def bars(width: int = 320, height: int = 240) -> Image.Image:
    image = Image.new("RGB", (160, 120), "white")
    pen = ImageDraw.Draw(image)
    for step in range(6):
        pen.rectangle((10 + 22 * step, 20, 25 + 22 * step, 100 - 8 * step), fill=("navy", "crimson", "gold")[step % 3])
    return image.resize((width, height))


def drawing() -> bytes:
    return pictures.encode(bars(), "PNG")


def noise(width: int, height: int) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((width, height), 60) for _ in range(3)])


def test_noise_is_a_photo():
    assert contents_seen(noise(320, 240)) == PHOTO_ALONE


def test_plain_areas_of_few_colours_are_a_drawing():
    assert contents_seen(bars()) == DRAWING_ALONE


def test_small_drawing_is_not_decided():
    assert contents_seen(bars(160, 120)) == UNDECIDED_STILL


def test_drawing_in_shades_is_not_decided():
    shade = Image.linear_gradient("L")
    colors = Image.merge("RGB", [shade, shade.rotate(90), shade.rotate(180)])
    assert contents_seen(colors.resize((2048, 2048), Image.Resampling.NEAREST)) == UNDECIDED_STILL


def test_photo_in_a_page_is_not_decided():
    page = bars(640, 480)
    page.paste(noise(160, 160), (300, 200))
    assert contents_seen(page) == UNDECIDED_STILL


def test_formats_of_both_kinds_are_tried_where_that_is_not_decided():
    found = candidates_for(PHOTO, auto(output_quality_target="high"), UNDECIDED_STILL, False)
    assert {each.output_format.value for each in found} == {"jpg", "avif", "png", "webp"}
    assert {each.output_quality_target for each in found} == {80.0}


def test_drawing_becomes_the_smallest_of_what_suits_it():
    made = pictures.run(drawing(), output_format="auto")
    assert {each.format for each in made.candidates} == {"png", "webp", "avif"}
    assert len(made.data) == min(each.bytes for each in made.candidates)


def test_search_in_a_format_knows_what_the_one_before_it_took(monkeypatch):
    rivals = []

    def record(*asked):
        rivals.append(asked[-1].rival)
        return search(*asked)

    monkeypatch.setattr(scored, "search", record)
    without_loss, *_ = pictures.run(drawing(), output_format="auto", output_quality_target=80).candidates
    assert rivals[0] == without_loss.bytes


def test_original_is_given_back_where_it_is_accepted_and_smaller():
    data = pictures.run(drawing(), output_format="webp", output_quality=100).data
    made = pictures.run(data, output_format="auto")
    assert made.original_returned or len(made.data) < len(data)


def test_animation_becomes_the_smallest_animation():
    made = pictures.run(pictures.gif(frames=3), output_format="auto")
    assert made.frames == 3
    assert {each.format for each in made.candidates} == {"gif", "webp", "avif"}


def test_drawing_by_shapes_stays_one_where_that_is_accepted():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30"/></svg>'
    assert pictures.run(svg, output_format="auto").format == "svg"
    assert pictures.run(svg, output_format="auto", accept=["image/png"]).format == "png"
