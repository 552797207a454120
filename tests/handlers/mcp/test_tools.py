"""The tools of `/mcp`, and their refusals."""

from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image

from functions.api.mcp.tool_call import LONGEST_WAIT
from imgopt.errors import Unavailable
from imgopt.jobs import repository
from imgopt.jobs import service as jobs
from imgopt.jobs.model import Job
from imgopt.quotas.leases import take_lease
from imgopt.tagging import service as tagging
from imgopt.tagging.model import Briefing, ImageTags
from tests import pictures
from tests.handlers.mcp.messages import REVISIONS
from tests.scripted_server import serve

UNKNOWN = "3f1f2c9e-0000-4000-8000-000000000000"


def text_of(result) -> str:
    return result["content"][0]["text"]


@pytest.fixture
def website(configured):
    """The URL of a picture."""
    data = pictures.png()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(data)}\r\n\r\n".encode()
    with serve(lambda _: [head, data]) as peer:
        configured(fetch_trusted_hosts=peer.authority)
        yield f"http://{peer.authority}/a.png"


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_upload_is_optimized(call, works_at_once, uploaded, revision):
    temp_file_id, headers = uploaded
    result = call("optimize_image", revision, headers, temp_file_id=temp_file_id, output_format="webp", width=16)
    report = result["structuredContent"]
    assert not result.get("isError")
    assert (report["status"], report["processed_format"], report["processed_width"]) == ("completed", "webp", 16)
    assert report["credits_remaining"] == 20 - report["credits_used"]
    assert report["temp_file_id"] == temp_file_id


def test_an_image_is_optimized_by_url_for_a_new_guest(call, works_at_once, website):
    report = call("optimize_image", url=website)["structuredContent"]
    assert (report["status"], report["original_filename"]) == ("completed", "a.png")
    again = call("optimize_image", temp_file_id=report["temp_file_id"], output_format="jpg")["structuredContent"]
    assert again["credits_remaining"] < report["credits_remaining"]


def test_a_small_result_is_in_the_answer_itself(call, works_at_once, uploaded):
    temp_file_id, headers = uploaded
    result = call("optimize_image", sent=headers, temp_file_id=temp_file_id)
    _, link, image = result["content"]
    assert (link["type"], link["uri"]) == ("resource_link", result["structuredContent"]["download_url"])
    content = b64decode(image["data"])
    assert (image["mimeType"], len(content)) == ("image/png", result["structuredContent"]["processed_size"])
    assert Image.open(BytesIO(content)).format == "PNG"


def test_several_results_are_linked_and_told(call, works_at_once, uploaded):
    asked = {
        "temp_file_id": uploaded[0],
        "quality": 60,
        "outputs": [{"width": 8}, {"width": 16, "output_format": "jpg"}],
    }
    result = call("optimize_image", sent=uploaded[1], **asked)
    _, *links, image = result["content"]
    told = result["structuredContent"]["outputs"]
    assert [(each["processed_width"], each["processed_format"]) for each in told] == [(8, "png"), (16, "jpg")]
    assert [each["download_url"] for each in told] == [each["uri"] for each in links]
    assert image["mimeType"] == "image/png"


def test_a_large_result_is_at_its_address_alone(call, works_at_once, uploaded, configured):
    configured(mcp_inline_bytes=10)
    result = call("optimize_image", sent=uploaded[1], temp_file_id=uploaded[0])
    assert [each["type"] for each in result["content"]] == ["text", "resource_link"]


def test_a_result_that_models_can_not_look_at_is_at_its_address_alone(call, works_at_once, uploaded):
    result = call("optimize_image", sent=uploaded[1], temp_file_id=uploaded[0], output_format="avif")
    assert [each["type"] for each in result["content"]] == ["text", "resource_link"]


def test_a_job_that_takes_longer_is_told_with_how_to_go_on(call, uploaded, run_stages):
    temp_file_id, headers = uploaded
    report = call("optimize_image", sent=headers, temp_file_id=temp_file_id, wait_seconds=0)["structuredContent"]
    assert report["status"] == "queued"
    assert f"get_job with job_id {report['id']}" in report["next_step"]
    run_stages(report["id"])
    later = call("get_job", job_id=report["id"])["structuredContent"]
    assert (later["status"], "next_step" in later) == ("completed", False)


