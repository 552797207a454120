"""Tags from classifiers, with invented probabilities."""

import pytest

from imgopt.tagging.subjects import find_class, find_kind
from imgopt.tagging.taxonomy import read_classes

DOG, CAT = ("dog", ("animal",)), ("cat", ("animal",))


def look(**shares):
    """Probabilities of classes by name, with _ for spaces and dashes; what is left is spread over all the others."""
    names = [name.replace(" ", "_").replace("-", "_") for name in read_classes().names]
    probabilities = [(1 - sum(shares.values())) / (len(names) - len(shares))] * len(names)
    for name, share in shares.items():
        probabilities[names.index(name)] = share
    return probabilities


def find(*looks):
    seen = [look(**each) for each in looks]
    found = find_class(seen) or find_kind(seen)
    return (found.name, found.broader) if found else None


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"strawberry": 0.6}, ("strawberry", ("fruit", "food"))),
        ({"strawberry": 0.35}, None),
        ({"strawberry": 0.3, "fig": 0.3}, ("fruit", ("food",))),
        ({"strawberry": 0.3, "cheeseburger": 0.3}, ("food", ())),
        ({"strawberry": 0.3, "mountain": 0.3}, None),
        ({"palace": 0.3, "castle": 0.3}, ("building", ())),
        ({"umbrella": 0.6}, ("umbrella", ())),
        ({"envelope": 0.6}, None),
        ({"envelope": 0.9}, ("envelope", ())),
        ({"monitor": 0.3, "joystick": 0.3}, None),
        ({"tench": 0.12, "hen": 0.12, "tick": 0.12}, None),
        ({"tench": 0.25, "hen": 0.25, "tick": 0.25}, ("animal", ())),
    ],
)
def test_a_subject_is_said_as_narrowly_as_is_certain(shares, said):
    assert find(shares) == said


def test_board_of_electronics_is_not_called_the_modem_that_it_looks_like():
    assert find({"modem": 0.95}) is None


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"Golden_Retriever": 0.84}, DOG),
        ({"Golden_Retriever": 0.86}, ("Golden Retriever", ("dog", "animal"))),
        ({"Golden_Retriever": 0.3, "pug": 0.3}, DOG),
        ({"Siamese_cat": 0.99}, CAT),
        ({"Siamese_cat": 0.3, "tabby_cat": 0.3}, CAT),
        ({"Siamese_cat": 0.3, "pug": 0.3}, ("animal", ())),
    ],
)
def test_breeds_are_for_dogs_and_for_those_that_are_sure(shares, said):
    assert find(shares) == said


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"moped": 0.9}, ("motorbike", ("vehicle",))),
        ({"daisy": 0.9}, ("flower", ("plant",))),
        ({"laptop": 0.6}, ("laptop", ("computer equipment",))),
        ({"screenshot": 0.6}, ("screenshot", ())),
        ({"spiral": 0.99}, None),
        ({"T_shirt": 0.3, "jeans": 0.4}, None),
    ],
)
def test_subjects_with_few_classes_are_named_by_their_kind_or_not_at_all(shares, said):
    assert find(shares) == said


def test_looks_have_to_agree():
    sure, blind = {"coffee": 0.9}, {"coffee": 0.15}
    assert find(sure, sure, {"coffee": 0.35}) == ("coffee", ("drink",))
    assert find(sure, sure, blind) is None


def test_mean_probability_of_the_looks_counts():
    assert find({"lion": 0.7}, {"lion": 0.45}) == ("lion", ("wild cat", "animal"))
    assert find({"lion": 0.5}, {"lion": 0.35, "tiger": 0.3}) == ("wild cat", ("animal",))


def test_noise_has_no_subject():
    assert find_kind([[0.001] * 1000]) is None
