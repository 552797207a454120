"""A job with upscaling and tags, stage by stage. The networks here repeat pixels."""

import pytest

from functions.stages import optimize, plan, tag, upscale
from imgopt.errors import InvalidImage, Unavailable
from imgopt.settings import settings
from imgopt.storage import clients
from imgopt.tagging import service as tagging
from imgopt.tagging.model import ImageTags, TaggingFailed, Usage
from imgopt.workflow import upscaling
from imgopt.workflow.state import Plan, read, write
from tests import inputs, pictures
from tests.conftest import RESULTS, UPLOADS
from tests.upscale import fakes

WORDS = ImageTags(
    "A red corner on blue.", ("red", "blue", "corner"), "red-corner", "somebody", usage=Usage(10, 5, 0.001)
)


@pytest.fixture
def finish(client, submit, run_stages):
    """A job at its end."""

    def run(data: bytes, name: str = "hero.jpg", **asked: object) -> dict:
        job = submit(data, name, **asked)
        run_stages(job["id"])
        return client.get(f"/status/{job['id']}").json()["job"]

    return run


@pytest.fixture
def says(monkeypatch):
    """Makes the tagger return tags, or raise."""

    class Tagger:
        def tag(self, image, language):
            if isinstance(self.said, Exception):
                raise self.said
            return self.said

    tagger = Tagger()
    monkeypatch.setattr(tagging, "tagger", lambda: tagger)

    def say(said: ImageTags | Exception) -> None:
        tagger.said = said

    return say


@pytest.mark.parametrize(
    ("data", "asked", "became"),
    [
        (pictures.jpeg(), {}, "jpg"),
        (pictures.png("RGBA"), {}, "png"),
        (pictures.webp(), {"output_format": "avif"}, "avif"),
        (pictures.png("L"), {"output_format": "ico"}, "ico"),
        (pictures.encode(pictures.draw("CMYK"), "TIFF"), {}, "jpg"),
        (pictures.encode(pictures.draw("RGBA"), "TIFF"), {}, "png"),
        (pictures.gif(frames=3), {}, "gif"),
        (pictures.gif(frames=3), {"output_format": "webp"}, "webp"),
        (pictures.gif(frames=3), {"output_format": "webp", "keep_animation": True}, "webp"),
    ],
)
def test_formats_become_what_they_would_without_upscaling(finish, data, asked, became):
    done = finish(data, output_upscale_factor=2, **asked)
    assert (done["status"], done["processed_format"], done["executed_upscale"]) == ("completed", became, True)
    stays = asked.get("keep_animation") or became == "gif"
    assert done["processed_frames"] == (3 if stays else 1)
    if became != "ico":
        assert (done["processed_width"], done["processed_height"]) == (2 * pictures.WIDTH, 2 * pictures.HEIGHT)


@pytest.mark.parametrize(
    ("data", "model"),
    [
        (pictures.encode(fakes.photo(40, 30), "PNG"), "waifu2x-anime-x2"),
        (pictures.encode(fakes.photo(40, 30), "JPEG", quality=90), "waifu2x-anime-denoise0-x2"),
        (pictures.encode(fakes.photo(40, 30), "JPEG", quality=60), "waifu2x-photo-denoise3-x2"),
    ],
)
def test_a_job_tells_what_made_it_larger_which_its_file_has_chosen(finish, data, model):
    done = finish(data, output_upscale_factor=2)
    assert (done["upscale_model"], done["upscale_device"]) == (model, "cpu")
    assert done["upscale_tiles"] >= 1
    assert done["upscale_seconds"] >= 0


def test_no_network_is_needed_to_make_an_image_smaller(finish):
    done = finish(pictures.jpeg(), output_upscale_factor=0.5)
    assert (done["processed_width"], done["executed_upscale"], done["upscale_model"]) == (24, True, None)


def test_a_drawing_is_drawn_larger(finish):
    done = finish(inputs.svg(), "a.svg", output_upscale_factor=3)
    assert (done["processed_format"], done["processed_width"]) == ("svg", 3 * done["original_width"])


