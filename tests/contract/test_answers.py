"""Answers that generated requests don't reach: each occurs, and conforms to the document."""

import pytest

from imgopt.errors import Unavailable
from imgopt.settings import settings
from tests.contract.fixtures import AWAITED, OLD_AWAITED, OLD_UPLOAD, PICTURE, UPLOAD
from tests.contract.requests import (
    COMPLETED,
    EXPIRED,
    QUEUED,
    UNKNOWN,
    Asked,
    about,
    completing,
    having,
    owning,
    submitting,
    uploading,
)
from tests.contract.rules import load


def answer(operation: str, request: Asked) -> int:
    """The status of an answer that has passed all checks."""
    from schemathesis.checks import not_a_server_error  # as in rules.load

    method, path = operation.split()
    case = load()[path][method].Case(**request)
    return case.call_and_validate(excluded_checks=[not_a_server_error], allow_redirects=False).status_code


@pytest.mark.parametrize(
    ("operation", "request_", "status"),
    [
        ("GET /download/{job_id}", about(COMPLETED, Range="bytes=0-3"), 206),
        ("GET /download/{job_id}", about(COMPLETED, Range="bytes=9999-"), 416),
        ("GET /download/{job_id}", about(COMPLETED, If_None_Match="*"), 304),
        ("GET /download/{job_id}", about(QUEUED), 400),
        ("GET /download/{job_id}", about(EXPIRED), 410),
        ("GET /download/{job_id}", about(UNKNOWN), 404),
        ("GET /download/{job_id}/url", about(QUEUED), 400),
        ("GET /download/{job_id}/url", about(EXPIRED), 410),
        ("GET /download/{job_id}/url", about(UNKNOWN), 404),
        ("GET /status/{job_id}", about(UNKNOWN), 404),
        ("GET /status/{job_id}/stream", about(UNKNOWN), 404),
        ("GET /status/{job_id}/stream", about(COMPLETED, Last_Event_ID="3"), 204),
        ("GET /status/stream", having({"query": {"job_ids": [UNKNOWN]}}, Last_Event_ID="3"), 204),
        ("POST /auto", having(submitting(), Authorization="Bearer x"), 401),
        ("POST /auto", having(submitting(), X_Session_Token="invented"), 404),
        ("POST /auto", submitting(OLD_UPLOAD), 410),
        ("POST /auto", submitting(output_format="ico", output_width=512), 422),
        ("POST /upload", uploading("no image"), 415),
        ("POST /upload", uploading(PICTURE[:40]), 400),
        ("POST /upload", having(uploading(PICTURE), Authorization="Bearer x"), 401),
        ("POST /upload/complete", completing(AWAITED), 400),
        ("POST /upload/complete", completing(OLD_AWAITED), 410),
    ],
)
def test_an_answer_is_as_documented(service, operation, request_, status):
    assert answer(operation, request_) == status


@pytest.mark.parametrize(
    ("limit", "operation", "request_", "status"),
    [
        ("INLINE_DOWNLOAD_BYTES", "GET /download/{job_id}", about(COMPLETED), 307),
        ("MAX_UPLOAD_BYTES", "POST /upload", uploading(PICTURE), 413),
        ("MAX_PIXELS", "POST /auto", submitting(output_format="png"), 413),
        ("CREDITS_UNREGISTERED", "POST /auto", owning({"temp_file_ids": [UPLOAD] * 4}), 429),
    ],
)
@pytest.mark.usefixtures("service")
def test_requests_over_a_limit_are_answered_as_documented(monkeypatch, limit, operation, request_, status):
    monkeypatch.setenv(f"IMGOPT_{limit}", "9")
    settings.cache_clear()
    assert answer(operation, request_) == status


@pytest.mark.parametrize("operation", ["GET /status", "GET /status/{job_id}", "GET /download/{job_id}"])
def test_failure_of_storage_is_answered_as_documented(service, monkeypatch, operation):
    def fail(_):
        raise Unavailable("Storage is busy. Please try again.")

    monkeypatch.setattr("imgopt.jobs.repository.find_all", fail)
    assert answer(operation, {**about(COMPLETED), "query": {"job_ids": [COMPLETED]}}) == 503
