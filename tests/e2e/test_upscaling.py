"""Upscaling through the whole system: small images by a function, others by the worker."""

import pytest

from local.cloud import Cloud, upscale_worker
from tests import pictures
from tests.e2e.conftest import wait_for_end, wait_until
from tests.e2e.test_processes import upload
from tests.upscale.fakes import photo

# Either way into the service leads to the same state machine (test_images.py).
pytestmark = pytest.mark.parametrize("client", ["uvicorn"], indirect=True)


@pytest.mark.parametrize(("width", "height"), [(60, 40), (600, 450)], ids=["by the function", "by the worker"])
def test_a_photo_is_made_larger_by_a_network(client, process, width, height):
    job = process(pictures.encode(photo(width, height), "JPEG"), output_upscale_factor=2, output_format="webp")
    assert (job["status"], job["error_message"], job["executed_upscale"]) == ("completed", None, True)
    assert (job["upscale_model"], job["upscale_device"]) == ("waifu2x-photo-denoise3-x2", "cpu")
    assert job["upscale_tiles"] > 0
    download = client.get(f"/download/{job['id']}").raise_for_status()
    assert pictures.open_image(download.content).size == (2 * width, 2 * height)


def test_an_animation_is_made_larger_frame_by_frame(client, process):
    job = process(pictures.gif(frames=3), output_upscale_factor=2)
    assert (job["processed_width"], job["processed_frames"]) == (2 * pictures.WIDTH, 3)
    assert pictures.open_image(client.get(f"/download/{job['id']}").content).n_frames == 3


def test_a_larger_image_is_resized_to_what_is_asked(process):
    job = process(pictures.encode(photo(60, 40), "JPEG"), output_upscale_factor=4, output_width=100)
    assert (job["executed_upscale"], job["executed_resize"]) == (True, True)
    assert (job["processed_width"], job["processed_height"]) == (100, 67)


def test_a_file_that_can_not_be_decoded_fails_with_the_same_reason_as_ever(process):
    data = bytearray(pictures.webp(lossless=True))
    data[40:-1] = b"\xff" * (len(data) - 41)
    job = process(bytes(data), output_upscale_factor=2)
    assert (job["status"], job["error_message"]) == ("failed", "The WebP file is damaged and can't be decoded.")
    assert job["credits_used"] == 0


def test_intermediate_files_do_not_stay(cloud, process):
    job = process(pictures.encode(photo(60, 40), "JPEG"), output_upscale_factor=2)
    s3, bucket = cloud.session.client("s3"), cloud.deployment.api_environment["IMGOPT_RESULTS_BUCKET"]
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    assert f"results/{job['id']}.jpg" in keys
    assert not [key for key in keys if job["id"] in key and key.startswith("intermediate/")]


def test_work_that_a_worker_gives_back_is_done_by_the_next(cloud, client, tmp_path, monkeypatch):
    """A worker returns its orders when a spot instance is interrupted, or a deployment drains it."""
    monkeypatch.setenv("IMGOPT_UPSCALE_GRACE_SECONDS", "0")
    cloud.worker.stop()
    try:
        with upscale_worker(cloud.access, cloud.deployment, tmp_path) as first:
            asked, headers = upload(client, pictures.encode(photo(600, 450), "JPEG"))
            asked["settings"] = {"output_upscale_factor": 2}
            job = client.post("/auto", json=asked, headers=headers).raise_for_status().json()["jobs"][0]
            wait_until(lambda: is_taken(cloud))
            first.stop()
            assert client.get(f"/status/{job['id']}").json()["job"]["status"] == "processing"
            cloud.worker.start()
            assert wait_for_end(client, job["id"])["status"] == "completed"
    finally:
        if not cloud.worker.is_up():
            cloud.worker.start()


def is_taken(cloud: Cloud) -> bool:
    name = "ApproximateNumberOfMessagesNotVisible"
    queue = cloud.deployment.outputs["LargeUpscalesUrl"]
    found = cloud.session.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=[name])
    return found["Attributes"][name] == "1"
