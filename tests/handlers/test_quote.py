"""The price of a call before the call: a quote costs nothing and creates no job."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from benchmarks import costs
from cdk.constructs.gpu_options import GpuOptions
from imgopt import clock
from imgopt.imaging.artifact import Artifact, Upscaling
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import repository as jobs
from imgopt.jobs import spending
from imgopt.jobs.model import JobStatus
from imgopt.tagging.model import ImageTags, Usage
from imgopt.upscale.models import Device
from tests import pictures


@pytest.fixture
def ask(client, upload):
    """Asks for a quote, or for jobs, with the same body."""
    uploaded = upload(pictures.jpeg(), "hero.jpg")

    def send(path: str, **settings: object):
        body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": settings}
        return client.post(path, json=body, headers={"X-Session-Token": uploaded["session_token"]})

    return send


@pytest.mark.parametrize(
    "asked",
    [{}, {"output_width": 20}, {"output_upscale_factor": 2}, {"outputs": [{"output_width": 20}, {"output_width": 10}]}],
)
def test_quote_has_the_credits_that_are_charged(ask, asked):
    quoted = ask("/quote", **asked).raise_for_status().json()
    made = ask("/auto", **asked).raise_for_status().json()
    assert (quoted["credits"], quoted["credits_remaining"]) == (made["credits_used"], 20)
    assert quoted["cost_estimate_usd"] == made["jobs"][0]["cost_estimate_usd"]


def test_quote_charges_and_writes_nothing(ask, stored):
    before = stored()
    quoted = ask("/quote").json()
    assert stored() == before
    (image,) = quoted["quotes"]
    assert {name: quoted[name] for name in ("credits", "bytes_expected", "cost_estimate_usd")}.items() <= image.items()
    assert 0 < quoted["bytes_expected"] <= len(pictures.jpeg())


def test_quote_beyond_what_is_left_is_told(ask, monkeypatch):
    assert ask("/quote", outputs=[{"output_width": 8 * each} for each in range(1, 9)]).json()["credits"] == 32


def test_quote_is_refused_for_what_can_not_be_made(ask):
    assert ask("/quote", output_format="ico", output_width=512).status_code == 422
    assert ask("/quote", callback_url="http://127.0.0.1/").status_code == 422


def test_quote_tells_what_has_no_meaning(ask):
    assert ask("/quote", output_qualty=3).json()["warnings"]


def test_quote_tells_what_has_no_effect_as_the_call_does(ask):
    settings = {"keep_animation": True, "write_tags": True}
    told = [ask(path, **settings).json()["warnings"] for path in ("/quote", "/auto")]
    assert told[0] == told[1]
    assert len(told[0]) == 2


@pytest.fixture
def passing_time(monkeypatch):
    """A second passes from one reading of the clock to the next."""
    began, readings = clock.now(), count()
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(seconds=next(readings)))


def test_job_tells_what_it_took(client, ask, passing_time, run_stages):
    job = ask("/auto").json()["jobs"][0]
    run_stages(job["id"])
    done = client.get(f"/status/{job['id']}").json()["job"]
    assert done["cost_estimate_usd"] == spending.job_dollars(jobs.find_all([job["id"]])[0]) > spending.REQUESTS


@pytest.fixture
def completed(submit):
    """A job that took two seconds."""
    job = jobs.find_all([submit(pictures.jpeg())["id"]])[0]
    ends = job.created_at + timedelta(seconds=2)
    return replace(job, started_at=job.created_at, completed_at=ends, result=Artifact("jpg", 9, 9, "jpegli", 80))


def test_dollars_are_those_of_what_was_used(completed):
    plain = spending.job_dollars(completed)
    assert plain == pytest.approx(spending.REQUESTS + 2 * spending.SMALL_GB * spending.GB_SECOND, rel=0.01)
    assert spending.job_dollars(replace(completed, express=False)) == pytest.approx(plain + 0.0001, abs=1e-6)
    words = ImageTags("A dog", ("dog",), "dog", "bedrock:x", usage=Usage(2000, 150, 0.002))
    assert spending.job_dollars(replace(completed, words=words)) == pytest.approx(plain + 0.002, abs=1e-6)


@pytest.mark.parametrize(
    ("device", "second"),
    [(Device.CPU, spending.UPSCALE_GB * spending.GB_SECOND), (Device.CUDA, spending.GPU_SECOND)],
)
def test_seconds_of_a_network_cost_what_it_runs_on(completed, device, second):
    larger = replace(completed.result, upscaling=Upscaling("waifu2x", device.value, 1.0, 1))
    more = second - spending.SMALL_GB * spending.GB_SECOND  # for one of the two seconds
    found = spending.job_dollars(replace(completed, result=larger))
    assert found == pytest.approx(spending.job_dollars(completed) + more, abs=1e-7)


def test_seconds_of_a_gpu_are_those_of_the_instance_that_is_tried_first():
    assert GpuOptions().instance_types[0] == spending.GPU_INSTANCE
    assert spending.GPU_SECOND > 5 * spending.UPSCALE_GB * spending.GB_SECOND


def test_jobs_that_ended_before_they_began_cost_nothing(client, ask):
    made = ask("/auto").json()["jobs"][0]
    assert made["cost_estimate_usd"] > spending.REQUESTS
    jobs.mark_canceled(made["id"], clock.now(), "Canceled.")
    assert client.get(f"/status/{made['id']}").json()["job"]["cost_estimate_usd"] == 0


def test_jobs_that_failed_cost_what_was_done(completed):
    failed = replace(completed, result=None, status=JobStatus.FAILED)
    soon = replace(failed, completed_at=failed.started_at + timedelta(seconds=0.1))
    late = replace(failed, completed_at=failed.started_at + timedelta(hours=1))
    assert spending.job_dollars(soon) == pytest.approx(
        spending.REQUESTS + 0.1 * spending.SMALL_GB * spending.GB_SECOND, abs=1e-7
    )
    assert spending.job_dollars(late) == spending.quote_dollars(failed.source, failed.options)


def test_dollars_leave_out_waiting(completed):
    waited = replace(completed, completed_at=completed.created_at + timedelta(hours=1))
    assert spending.job_dollars(waited) < 0.001


def test_dollars_are_those_that_are_added_up_for_a_thousand_images():
    requests = [charge for charge in costs.CHARGES if "Optimize:" not in charge.what]
    assert sum(charge.dollars for charge in requests) == pytest.approx(spending.REQUESTS, rel=0.02)
    larger, words = (
        sum(each.count for each in charges if "transitions" in each.what) for charges in (costs.LARGER, costs.WORDS)
    )
    assert spending.PLAIN_TRANSITIONS < words <= larger == spending.BRANCH_TRANSITIONS


def test_quote_of_long_work_has_its_transitions():
    from tests.unit.test_express import LONG_ANIMATION, PHOTO

    assert spending.quote_dollars(PHOTO, ProcessingSettings()) < 0.0002
    assert spending.quote_dollars(LONG_ANIMATION, ProcessingSettings()) > 0.0001 + spending.REQUESTS
