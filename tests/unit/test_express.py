"""The jobs of the express machine, and the age from which an execution counts as dead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from imgopt.codecs.format import ImageHeader
from imgopt.credits.budgets import budget_for_pixels
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs.express import MOST_CPU_SECONDS, fits_express, is_abandoned
from imgopt.jobs.model import Job, JobStatus
from imgopt.settings import settings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PHOTO = ImageHeader("jpg", "image/jpeg", 4000, 3000)
LONG_ANIMATION = ImageHeader("gif", "image/gif", 800, 600, frames=100, fps=10)
SHORT_ANIMATION = replace(LONG_ANIMATION, width=320, height=240, frames=20)
DRAWING = ImageHeader("svg", "image/svg+xml", 300, 200)
JOB = Job("1", "guest", "2", JobStatus.QUEUED, "a.png", "uploads/2", 9, PHOTO, ProcessingSettings(), "auto", NOON, NOON)


@pytest.mark.parametrize(
    ("image", "asked"),
    [
        (PHOTO, {}),
        (PHOTO, {"output_format": "avif", "output_width": 800}),
        (PHOTO, {"output_format": "auto"}),
        (PHOTO, {"output_upscale_factor": 0.5}),
        (replace(PHOTO, width=10_000, height=10_000), {}),
        (SHORT_ANIMATION, {}),
        (LONG_ANIMATION, {"output_format": "jpg"}),  # one frame of it
        (DRAWING, {"output_upscale_factor": 3}),
    ],
)
def test_work_that_ends_in_five_minutes_is_express(image, asked):
    assert fits_express(image, ProcessingSettings(**asked))


@pytest.mark.parametrize(
    ("image", "asked"),
    [
        (PHOTO, {"output_upscale_factor": 2}),
        (PHOTO, {"output_seo_tag_gen": True}),
        (PHOTO, {"output_seo_rename": True}),
        (LONG_ANIMATION, {}),
        (PHOTO, {"outputs": [{"output_width": 100 * each} for each in range(1, 5)]}),
        (replace(PHOTO, has_manifest=True), {}),
    ],
)
def test_networks_words_signatures_and_long_work_are_not_express(image, asked):
    assert not fits_express(image, ProcessingSettings(**asked))


def test_express_jobs_have_the_budget_of_others(monkeypatch):
    """The budget is not reduced to what fits: the other machine processes jobs that have paid for more."""
    monkeypatch.setenv("IMGOPT_CPU_SECONDS_PER_CREDIT", "60")
    settings.cache_clear()
    assert budget_for_pixels(PHOTO, ProcessingSettings()).cpu_seconds > MOST_CPU_SECONDS
    assert not fits_express(PHOTO, ProcessingSettings())
    settings.cache_clear()


@pytest.mark.parametrize(("seconds", "abandoned"), [(59, False), (60, True)])
def test_job_without_an_execution_is_abandoned_after_a_minute(seconds, abandoned):
    assert is_abandoned(replace(JOB, dispatched_at=NOON), NOON + timedelta(seconds=seconds)) is abandoned


@pytest.mark.parametrize(("seconds", "abandoned"), [(309, False), (310, True)])
def test_job_with_an_execution_is_abandoned_when_that_must_be_over(seconds, abandoned):
    job = replace(JOB, dispatched_at=NOON, held_by="a", started_at=NOON + timedelta(seconds=30))
    assert is_abandoned(job, NOON + timedelta(seconds=30 + seconds)) is abandoned


def test_job_that_was_not_dispatched_is_abandoned_at_once():
    assert is_abandoned(JOB, NOON)
