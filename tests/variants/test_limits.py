"""The number of images that may be made, and the counts of usage."""

import pytest

from imgopt.errors import Unavailable
from imgopt.variants import usage
from local import operators
from tests.variants.conftest import forget_all


@pytest.fixture(autouse=True)
def counter(monkeypatch):
    monkeypatch.setattr(usage.counter, "_counts", type(usage.counter._counts)())


def statuses(get, count: int, **more: str) -> list[int]:
    return [get(f"w:{width}", **more).status_code for width in range(1, count + 1)]


def test_sizes_of_one_source_have_a_limit(get, set_up):
    set_up(rate_url_variants=5)
    assert statuses(get, 8) == [200] * 5 + [429] * 3
    assert get("w:3").status_code == 200


def test_ten_thousand_sizes_make_no_ten_thousand_images(get, set_up, work):
    set_up(rate_url_variants=20)
    for width in range(1, 41):
        get(f"w:{width}")
    assert len(work.asked) == 20


def test_new_images_of_one_key_have_a_limit(get, set_up):
    set_up(rate_url_misses_by_key=3)
    assert statuses(get, 5) == [200] * 3 + [429] * 2


def test_new_images_for_one_address_have_a_limit(get, set_up, clock_at):
    set_up(rate_url_misses_by_address=3)
    answer = [get(f"w:{width}") for width in range(1, 6)][-1]
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    clock_at(minutes=1)
    assert get("w:9").status_code == 200


def test_images_that_are_there_have_no_limit(get, set_up):
    set_up(rate_url_misses_by_key=1)
    for _ in range(20):
        forget_all()
        assert get("w:20").status_code == 200


def test_use_of_a_key_is_counted_by_day(get):
    sent = sum(len(get(options).content) for options in ("w:20", "w:20", "w:10"))
    get("w:20", source="http://127.0.0.1:1/none.jpg")
    usage.counter.write()
    usage.counter.write()
    (told,) = usage.read_all()
    assert (told.hits, told.misses, told.errors, told.sent_bytes) == (1, 2, 1, sent)
    assert told.key_name


def test_use_that_can_not_be_written_is_written_later(get, monkeypatch):
    get("w:20")
    with monkeypatch.context() as broken:
        broken.setattr(usage.table, "add", failing(Unavailable("Try again.")))
        usage.counter.write()
    usage.counter.write()
    assert usage.read_all()[0].misses == 1


def failing(error: Exception):
    def fail(*_: object) -> None:
        raise error

    return fail


def test_operator_sees_the_use(get, capsys, monkeypatch):
    get("w:20")
    usage.counter.write()
    monkeypatch.setattr(operators.installation, "use_local", lambda: None)
    assert operators.main(["images", "usage", "--local"]) == 0
    assert " 1 " in capsys.readouterr().out
