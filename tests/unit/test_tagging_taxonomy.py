"""The hand-made table of kinds, and its consistency."""

import tomllib

from imgopt.tagging import taxonomy
from imgopt.tagging.taxonomy import NamingThreshold, read_classes

CATS, DOGS = range(281, 286), range(151, 269)


def names_of(number):
    return [kind.name for kind in read_classes().kinds[number].line()]


def test_classes_each_have_a_name_and_a_single_kind():
    classes = read_classes()
    assert len(classes.names) == len(classes.kinds) == 1000
    tables = tomllib.loads((taxonomy.HERE / "taxonomy.toml").read_text())["kinds"]
    assert sum(1 for _ in taxonomy._read_kinds(tables)) == 1000


def test_names_are_plain():
    """Names become parts of sentences and keywords. None of them alone makes an alt text too long."""
    for name in read_classes().names:
        assert name
        assert not set(name) & set("()/,;|")
        assert len(name) <= 32


def test_kinds_belong_to_wider_ones():
    assert names_of(207) == ["dog", "animal"]
    assert names_of(323) == ["butterfly", "insect", "animal"]
    assert names_of(817) == ["car", "vehicle"]


def test_cats_are_never_told_by_their_breed():
    assert {read_classes().kinds[number].named for number in CATS} == {NamingThreshold.NEVER}
    assert {names_of(number)[0] for number in CATS} == {"cat"}


def test_dogs_are_told_by_their_breed_only_where_that_is_sure():
    assert {read_classes().kinds[number].named for number in DOGS} == {NamingThreshold.SURE}
    assert {names_of(number)[0] for number in DOGS} == {"dog"}