def test_a_job_whose_status_can_not_be_read_is_named(call, uploaded, monkeypatch):
    def fail(_: object) -> None:
        raise Unavailable("Storage did not answer.")

    monkeypatch.setattr(jobs, "find", fail)
    result = call("optimize_image", sent=uploaded[1], temp_file_id=uploaded[0])
    assert result["isError"]
    assert "The job was accepted. Call get_job with job_id " in text_of(result)


def test_calls_beyond_those_that_may_wait_are_answered_at_once(call, uploaded, configured, monkeypatch):
    waited = []

    async def follow(_: object, job: Job, seconds: float) -> Job:
        waited.append(seconds)
        return job

    asked = {"temp_file_id": uploaded[0], "wait_seconds": 0}
    job_id = call("optimize_image", sent=uploaded[1], **asked)["structuredContent"]["id"]
    monkeypatch.setattr("functions.api.mcp.jobs.follow_job", follow)
    configured(max_waits_per_client=1)
    call("get_job", job_id=job_id, wait_seconds=15)
    take_lease("waits", "unknown", 1, "")
    assert call("get_job", job_id=job_id, wait_seconds=15)["structuredContent"]["status"] == "queued"
    assert waited == [15, 0]


def test_longest_wait_is_shorter_than_that_of_the_gateway(call, uploaded):
    result = call("optimize_image", temp_file_id=uploaded[0], wait_seconds=LONGEST_WAIT + 1)
    assert result["isError"]
    assert "wait_seconds" in text_of(result)


def test_an_image_is_made_larger(call, uploaded, run_stages):
    temp_file_id, headers = uploaded
    asked = {"temp_file_id": temp_file_id, "factor": 2, "wait_seconds": 0}
    queued = call("upscale_image", sent=headers, **asked)["structuredContent"]
    run_stages(queued["id"])
    report = call("get_job", job_id=queued["id"])["structuredContent"]
    assert report["processed_width"] == 2 * report["original_width"]


@pytest.mark.usefixtures("works_at_once")
def test_an_image_is_described(call, uploaded, monkeypatch):
    class Tagger:
        def tag(self, _: object, briefing: Briefing) -> ImageTags:
            assert (briefing.language, briefing.context) == ("de", "A shop")
            return ImageTags("Ein Hund", ("hund",), "hund", "somebody", "de")

    monkeypatch.setattr(tagging, "tagger", Tagger)
    asked = {"temp_file_id": uploaded[0], "language": "de", "context": "A shop"}
    report = call("describe_image", sent=uploaded[1], **asked)["structuredContent"]
    assert (report["seo_alt_text"], report["seo_keywords"], report["seo_filename"]) == ("Ein Hund", ["hund"], "hund")
    assert repository.find_all([report["id"]])[0].options.job_source == "mcp"


def test_an_account_has_credits(call, uploaded):
    report = call("account_status", sent=uploaded[1])["structuredContent"]
    assert (report["tier"], report["is_guest"], report["credits_remaining"]) == ("unregistered", True, 20)
    assert report["credential"] == "session"


def test_a_guest_without_a_session_token_has_no_account(call):
    result = call("account_status")
    assert result["isError"]
    assert "API key" in text_of(result)


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("optimize_image", {"temp_file_id": UNKNOWN, "format": "webp"}, "no argument 'format'"),
        ("get_job", {"job_id": UNKNOWN, "format": "webp"}, "no argument 'format'"),
        ("account_status", {"format": "webp"}, "no argument 'format'"),
        ("optimize_image", {}, "Give either url or temp_file_id."),
        ("optimize_image", {"temp_file_id": "a", "url": "https://a.example"}, "Give either url or temp_file_id."),
        ("optimize_image", {"temp_file_id": UNKNOWN, "quality": 101}, "quality: "),
        ("optimize_image", {"temp_file_id": UNKNOWN, "width": True}, "width: Input should not be true or false"),
        ("optimize_image", {"temp_file_id": UNKNOWN, "outputs": []}, "outputs: "),
        ("optimize_image", {"temp_file_id": UNKNOWN, "outputs": [{"output_width": 8}]}, "'outputs.0.output_width'"),
        ("optimize_image", {"temp_file_id": UNKNOWN, "output_format": "bmp"}, "output_format: "),
        ("upscale_image", {"temp_file_id": UNKNOWN, "factor": 9}, "factor: "),
        ("get_job", {}, "job_id: "),
        ("get_job", {"job_id": "1"}, "job_id: "),
        ("get_job", {"job_id": UNKNOWN}, "Job not found."),
        ("optimize_image", {"temp_file_id": UNKNOWN}, "Temp file not found."),
        ("optimize_image", {"url": "http://127.0.0.1/a.png"}, "not"),
    ],
)
def test_a_refusal_is_a_result_that_says_why(call, stored, tool, arguments, words):
    result = call(tool, **arguments)
    assert result["isError"]
    assert words in text_of(result)
    assert stored()["items"] == []