def test_metadata_survives_on_the_way_to_the_network_and_back(client, submit, run_stages):
    exif = pictures.draw().getexif()
    exif[0x8298] = "Somebody"
    job = submit(pictures.jpeg(exif=exif), output_upscale_factor=2, keep_metadata="copyright")
    run_stages(job["id"])
    assert pictures.open_image(client.get(f"/download/{job['id']}").content).getexif()[0x8298] == "Somebody"


def test_an_order_that_comes_twice_is_carried_out_once(submit):
    job = submit(pictures.jpeg(), output_upscale_factor=2)
    the_plan = plan.handler({"job_id": job["id"]}, None)
    network = fakes.Repeating(2)
    first = upscaling.upscale_job(read(Plan, the_plan), fakes.runtime(network))
    runs = len(network.shapes)
    assert upscaling.upscale_job(read(Plan, the_plan), fakes.runtime(network)) == first
    assert len(network.shapes) == runs


def test_intermediate_files_are_removed_in_the_end(submit, run_stages, stored):
    job = submit(pictures.jpeg(), output_upscale_factor=2)
    run_stages(job["id"])
    assert stored()[RESULTS] == [f"results/{job['id']}.jpg"]


@pytest.mark.parametrize(("side", "queue"), [(16, ""), (600, "https://sqs/large")])
def test_small_images_do_not_wait_for_a_gpu(submit, monkeypatch, side, queue):
    monkeypatch.setenv("IMGOPT_UPSCALES_QUEUE_URL", "https://sqs/large")
    settings.cache_clear()
    job = submit(pictures.encode(pictures.draw(size=(side, side)), "PNG"), output_upscale_factor=2)
    the_plan = plan.handler({"job_id": job["id"]}, None)
    assert the_plan["queue_url"] == queue
    assert the_plan["asked"] == {"network": True, "words": False, "context": False, "small": False}


def test_plan_without_a_gpu_names_no_queue(submit):
    job = submit(pictures.encode(pictures.draw(size=(600, 600)), "PNG"), output_upscale_factor=2)
    assert plan.handler({"job_id": job["id"]}, None)["queue_url"] == ""


def test_a_function_makes_the_larger_picture(submit, monkeypatch):
    monkeypatch.setattr("imgopt.upscale.service.best_runtime", fakes.runtime)
    job = submit(pictures.jpeg(), output_upscale_factor=2)
    the_plan = plan.handler({"job_id": job["id"]}, None)
    the_plan["upscaled"] = upscale.handler(the_plan, None)
    assert optimize.handler(the_plan, None)["width"] == 2 * pictures.WIDTH


def test_upscaled_image_is_accepted_for_its_own_job_alone(submit, log_lines):
    """The worker reads what strangers send, too."""
    jobs = [submit(pictures.png(), output_upscale_factor=2) for _ in range(2)]
    theirs, the_plan = (plan.handler({"job_id": job["id"]}, None) for job in jobs)
    upscaled = write(upscaling.upscale_job(read(Plan, theirs), fakes.runtime()))
    with pytest.raises(InvalidImage, match="matched to this job"):
        optimize.handler({**the_plan, "upscaled": upscaled}, None)
    assert any(line["message"].startswith("a stage answered by a key") for line in log_lines())


@pytest.mark.parametrize("path", ["/tag", "/upscale"])
def test_the_short_forms_ask_for_one_thing(client, upload, path):
    uploaded = upload(pictures.jpeg())
    headers = {"X-Session-Token": uploaded["session_token"]}
    body = {"temp_file_ids": [uploaded["temp_file_id"]]}
    (job,) = client.post(path, json=body, headers=headers).raise_for_status().json()["jobs"]
    assert job["job_entry_point"] == path.strip("/")
    assert (job["output_upscale_factor"], job["output_seo_tag_gen"]) == ((None, True), (2.0, False))[path == "/upscale"]


@pytest.mark.parametrize(("factor", "status"), [(1, 200), (4, 200), (0.5, 422), (4.1, 422)])
def test_upscaling_takes_factors_from_1_to_4(client, upload, factor, status):
    uploaded = upload(pictures.jpeg())
    body = {"temp_file_ids": [uploaded["temp_file_id"]], "factor": factor}
    answer = client.post("/upscale", json=body, headers={"X-Session-Token": uploaded["session_token"]})
    assert answer.status_code == status


