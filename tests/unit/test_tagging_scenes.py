"""Tags from classifiers and detectors together, with invented results."""

import pytest

from imgopt.detection.boxes import Box
from imgopt.detection.open_images import KNOWN_THINGS
from imgopt.detection.things import NAMES, Thing
from imgopt.tagging.captions import Findings, describe_findings
from imgopt.tagging.plurals import make_plural
from imgopt.tagging.scenes import Detections, find_scene, read_things
from imgopt.tagging.taxonomy import read_classes
from tests.unit.test_tagging_subjects import look

SCREEN, OSCILLOSCOPE = {"screenshot": 0.3}, {"oscilloscope": 0.7}


def thing(name, score):
    return Thing(name, Box(0.1, 0.1, 0.9, 0.9, score))


def see(*things, scores=(), terms=(), faces=0, lines=0, is_graphic=False, **shares):
    found = [thing(*each) for each in things]
    return Detections([look(**shares)] * 3, found, dict(scores), dict(terms), faces, lines, is_graphic)


def named(*things, **seen):
    found = find_scene(see(*things, **seen))
    return found and found.name


@pytest.mark.parametrize(
    ("scores", "faces", "said"),
    [
        ((0.65,), 0, "person"),
        ((0.55,), 0, None),
        ((0.55,), 1, "person"),
        ((0.45,), 1, None),
        ((), 1, None),
        ((0.9, 0.7), 0, "two people"),
        ((0.9, 0.8, 0.7), 0, "three people"),
        ((0.9, 0.8, 0.7, 0.7), 0, "people"),
        ((0.9, 0.7, 0.4), 0, "people"),
        ((0.9, 0.55), 0, "person"),
        ((0.9, 0.35), 2, "two people"),
        ((0.7, 0.55, 0.5), 3, "three people"),
        ((0.7, 0.5, 0.4), 2, "people"),
        ((0.8, 0.75), 3, "people"),
        ((0.9,), 2, "people"),
    ],
)
def test_people_are_counted_where_that_is_certain(scores, faces, said):
    assert named(*(("person", score) for score in scores), faces=faces) == said


@pytest.mark.parametrize(
    ("seen", "classified", "said"),
    [
        (("laptop", 0.5), {"laptop": 0.3}, "laptop"),
        (("laptop", 0.9), {}, None),
        (("laptop", 0.46), {"laptop": 0.2}, None),
        (("laptop", 0.4), {"laptop": 0.38}, None),
        (("skateboard", 0.85), {}, "skateboard"),
        (("skateboard", 0.75), {}, None),
    ],
)
def test_things_are_named_where_both_networks_see_them(seen, classified, said):
    assert named(seen, **classified) == said


@pytest.mark.parametrize(
    ("scored", "seen", "classified", "said"),
    [
        (0.75, 0, 0, "laptop"),
        (0.65, 0, 0, None),
        (0.45, 0.45, 0, "laptop"),
        (0.45, 0.35, 0, None),
        (0.45, 0, 0.2, "laptop"),
        (0.45, 0, 0.1, None),
        (0.35, 0.5, 0.2, None),
    ],
)
def test_second_detector_is_heard_alone_where_it_is_sure_and_else_beside_another(scored, seen, classified, said):
    assert named(("laptop", seen), scores={"laptop": scored}, laptop=classified) == said


@pytest.mark.parametrize(("seen", "scored", "said"), [(0.4, 0.5, "person"), (0.4, 0.4, None), (0.2, 0.9, None)])
def test_person_is_named_where_both_detectors_together_are_sure(seen, scored, said):
    assert named(("person", seen), scores={"person": scored}) == said


def beside(name, left, score=0.6):
    return Thing(name, Box(left, 0.1, left + 0.3, 0.9, score))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (beside("chair", 0.4), "chairs"),
        (beside("chair", 0.05), "chair"),
        (beside("chair", 0.4, score=0.45), "chair"),
        (beside("couch", 0.4), "chair"),
    ],
)
def test_several_of_a_thing_are_told_from_one_with_two_boxes(other, said):
    seen = Detections([look(rocking_chair=0.3)] * 3, [beside("chair", 0.0), other], {}, {}, 0, 0, is_graphic=False)
    assert find_scene(seen).name == said


@pytest.mark.parametrize(
    ("name", "several"),
    [
        ("wine glass", "wine glasses"), ("bench", "benches"), ("toothbrush", "toothbrushes"), ("knife", "knives"),
        ("mouse", "mice"), ("sheep", "sheep"), ("dining table", "dining tables"), ("bus", "buses"),
    ],
)  # fmt: skip
def test_names_of_several_things_are_plurals(name, several):
    assert make_plural(name) == several