def test_a_call_without_credits_is_refused(call, uploaded, configured):
    configured(credits_unregistered=2)
    result = call("optimize_image", sent=uploaded[1], temp_file_id=uploaded[0])
    assert result["isError"]
    assert text_of(result).startswith("Insufficient credits. Need 3, have 2. There will be 2 credits again at ")


@pytest.mark.usefixtures("works_at_once")
@pytest.mark.parametrize("rate", ["uploads_unregistered", "new_guests"])
def test_fetches_are_counted_as_those_of_the_http_api(client, call, website, configured, rate):
    configured(**{f"rate_{rate}": 1})
    client.post("/upload/url", json={"url": website}).raise_for_status()
    result = call("optimize_image", url=website)
    assert result["isError"]
    assert text_of(result).startswith("Too many")
    assert text_of(result).count("Try again in") == 1


def test_jobs_are_counted_as_those_of_the_http_api(client, call, works_at_once, uploaded, configured):
    configured(rate_processing_unregistered=1)
    temp_file_id, headers = uploaded
    client.post("/auto", json={"temp_file_ids": [temp_file_id]}, headers=headers).raise_for_status()
    result = call("optimize_image", sent=headers, temp_file_id=temp_file_id)
    assert text_of(result).startswith("Too many processing calls in one minute.")


def test_uploads_of_others_are_not_found(call, uploaded, upload):
    other = {"X-Session-Token": upload(pictures.png())["session_token"]}
    result = call("optimize_image", sent=other, temp_file_id=uploaded[0])
    assert (result["isError"], text_of(result)[:20]) == (True, "Temp file not found.")


def test_private_jobs_are_found_by_their_owner_alone(client, call, uploaded):
    temp_file_id, headers = uploaded
    body = {"temp_file_ids": [temp_file_id], "settings": {"private": True}}
    job_id = client.post("/auto", json=body, headers=headers).json()["jobs"][0]["id"]
    assert call("get_job", sent=headers, job_id=job_id)["structuredContent"]["status"] == "queued"
    assert text_of(call("get_job", job_id=job_id)) == "Job not found."


def test_a_private_job_is_for_who_asked(call, uploaded):
    asked = {"temp_file_id": uploaded[0], "private": True, "wait_seconds": 0}
    job_id = call("optimize_image", sent=uploaded[1], **asked)["structuredContent"]["id"]
    assert call("get_job", sent=uploaded[1], job_id=job_id)["structuredContent"]["id"] == job_id
    assert text_of(call("get_job", job_id=job_id)) == "Job not found."


def test_a_private_job_takes_a_credential(call, uploaded, stored):
    before = stored()
    result = call("optimize_image", temp_file_id=uploaded[0], private=True)
    assert (result["isError"], text_of(result)[:14]) == (True, "A private job ")
    assert stored() == before


def test_a_job_that_failed_is_an_error_that_says_why(call, upload, monkeypatch):
    from functions.stages import fail

    cause = {"Error": "InvalidImage", "Cause": '{"errorMessage": "The image is damaged."}'}
    monkeypatch.setattr(
        repository, "start_execution", lambda job: fail.handler({"job_id": job.id, "error": cause}, None)
    )
    result = call("optimize_image", temp_file_id=upload(pictures.png())["temp_file_id"])
    assert (result["isError"], result["structuredContent"]["status"]) == (True, "failed")
    assert "damaged" in result["structuredContent"]["error_message"]


def test_settings_without_effect_are_told(call, uploaded, works_at_once):
    temp_file_id, headers = uploaded
    asked = {"temp_file_id": temp_file_id, "resize_behavior": "crop", "width": 16}
    assert call("optimize_image", sent=headers, **asked)["structuredContent"]["warnings"]


def test_a_result_that_could_not_be_made_as_small_says_so(call, uploaded, works_at_once):
    result = call("optimize_image", sent=uploaded[1], temp_file_id=uploaded[0], target_file_size=10)
    report = result["structuredContent"]
    assert (report["size_limit_met"], report["warnings"]) == (
        False,
        [f"The limit of 10 bytes was not met: the file has {report['processed_size']} bytes."],
    )
