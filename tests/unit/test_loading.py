"""Loading of modules without garbage collection."""

import gc

import pytest

from imgopt.loading import garbage_kept


@pytest.fixture(autouse=True)
def _not_frozen():
    yield
    gc.unfreeze()


def test_garbage_is_not_collected_while_modules_are_loaded():
    with garbage_kept():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_loaded_objects_are_exempt_from_collections():
    with garbage_kept():
        loaded: list[object] = []
        loaded.append(loaded)
    assert not any(each is loaded for each in gc.get_objects())


def test_failed_import_turns_collections_on_again():
    with pytest.raises(ImportError), garbage_kept():
        raise ImportError
    assert gc.isenabled()