def test_a_size_that_takes_too_long_is_refused_before_anything_is_written(client, upload, stored):
    uploaded = upload(pictures.encode(pictures.draw("L", (2000, 2000)), "PNG"))
    before = stored()
    body = {"temp_file_ids": [uploaded["temp_file_id"]], "factor": 4}
    answer = client.post("/upscale", json=body, headers={"X-Session-Token": uploaded["session_token"]})
    assert (answer.status_code, "50 megapixels" in answer.json()["detail"]) == (413, True)
    assert stored() == before


def test_a_job_has_the_words_that_were_said(finish, says):
    says(WORDS)
    done = finish(pictures.jpeg(), output_seo_tag_gen=True)
    assert (done["seo_alt_text"], done["seo_keywords"]) == (WORDS.alt_text, list(WORDS.keywords))
    assert (done["executed_tag"], done["words_by"], done["words_language"]) == (True, "somebody", "en")
    assert done["seo_filename"] == "red-corner"
    assert done["processed_filename"] == "hero.tinified.jpg"


def test_words_and_urls_are_kept_out_of_the_state(submit, says, client):
    says(WORDS)
    job = submit(pictures.jpeg(), output_seo_tag_gen=True, callback_url="https://shop.example/told?key=secret")
    state = plan.handler({"job_id": job["id"]}, None)
    assert tag.handler(state, None) == {"words": True}
    assert "shop.example" not in str(state)


def test_a_result_is_called_by_its_words_where_that_was_asked_for(client, submit, run_stages, says):
    says(WORDS)
    job = submit(pictures.jpeg(), "hero.jpg", output_seo_rename=True, output_format="webp")
    run_stages(job["id"])
    disposition = client.get(f"/download/{job['id']}").headers["content-disposition"]
    assert disposition == 'attachment; filename="red-corner.webp"'


@pytest.mark.parametrize(
    ("error", "warning"),
    [
        (TaggingFailed("The model refused: content_filtered."), "No tags: The model refused: content_filtered."),
        (Unavailable("The model is busy."), "No tags: The model is busy."),
        (ZeroDivisionError(), "No tags: Processing failed unexpectedly. Please try again."),
    ],
)
def test_a_job_that_gets_no_words_is_completed_and_says_so(finish, says, error, warning):
    says(error)
    done = finish(pictures.jpeg(), output_seo_tag_gen=True, output_seo_rename=True)
    assert (done["status"], done["executed_tag"]) == ("completed", False)
    assert pictures.without_missing_scorer(done["warning"]) == warning
    assert (done["seo_alt_text"], done["processed_filename"]) == (None, "hero.tinified.jpg")


def test_token_usage_is_logged_even_if_tagging_failed(submit, run_stages, says, log_lines):
    says(TaggingFailed("No.", Usage(7, 3, None)))
    run_stages(submit(pictures.jpeg(), output_seo_tag_gen=True)["id"])
    (line,) = [line for line in log_lines() if line["message"] == "tokens used"]
    assert line["usage"] == {"input_tokens": 7, "output_tokens": 3, "dollars": None}


def test_words_are_no_reason_to_touch_the_pixels(finish, says):
    says(WORDS)
    done = {}
    for words in (True, False):
        done[words] = finish(pictures.jpeg(), output_seo_tag_gen=words)["processed_size"]
    assert done[True] == done[False]


def test_failed_upscale_of_a_missing_upload_leaves_no_files(submit, stored):
    job = submit(pictures.jpeg(), output_upscale_factor=2)
    the_plan = plan.handler({"job_id": job["id"]}, None)
    clients.s3().delete_object(Bucket=UPLOADS, Key=the_plan["source_key"])
    with pytest.raises(Exception, match="no longer stored"):
        upscaling.upscale_job(read(Plan, the_plan), fakes.runtime())
    assert stored()[RESULTS] == []