def test_any_screen_is_called_a_screen():
    assert named(("tv", 0.6), television=0.3) == "screen"


@pytest.mark.parametrize(
    ("scored", "classified", "said"), [(0.75, 0.4, "bottle"), (0.75, 0.2, None), (0.65, 0.9, None)]
)
def test_thing_on_a_plain_ground_is_named_where_networks_of_both_kinds_are_sure(scored, classified, said):
    assert named(("bottle", 0.9), scores={"bottle": scored}, is_graphic=True, wine_bottle=classified) == said


def test_thing_beside_a_person_is_named_with_them():
    found = find_scene(see(("person", 0.8), ("laptop", 0.6), laptop=0.3))
    assert (found.name, found.parts) == ("person with laptop", ("person", "laptop"))
    tags = describe_findings(Findings(found, None, {"white": 1.0}, (40, 30)))
    assert tags.alt_text == "Person with laptop. Colours: all white"
    assert tags.keywords[:2] == ("person", "laptop")


def test_shoes_are_not_named_beside_a_person():
    assert named(("person", 0.8), scores={"shoe": 0.9}) == "person"
    assert named(scores={"shoe": 0.9}) == "shoe"


def test_two_kinds_of_things_are_named_together_each_once():
    seen = [("chair", 0.6), ("dining table", 0.55), ("chair", 0.5)]
    assert named(*seen, rocking_chair=0.25, dining_table=0.25) == "chair with dining table"


def test_class_of_the_classifier_is_said_before_a_thing_and_a_thing_before_a_kind():
    assert named(("bowl", 0.6), soup_bowl=0.2, strawberry=0.6) == "strawberry"
    assert named(("motorcycle", 0.7), moped=0.3, motor_scooter=0.3) == "motorcycle"


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({"lines": 20, **SCREEN}, "screenshot"),
        ({"lines": 20, "screenshot": 0.1}, None),
        ({"lines": 2, **SCREEN}, None),
        ({"lines": 0, "screenshot": 0.6}, "screenshot"),
        ({"is_graphic": True, **OSCILLOSCOPE}, "chart"),
        ({"is_graphic": True, "oscilloscope": 0.5}, None),
        ({"is_graphic": True, "strawberry": 0.9}, None),
    ],
)
def test_screens_and_charts_are_told_by_their_class_and_their_text(seen, said):
    assert named(**seen) == said


def test_drawn_people_are_not_named():
    assert named(("person", 0.9), faces=1, is_graphic=True) is None


def test_words_for_people_tell_neither_sex_nor_age():
    assert {name for name in NAMES if name in {"man", "woman", "boy", "girl", "child", "baby"}} == set()
    said = {named(*[("person", 0.9)] * count) for count in range(1, 7)}
    assert said == {"person", "two people", "three people", "people"}


def test_every_thing_has_classes_that_there_are():
    table = read_things()
    assert set(table) == {*NAMES, *filter(None, KNOWN_THINGS)}
    assert all(number < len(read_classes().names) for classes in table.values() for number in classes)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"city": 0.35, "sea": -0.2}, "city"),
        ({"city": 0.25}, None),
        ({"city": 0.35, "sea": 0.4}, "sea"),
        ({"landscape": 0.9, "forest": 0.35}, "forest"),
        ({"landscape": 0.35, "forest": 0.2}, "landscape"),
    ],
)
@pytest.mark.parametrize("is_graphic", [False, True])
def test_term_that_fits_best_is_said_and_a_landscape_where_no_other_fits(terms, said, is_graphic):
    assert named(terms=terms, is_graphic=is_graphic) == said


@pytest.mark.parametrize(
    ("terms", "seen", "said"),
    [
        ({"city": 0.45}, {"lakeshore": 0.3, "beach": 0.3}, "landscape"),
        ({"city": 0.55}, {"lakeshore": 0.3, "beach": 0.3}, "city"),
        ({"building": 0.9}, {"church": 0.3, "mosque": 0.3}, "place of worship"),
        ({"city": 0.9}, {"church": 0.95}, "church"),
    ],
)
def test_term_is_said_in_place_of_a_wider_kind_if_it_is_sure(terms, seen, said):
    assert named(terms=terms, **seen) == said


def test_people_and_things_come_before_terms():
    assert named(("person", 0.8), terms={"city": 0.9}) == "person"
    assert named(("laptop", 0.5), laptop=0.3, terms={"room": 0.9}) == "laptop"


def test_keywords_tell_what_a_term_belongs_to():
    found = find_scene(see(terms={"forest": 0.5}))
    assert describe_findings(Findings(found, None, {}, (800, 600))).keywords[:2] == ("forest", "landscape")
