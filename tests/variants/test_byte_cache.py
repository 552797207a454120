"""The cache of the last used variants, with a limit in bytes."""

from imgopt.variants.byte_cache import ByteCache


def filled(most: int, *keys: str) -> ByteCache[str]:
    cache: ByteCache[str] = ByteCache(lambda: most)
    for key in keys:
        cache.put(key, key.upper(), 10)
    return cache


def test_value_is_kept():
    assert filled(40, "a").get("a") == "A"


def test_bytes_have_a_limit():
    cache = filled(40, *"abcdefgh")
    assert cache.size == 40
    assert [cache.get(key) for key in "abcdefgh"] == [None] * 4 + list("EFGH")


def test_least_recently_used_goes_first():
    cache = filled(40, *"abcd")
    cache.get("a")
    cache.put("e", "E", 10)
    assert (cache.get("a"), cache.get("b")) == ("A", None)


def test_large_value_does_not_take_the_place_of_others():
    cache = filled(40, "a")
    cache.put("large", "L", 11)
    assert (cache.get("a"), cache.get("large")) == ("A", None)


def test_value_in_place_of_another_is_counted_once():
    assert filled(40, "a", "a", "a").size == 10


def test_emptied_cache_has_no_bytes():
    cache = filled(40, "a")
    cache.clear()
    assert (cache.get("a"), cache.size) == (None, 0)
