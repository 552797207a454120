"""Status streams as Server-Sent Events."""

import asyncio
import json
from uuid import uuid4

import pytest

from functions.stages import fail
from imgopt.jobs import watching
from imgopt.jobs.model import JobStatus
from imgopt.settings import settings
from tests import pictures
from tests.handlers.sse import parse


@pytest.fixture
def completed(submit, run_stages):
    job = submit(pictures.png(), output_format="webp")
    run_stages(job["id"])
    return job["id"]


@pytest.fixture
def impatient(monkeypatch):
    """Streams that end soon; longer than a busy machine needs for the first read."""
    monkeypatch.setenv("IMGOPT_STREAM_SECONDS", "0.8")
    settings.cache_clear()


def test_a_completed_job_is_one_event_with_its_results(client, completed):
    answer = client.get(f"/status/{completed}/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    ((name, data, _),) = parse(answer.text)
    assert name == "complete"
    assert (data["job_id"], data["status"], data["error"]) == (completed, "completed", None)
    assert (data["processed_filename"], data["processed_format"]) == ("hero.tinified.webp", "webp")
    assert data["processed_size"] > 0
    assert {"processed_compression_ratio", "seo_alt_text", "seo_filename", "seo_keywords", "warning"} <= data.keys()


def test_a_stream_begins_with_how_soon_to_come_back(client, completed):
    assert client.get(f"/status/{completed}/stream").text.startswith("retry: 2000\nevent: complete\n")


def test_a_failed_job_says_why(client, submit):
    job_id = submit(pictures.png())["id"]
    error = {"Error": "InvalidImage", "Cause": json.dumps({"errorMessage": "The PNG file is damaged."})}
    fail.handler({"job_id": job_id, "error": error}, None)
    ((name, data, _),) = parse(client.get(f"/status/{job_id}/stream").text)
    assert (name, data["status"], data["error"]) == ("complete", "failed", "The PNG file is damaged.")


def test_a_job_in_line_says_where_and_a_stream_ends_in_time(client, submit, impatient):
    job_id = submit(pictures.png())["id"]
    events = parse(client.get(f"/status/{job_id}/stream").text)
    assert [name for name, *_ in events] == ["status", "timeout"]
    assert events[0][1] == {"job_id": job_id, "status": "queued", "queue_position": 1, "estimated_wait_seconds": 3}
    assert events[1][1]["message"]


def test_every_change_is_told_once(client, submit, run_stages, monkeypatch):
    monkeypatch.setattr(watching, "TICK", 0.01)
    monkeypatch.setattr(watching, "POLL_INTERVALS", ((float("inf"), 0.0),))
    job_id = submit(pictures.png())["id"]
    seen = []
    with client.stream("GET", f"/status/{job_id}/stream") as answer:
        text = ""
        for chunk in answer.iter_text():
            text += chunk
            seen = [data["status"] for name, data, _ in parse(text)]
            if seen == ["queued"]:
                run_stages(job_id)
    assert seen in (["queued", "completed"], ["queued", "processing", "completed"])


def test_a_client_that_comes_back_gets_what_is_new(client, completed):
    for last, names in (("1", ["complete"]), ("2", ["complete"]), ("nonsense", ["complete"]), ("", ["complete"])):
        answer = client.get(f"/status/{completed}/stream", headers={"Last-Event-ID": last})
        assert [name for name, *_ in parse(answer.text)] == names


def test_events_up_to_the_last_event_id_are_not_repeated(client, submit, impatient):
    job_id = submit(pictures.png())["id"]
    _, _, event_id = parse(client.get(f"/status/{job_id}/stream").text)[0]
    again = client.get(f"/status/{job_id}/stream", headers={"Last-Event-ID": event_id})
    assert [name for name, *_ in parse(again.text)] == ["timeout"]


def test_a_client_that_comes_back_after_the_end_is_told_to_stay_away(client, completed):
    _, _, event_id = parse(client.get(f"/status/{completed}/stream").text)[-1]
    assert client.get(f"/status/{completed}/stream", headers={"Last-Event-ID": event_id}).status_code == 204


def test_an_unknown_job_is_not_found(client):
    answer = client.get(f"/status/{uuid4()}/stream")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Job not found."})


def test_stream_of_several_jobs_has_an_event_for_each_and_a_last_one(client, submit, run_stages):
    ids = [submit(pictures.png())["id"] for _ in range(3)]
    for job_id in ids:
        run_stages(job_id)
    events = parse(client.get("/status/stream", params={"job_ids": ids}).text)
    assert [name for name, *_ in events] == ["complete"] * 3 + ["done"]
    assert [data["job_id"] for _, data, _ in events[:3]] == ids
    assert events[-1][1] == {"job_ids": ids}


def test_an_unknown_job_among_others_is_an_error_of_its_own(client, completed):
    unknown = str(uuid4())
    events = parse(client.get("/status/stream", params={"job_ids": f"{completed},{unknown}"}).text)
    assert [(name, data.get("job_id")) for name, data, _ in events[:2]] == [("complete", completed), ("error", unknown)]
    assert events[-1][0] == "done"


def test_ids_of_events_tell_how_far_each_job_has_come(client, submit, run_stages, impatient):
    ids = [submit(pictures.png())["id"] for _ in range(2)]
    run_stages(ids[1])
    events = parse(client.get("/status/stream", params={"job_ids": ids}).text)
    assert events[-1][2] == "13"
    run_stages(ids[0])
    again = client.get("/status/stream", params={"job_ids": ids}, headers={"Last-Event-ID": "13"})
    assert [(name, data.get("job_id")) for name, data, _ in parse(again.text)] == [("complete", ids[0]), ("done", None)]


def test_a_stream_of_no_job_or_too_many_is_refused(client):
    for ids in ([], [str(uuid4()) for _ in range(101)]):
        assert client.get("/status/stream", params={"job_ids": ids}).status_code == 422


def test_an_expired_job_is_complete_as_expired(client, completed, monkeypatch):
    monkeypatch.setattr("imgopt.jobs.model.Job.seen_at", lambda job, *_, **__: expired(job))
    ((_, data, _),) = parse(client.get(f"/status/{completed}/stream").text)
    assert data["status"] == "expired"


def expired(job):
    from dataclasses import replace

    return replace(job, status=JobStatus.EXPIRED)


def test_a_client_that_goes_away_is_waited_for_no_more(client, submit):
    """The server reports by ASGI that the connection is closed."""
    job_id = submit(pictures.png())["id"]
    watcher = client.app.state.watcher

    async def go_away() -> None:
        gone = asyncio.Event()

        async def receive() -> dict:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict) -> None:
            if b"event: status" in message.get("body", b""):
                assert job_id in watcher._jobs
                gone.set()

        path = f"/status/{job_id}/stream"
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": path}
        scope |= {"raw_path": path.encode(), "query_string": b"", "headers": [], "root_path": "", "scheme": "http"}
        await client.app({**scope, "server": ("test", 80), "client": ("127.0.0.1", 1)}, receive, send)

    asyncio.run(go_away())
    assert watcher._jobs == {}
