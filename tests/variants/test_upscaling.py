"""Enlarged images and alt texts, by jobs that an account of the operator pays for."""

from dataclasses import replace

import pytest

from functions.stages import fail
from imgopt import clock
from imgopt.accounts import repository, users
from imgopt.accounts.model import Credential, User
from imgopt.credits import service as accounting
from imgopt.errors import TooCostly
from imgopt.storage import owned
from imgopt.tagging import service as tagging
from imgopt.tagging.model import ImageTags, TaggingFailed
from imgopt.variants import source_jobs
from tests import pictures
from tests.variants.conftest import forget_all

ACCOUNT = "user-operator"


@pytest.fixture
def account(set_up):
    repository.add_user(User(ACCOUNT, None, clock.now()))
    set_up(url_account=ACCOUNT)


def job_ids() -> list[str]:
    return [item["pk"].partition("#")[2] for item in owned.find_all(ACCOUNT) if item["sk"] == "JOB"]


def credits_left() -> int:
    return accounting.balance(users.principal_by_id(ACCOUNT, Credential.API_KEY), clock.now()).remaining


def test_enlarging_is_not_set_up_without_an_account(get):
    answer = get("w:200/upscale:2")
    assert answer.status_code == 501
    assert "IMGOPT_URL_ACCOUNT" in answer.json()["detail"]


def test_image_comes_when_the_job_has_ended(get, account, run_stages, work):
    answer = get("w:200/upscale:2")
    assert (answer.status_code, answer.headers["retry-after"]) == (202, "10")
    assert answer.headers["cache-control"] == "no-store"
    assert get("w:200/upscale:2").status_code == 202
    (job_id,) = job_ids()
    run_stages(job_id)
    answer = get("w:200/upscale:2")
    assert answer.status_code == 200
    image, plan, _, _ = work.asked[0]
    assert (image.width, plan.options.upscale) == (96, 1)


def test_larger_picture_is_made_once_for_all_sizes(get, account, run_stages, clock_at):
    before = credits_left()
    get("w:200/upscale:2")
    spent = before - credits_left()
    run_stages(job_ids()[0])
    assert get("w:200/upscale:2").status_code == 200
    clock_at(days=3)
    forget_all()
    assert get("w:100/upscale:2").status_code == 200
    assert len(job_ids()) == 1
    assert spent > 0


def test_image_as_it_is_comes_meanwhile_where_the_settings_say_so(get, account, set_up, run_stages):
    set_up(url_pending="smaller")
    answer = get("w:40/upscale:2")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "max-age=10, public")
    run_stages(job_ids()[0])
    answer = get("w:40/upscale:2")
    assert answer.headers["cache-control"].startswith("max-age=31536000")


def test_job_that_fails_is_told_and_costs_nothing(get, account):
    before = credits_left()
    get("w:200/upscale:2")
    (job_id,) = job_ids()
    fail.handler({"job_id": job_id, "owner": ACCOUNT, "error": {"Error": "InvalidImage", "Cause": "{}"}}, None)
    answer = get("w:200/upscale:2")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("upscale: ")
    assert credits_left() == before


def test_account_without_credits_is_not_told_of(get, account, set_up):
    set_up(credits_free=0)
    answer = get("w:200/upscale:2")
    assert (answer.status_code, answer.json()) == (429, {"detail": "The credits for this are used up."})


def test_image_without_credits_comes_as_it_is(get, account, set_up, website):
    set_up(credits_free=0, url_pending="smaller")
    for options in ("w:200/upscale:2", "w:20/words:1"):
        answer = get(options)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "max-age=10, public")
        assert "image-alt" not in answer.headers
    assert get("words:1", info=True).json()["alt"] is None


def test_source_without_credits_is_not_kept_for_a_job_each_time(get, account, set_up, monkeypatch):
    set_up(credits_free=0)
    kept, store = [], source_jobs.files.store
    monkeypatch.setattr(source_jobs.files, "store", lambda *given: kept.append(store(*given)) or kept[-1])
    assert [get("w:200/upscale:2").status_code for _ in range(3)] == [429] * 3
    assert len(kept) == 1


def test_blocked_account_pays_nothing(get, account):
    user = repository.find_user(ACCOUNT)
    assert replace(user) == user
    repository.change_access(ACCOUNT, user.access, type(user.access).BLOCKED)
    assert get("w:200/upscale:2").status_code == 501


class Tagger:
    def __init__(self, *said: str) -> None:
        self.said = said

    def tag(self, *_: object) -> ImageTags:
        if not self.said:
            raise TaggingFailed("Nothing can be said of it.")
        return ImageTags(self.said[0], ("cat",), "a-cat", "test")


def test_alt_text_comes_with_the_image(get, account, run_stages, monkeypatch):
    monkeypatch.setattr(tagging, "tagger", lambda: Tagger("A cat, é."))
    first = get("w:20/words:1")
    assert (first.status_code, "image-alt" in first.headers) == (200, False)
    assert first.headers["cache-control"] == "max-age=10, public"
    (job_id,) = job_ids()
    run_stages(job_id)
    answer = get("w:20/words:1")
    assert answer.headers["image-alt"] == "A%20cat%2C%20%C3%A9."
    assert answer.headers["cache-control"].startswith("max-age=31536000")
    assert get("w:20/words:1", info=True).json()["alt"] == "A cat, é."
    assert len(job_ids()) == 1


def test_image_of_which_nothing_can_be_said_has_no_alt_text(get, account, run_stages, monkeypatch):
    monkeypatch.setattr(tagging, "tagger", Tagger)
    get("w:20/words:1")
    run_stages(job_ids()[0])
    answer = get("w:20/words:1")
    assert (answer.status_code, "image-alt" in answer.headers) == (200, False)
    assert answer.headers["cache-control"] == "max-age=3600, public"


class TestLongWork:
    """Work that takes longer than an answer may is done by a job, if a job can do it."""

    @pytest.fixture(autouse=True)
    def too_long(self, work):
        work.error = TooCostly("This image takes too long to process.")

    def test_job_makes_what_takes_too_long(self, get, account, run_stages, work):
        answer = get("w:24/f:webp/q:60")
        assert (answer.status_code, answer.headers["retry-after"]) == (202, "10")
        assert get("w:24/f:webp/q:60").status_code == 202
        (job_id,) = job_ids()
        run_stages(job_id)
        answer = get("w:24/f:webp/q:60")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert pictures.open_image(answer.content).size == (24, 16)
        assert len(work.asked) == 1

    def test_options_that_jobs_do_not_know_are_refused(self, get, account):
        answer = get("w:24/bl:3")
        assert answer.status_code == 422
        assert "too long" in answer.json()["detail"]
        assert not job_ids()

    def test_image_that_takes_too_long_is_refused_without_an_account(self, get):
        assert get("w:24").status_code == 422
