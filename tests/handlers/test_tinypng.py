"""TinyPNG's API: the requests that its clients send, and the fields that they read."""

import asyncio
import json
from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from functions.api.errors import STATUS
from functions.api.routers import tinypng
from functions.api.routers.tinypng import NEEDS_BACKGROUND
from functions.api.tinypng.answers import STILL_AT_WORK
from functions.api.tinypng.bodies import NO_SOURCE
from functions.api.tinypng.errors import ANSWERS
from functions.api.tinypng.keys import credentials_of, password_of
from imgopt import clock, errors
from imgopt.accounts import api_keys, repository
from imgopt.accounts.model import User
from imgopt.accounts.plans import Tier
from imgopt.billing.model import Entitlement
from imgopt.credits.cost import cost_of_step
from imgopt.imaging.plan import Step
from imgopt.jobs import repeated
from imgopt.jobs import repository as jobs
from imgopt.quotas.leases import take_lease
from imgopt.settings import settings
from imgopt.workflow import failing
from tests import pictures
from tests.entitlements import entitle
from tests.handlers.test_processing import executions
from tests.metadata_files import XMP, packet_of
from tests.pictures import draw, encode, open_image

COMPRESS, RESIZE = 3, 1
PHOTO = encode(draw(size=(240, 160)), "JPEG", quality=95, xmp=XMP)
SEEN_THROUGH = pictures.png("RGBA")
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
S3 = {"service": "s3", "aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": SECRET, "path": "bucket/a.jpg"}


def fail(job, error, cause=""):
    """Fails the present attempt of a job, as the state machine does."""
    return failing.fail(job.id, error, cause, failing.JobAttempt(job.attempt))


@pytest.fixture
def user(aws) -> User:
    return repository.add_user(User("user-1", "owner@example.com", clock.now()))


@pytest.fixture
def key(user) -> str:
    return api_keys.create(user.id, "site")[1]


@pytest.fixture
def working(monkeypatch, run_stages):
    """Jobs are done as soon as they are started."""
    monkeypatch.setattr(jobs, "start_execution", lambda job: run_stages(job.id))


@pytest.fixture
def hasty(monkeypatch, aws):
    """Makes calls wait only for a moment, while no process works on jobs."""
    monkeypatch.setenv("IMGOPT_TINYPNG_SECONDS", "0.05")
    settings.cache_clear()


def basic(key: str, user: str = "api") -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{key}'.encode()).decode()}"}


@pytest.fixture
def shrink(client, key):
    def send(data: bytes = PHOTO, **headers: str):
        return client.post("/shrink", content=data, headers={**basic(key), **headers})

    return send


@pytest.fixture
def output(client, key, shrink):
    """The answer to commands about a new image."""

    def send(data: bytes = PHOTO, method: str = "POST", **commands: object):
        location = shrink(data).raise_for_status().headers["location"]
        sent = {"Content-Type": "application/json", **basic(key)}
        return client.request(method, location, content=json.dumps(commands), headers=sent)

    return send


@pytest.fixture
def credits_left(client, key):
    return lambda: client.get("/api-keys/verify", headers={"Authorization": f"Bearer {key}"}).json()[
        "credits_remaining"
    ]


# 1. What is sent to /shrink


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "application/x-www-form-urlencoded",
        "image/png",
        "multipart/form-data",
        "application/octet-stream",
        "text/plain; charset=utf-8",
    ],
)
def test_a_body_is_the_image_whatever_its_type_says(shrink, working, media_type):
    answer = shrink(**{"Content-Type": media_type} if media_type else {})
    assert (answer.status_code, answer.json()["input"]) == (201, {"size": len(PHOTO), "type": "image/jpeg"})


def test_a_body_may_come_in_chunks(client, key, working):
    answer = client.post("/shrink", content=iter([PHOTO[:1000], PHOTO[1000:]]), headers=basic(key))
    assert answer.status_code == 201


@pytest.mark.parametrize("name", ["api", "", "anybody", "a b"])
def test_the_password_is_the_key_whatever_the_user_is_called(client, key, name):
    assert client.post("/shrink", headers=basic(key, name)).json()["error"] == "InputMissing"


def test_json_has_the_address_of_an_image(client, key, working, monkeypatch):
    asked = []

    class Fetched:
        def __init__(self, url, check_size):
            asked.append(url)
            self.file, self.size, self.filename = BytesIO(PHOTO), len(PHOTO), "photo.jpg"

        def __enter__(self):
            return self

        def __exit__(self, *_):
            """Nothing is open."""

    monkeypatch.setattr(tinypng, "fetch", Fetched)
    sent = {"source": {"url": "https://example.com/photo.jpg"}}
    answer = client.post("/shrink", json=sent, headers=basic(key))
    assert (answer.status_code, asked) == (201, ["https://example.com/photo.jpg"])
    assert answer.json()["input"]["size"] == len(PHOTO)


def test_an_address_that_leads_nowhere_is_explained(client, key):
    answer = client.post("/shrink", json={"source": {"url": "http://127.0.0.1/a.png"}}, headers=basic(key))
    assert (answer.status_code, answer.json()["error"]) == (400, "SourceNotFetchable")


@pytest.mark.parametrize(
    "sent",
    [b"{}", b"[1]", b"{", b'{"source": "x"}', b'{"source": {"url": 5}}', json.dumps(dict(enumerate(PHOTO))).encode()],
)
def test_json_without_an_address_is_explained(client, key, stored, sent):
    """npm's client sends a Uint8Array as {"0": 137, "1": 80, …}."""
    before = stored()
    answer = client.post("/shrink", content=sent, headers={"Content-Type": "application/json", **basic(key)})
    assert (answer.status_code, answer.json()) == (400, {"error": "BadRequest", "message": NO_SOURCE})
    assert stored() == before


# 2. What /shrink answers


def test_shrinking_is_answered_with_what_became_of_the_image(client, shrink, working):
    answer = shrink()
    told, location = answer.json(), answer.headers["location"]
    data = client.get(location).content
    assert answer.status_code == 201
    assert told["output"] == {
        "size": len(data),
        "type": "image/jpeg",
        "width": 240,
        "height": 160,
        "ratio": round(len(data) / len(PHOTO), 4),
        "url": f"http://testserver{location}",
    }
    assert len(data) < len(PHOTO)
    assert packet_of(data) == b""


def test_compressions_are_counted_by_the_credits_that_they_cost(shrink, output, working, credits_left):
    counts = [shrink(encode(draw(size=(60, side)), "PNG")).headers["compression-count"] for side in (40, 41)]
    assert counts == ["1", "2"]
    assert credits_left() == settings().credits_free - 2 * cost_of_step(Step.COMPRESS)
    resized = output(resize={"width": 10})
    assert credits_left() == settings().credits_free - 4 * COMPRESS - RESIZE
    assert resized.headers["compression-count"] == "5"


# 4. Where the result is


def test_a_location_is_relative_over_http_and_absolute_over_https(client, shrink, working, monkeypatch):
    path = shrink().headers["location"]
    assert path.startswith("/output/")
    monkeypatch.setenv("IMGOPT_PUBLIC_URL", "https://img.example/api")
    settings.cache_clear()
    answer = shrink()
    assert answer.headers["location"] == answer.json()["output"]["url"] == f"https://img.example/api{path}"


# 5. Results


def test_a_result_needs_no_key(client, shrink, working):
    answer = client.get(shrink().headers["location"])
    image = open_image(answer.content)
    assert (answer.status_code, image.format, image.size) == (200, "JPEG", (240, 160))
    told = {name: answer.headers[name] for name in ("content-type", "content-length", "image-width", "image-height")}
    assert told == {
        "content-type": "image/jpeg",
        "content-length": str(len(answer.content)),
        "image-width": "240",
        "image-height": "160",
    }
    assert answer.headers["compression-count"] == "1"


@pytest.mark.usefixtures("working")
def test_a_private_result_needs_its_owners_key(client, key, shrink, monkeypatch):
    location = shrink().headers["location"]
    monkeypatch.setenv("IMGOPT_PRIVATE_JOBS", "true")
    settings.cache_clear()
    other = api_keys.create(repository.add_user(User("user-2", "b@example.com", clock.now())).id, "other")[1]
    answers = [client.get(location, headers=headers) for headers in ({}, basic(other), basic(key))]
    assert [answer.status_code for answer in answers] == [404, 404, 200]


def test_a_result_that_is_too_large_for_an_answer_is_at_s3(client, shrink, working, monkeypatch):
    location = shrink().headers["location"]
    monkeypatch.setenv("IMGOPT_INLINE_DOWNLOAD_BYTES", "100")
    settings.cache_clear()
    answer = client.get(location)
    assert (answer.status_code, answer.json()["error"]) == (303, "TooLarge")
    assert "X-Amz-Signature" in answer.headers["location"]


# 6. Commands


@pytest.mark.parametrize(
    ("resize", "size"),
    [
        ({"method": "scale", "width": 48}, (48, 32)),
        ({"height": 32}, (48, 32)),
        ({"width": 4800}, (240, 160)),
        ({"method": "fit", "width": 100, "height": 32}, (48, 32)),
        ({"method": "fit", "width": 5000, "height": 5000}, (240, 160)),
        ({"method": "cover", "width": 50, "height": 50}, (50, 50)),
        ({"method": "thumb", "width": 20, "height": 60}, (20, 60)),
    ],
)
def test_an_image_is_resized(output, working, resize, size):
    answer = output(resize=resize)
    assert (answer.status_code, open_image(answer.content).size) == (200, size)
    assert (answer.headers["image-width"], answer.headers["image-height"]) == tuple(map(str, size))
    assert answer.headers["content-length"] == str(len(answer.content))


def test_a_get_with_commands_is_as_good_as_a_post(output, working):
    assert open_image(output(method="GET", resize={"width": 48}).content).size == (48, 32)


@pytest.mark.parametrize(
    ("wanted", "media_types"),
    [
        ("image/webp", {"image/webp"}),
        (["image/png"], {"image/png"}),
        (["image/avif", "image/webp"], {"image/avif", "image/webp"}),
        ("*/*", {"image/avif", "image/webp", "image/jpeg", "image/png"}),
        (["*/*"], {"image/avif", "image/webp", "image/jpeg", "image/png"}),
    ],
)
def test_an_image_is_converted(output, working, wanted, media_types):
    answer = output(convert={"type": wanted})
    assert answer.status_code == 200
    assert answer.headers["content-type"] in media_types
    assert answer.headers["content-type"] == f"image/{open_image(answer.content).format.lower()}"


def test_the_smallest_of_several_types_wins(output, working):
    types = ["image/webp", "image/avif"]
    sizes = {each: int(output(convert={"type": each}).headers["content-length"]) for each in types}
    answer = output(convert={"type": types})
    assert int(answer.headers["content-length"]) <= max(sizes.values())


@pytest.mark.parametrize(("named", "rgb"), [("white", (255,) * 3), ("black", (0,) * 3), ("#10a0b0", (16, 160, 176))])
def test_a_transparent_image_becomes_a_jpeg_on_a_colour(output, working, named, rgb):
    answer = output(SEEN_THROUGH, convert={"type": "image/jpeg"}, transform={"background": named})
    pixel = open_image(answer.content).getpixel((pictures.WIDTH - 4, pictures.HEIGHT - 4))
    assert all(abs(one - other) < 6 for one, other in zip(pixel, rgb, strict=True))


def test_a_transparent_image_becomes_no_jpeg_without_a_colour(output, working, credits_left):
    answer = output(SEEN_THROUGH, convert={"type": "image/jpeg"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "BadRequest", "message": NEEDS_BACKGROUND.format("JPEG")},
    )
    assert credits_left() == settings().credits_free - COMPRESS


def test_an_alpha_channel_through_which_nothing_shows_needs_no_colour(output, working):
    opaque = encode(Image.new("RGBA", (40, 30), (9, 90, 200, 255)), "PNG")
    assert output(opaque, convert={"type": "image/jpeg"}).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(("kept", "is_there"), [(["copyright"], True), (["creation", "location"], False), ([], False)])
def test_parts_that_are_preserved_stay(output, working, kept, is_there):
    rights = XMP.replace(b"</rdf:Description>", b"<dc:rights>(c) Ann</dc:rights></rdf:Description>")
    answer = output(encode(draw(), "PNG", pnginfo=with_xmp(rights)), preserve=kept, resize={"width": 20})
    packet = packet_of(answer.content)
    assert (b"(c) Ann" in packet, b"secret" in packet) == (is_there, False)


def with_xmp(packet: bytes):
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode())
    return info


def test_commands_are_repeated_from_the_original(client, key, output, working, credits_left):
    first = output(resize={"width": 40})
    second = output(resize={"width": 90}, convert={"type": "image/png"})
    assert open_image(second.content).size == (90, 60)
    assert open_image(first.content).size == (40, 27)
    assert credits_left() == settings().credits_free - 3 * COMPRESS - 2 * RESIZE


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_commands_are_answered_with_the_result(client, key, shrink, working, method):
    location = shrink().headers["location"]
    plain = client.get(location).content
    for sent in (b"", b"{}", b" "):
        answer = client.request(method, location, content=sent, headers=basic(key))
        assert (answer.status_code, answer.content) == (200, plain)


@pytest.mark.parametrize(
    ("commands", "message"),
    [
        ({"resize": {"width": 10, "height": 10}}, "resize: give a width or a height to scale, and not both."),
        ({"resize": {"method": "fit", "width": 10}}, "resize: give a width and a height to fit."),
        ({"resize": {"method": "stretch", "width": 10}}, "resize.method: Input should be 'scale', 'fit', 'cover' or"),
        ({"resize": []}, "resize: give an object."),
        ({"resize": {"width": True}}, "resize.width: give a whole number."),
        ({"resize": {"width": 0}}, "resize.width: Input should be greater than or equal to 1."),
        ({"convert": {"type": "text/html"}}, "convert.type.0: Use image/"),
        ({"convert": {"type": []}}, "convert.type: Give at least one"),
        (
            {"transform": {"background": "red"}},
            "transform.background: Use white, black, or a colour as #rrggbb, such as #ff8800.",
        ),
        ({"preserve": None}, "preserve: give a list."),
        ({"preserve": ["gps"]}, "preserve.0: Input should be 'copyright', 'creation' or 'location'."),
        ({"rotate": 90}, "rotate: there is no such command or field."),
        ({"store": {"service": "ftp"}}, "store: set service to s3 or gcs."),
        ({"store": {"service": "gcs", "path": "bucket/a.png"}}, "store.gcp_access_token: Field required."),
        ({"store": {**S3, "path": "../a"}}, "store.path: the value has the wrong form."),
        ({"store": {**S3, "aws_access_key_id": "\u3042"}}, "store.aws_access_key_id: the value has the wrong form."),
        ({"store": {**S3, "region": "evil.example/#"}}, "store.region: the value has the wrong form."),
        ({"store": {**S3, "headers": {"Host": "a"}}}, "store.headers.Host: Input should be"),
        ({"store": {**S3, "aws_secret_access_key": "a\r\nb"}}, "store.aws_secret_access_key: "),
    ],
)
def test_commands_that_can_not_be_carried_out_are_explained_and_cost_nothing(
    output, working, credits_left, commands, message
):
    answer = output(**commands)
    assert (answer.status_code, answer.json()["error"]) == (400, "BadRequest")
    assert answer.json()["message"].startswith(message)
    assert not answer.json()["message"].endswith("..")
    assert credits_left() == settings().credits_free - COMPRESS


@pytest.mark.parametrize("body", [b"[1]", b"{", b'"x"', b"[" * 100_000])
def test_commands_that_are_none_are_explained(client, key, shrink, working, body):
    answer = client.post(shrink().headers["location"], content=body, headers=basic(key))
    assert (answer.status_code, answer.json()["error"]) == (400, "BadRequest")


def test_more_of_an_image_is_made_for_its_owner_alone(client, key, shrink, working):
    location = shrink().headers["location"]
    other = api_keys.create(repository.add_user(User("user-2", "b@example.com", clock.now())).id, "other")[1]
    answers = [client.post(location, json={"resize": {"width": 9}}, headers=each) for each in ({}, basic(other))]
    assert [(each.status_code, each.json()["error"]) for each in answers] == [(401, "Unauthorized"), (404, "NotFound")]


# 7. and 8. Errors


@pytest.mark.parametrize(
    "authorization", ["", "Basic", "Basic !", "Bearer x", "Basic YXBpOg==", "Basic YXBp", "Basic /w==", "Digest x"]
)
def test_no_key_is_401(client, aws, authorization):
    answer = client.post("/shrink", content=PHOTO, headers={"Authorization": authorization} if authorization else {})
    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")
    assert answer.headers["www-authenticate"] == 'Basic realm="API key"'


@pytest.mark.parametrize("wrong", ["tfy_live_wrong", "wrong", "eyJhbGciOiJub25lIn0.e30.", "é\N{PILE OF POO}"])
def test_a_wrong_key_is_401(client, aws, wrong, stored):
    answer = client.post("/shrink", content=PHOTO, headers=basic(wrong))
    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")
    assert stored()["uploads"] == []


def test_a_good_key_is_told_from_a_wrong_one_by_an_empty_call(client, key):
    answers = [client.post("/shrink", headers=basic(each)) for each in (key, "tfy_live_wrong")]
    assert [(each.status_code, each.json()["error"]) for each in answers] == [
        (400, "InputMissing"),
        (401, "Unauthorized"),
    ]


def test_compressions_are_counted_in_refusals_too(client, key, shrink, output, working):
    """Clients read there how many there are, right after they have checked a key."""
    assert shrink(b"").headers["compression-count"] == "0"
    refused = output(SEEN_THROUGH, convert={"type": "image/jpeg"})
    assert (refused.status_code, refused.headers["compression-count"]) == (400, "1")
    assert "compression-count" not in client.post("/shrink", headers=basic("tfy_live_wrong")).headers


def test_a_path_that_there_is_not_is_refused_in_the_same_shape(client, aws):
    assert client.get("/output/a/b").json() == {"error": "NotFound", "message": "Not Found"}
    assert client.get("/nowhere").json() == {"detail": "Not Found"}


@pytest.mark.parametrize(
    ("data", "status", "kind"),
    [
        (b"text", 400, "BadSignature"),
        (pictures.png()[:-40], 415, "DecodeError"),
        (pictures.jpeg().replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c"), 415, "UnsupportedFile"),
    ],
)
def test_a_file_that_is_no_image_is_explained_and_not_stored(shrink, stored, data, status, kind):
    answer = shrink(data)
    assert (answer.status_code, answer.json()["error"]) == (status, kind)
    assert set(answer.json()) == {"error", "message"}
    assert stored()["uploads"] == []


def test_credits_that_are_used_up_are_429(shrink, working, monkeypatch):
    monkeypatch.setenv("IMGOPT_CREDITS_FREE", "2")
    settings.cache_clear()
    answer = shrink()
    assert (answer.status_code, answer.json()) == (
        429,
        {"error": "TooManyRequests", "message": "Insufficient credits. Need 3, have 2."},
    )


def test_calls_beyond_the_rate_are_429(shrink, working, monkeypatch):
    monkeypatch.setenv("IMGOPT_RATE_PROCESSING_FREE", "1")
    settings.cache_clear()
    answers = [shrink(), shrink()]
    assert [each.status_code for each in answers] == [201, 429]
    assert answers[1].json()["error"] == "TooManyRequests"
    assert int(answers[1].headers["retry-after"]) > 0


@pytest.mark.parametrize("location", ["/output/unknown", "/output/00000000-0000-4000-8000-000000000000"])
def test_an_output_that_there_is_not_is_404(client, key, location):
    answers = [client.get(location), client.post(location, json={"resize": {"width": 5}}, headers=basic(key))]
    assert [(each.status_code, each.json()["error"]) for each in answers] == [(404, "NotFound")] * 2


def test_a_body_that_is_too_large_is_refused_in_the_same_shape(client, key, monkeypatch):
    monkeypatch.setenv("IMGOPT_MAX_MULTIPART_BYTES", "1000")
    settings.cache_clear()
    answer = client.post("/shrink", content=bytes(100_000), headers=basic(key))
    assert (answer.status_code, answer.json()["error"]) == (413, "TooLarge")
    assert answer.json()["message"].startswith("Request too large.")


def test_a_wrong_method_is_refused_in_the_same_shape(client, aws):
    answer = client.get("/shrink")
    assert (answer.status_code, answer.json()) == (405, {"error": "MethodNotAllowed", "message": "Method Not Allowed"})


def test_a_fault_is_told_in_the_same_shape(client, key, monkeypatch):
    monkeypatch.setattr(tinypng, "keep", lambda *_: 1 / 0)
    answer = client.post("/shrink", content=PHOTO, headers=basic(key))
    assert (answer.status_code, answer.json()["error"]) == (500, "InternalServerError")


def test_every_error_has_an_answer():
    of_image_urls = {errors.InvalidImageUrl, errors.ForbiddenImageUrl, errors.UnreachableSource, errors.UnusableSource}
    of_image_urls |= {errors.SourceRefused, errors.SourceFailed, errors.SourceTimeout, errors.NothingPaid}
    assert ANSWERS.keys() == STATUS.keys() - of_image_urls


def test_a_job_that_fails_for_its_file_is_told_why_and_costs_nothing(shrink, monkeypatch, credits_left):
    damaged = '{"errorMessage": "The JPEG file is damaged."}'
    monkeypatch.setattr(jobs, "start_execution", lambda job: fail(job, "InvalidImage", damaged))
    answer = shrink()
    assert (answer.status_code, answer.json()) == (
        415,
        {"error": "DecodeError", "message": "The JPEG file is damaged."},
    )
    assert credits_left() == settings().credits_free


def test_a_job_that_fails_for_another_reason_is_done_anew_when_it_is_asked_again(shrink, monkeypatch, run_stages):
    """Clients repeat the call after half a second."""
    runs = []

    def work(job):
        runs.append(job.id)
        return run_stages(job.id) if len(runs) > 1 else fail(job, "ABORTED")

    monkeypatch.setattr(jobs, "start_execution", work)
    answers = [shrink(), shrink()]
    assert [each.status_code for each in answers] == [500, 201]
    assert (answers[0].json()["error"], len(set(runs))) == ("InternalServerError", 2)


def test_a_call_that_always_fails_is_given_up(shrink, monkeypatch):
    runs = []
    monkeypatch.setattr(jobs, "start_execution", lambda job: runs.append(job.id) or fail(job, "ABORTED"))
    assert {shrink().status_code for _ in range(repeated.MOST_REPETITIONS + 2)} == {500}
    assert len(runs) == repeated.MOST_REPETITIONS


# 9. WordPress


def test_a_key_says_what_it_has_left(client, key, shrink, working):
    shrink()
    answer = client.get(f"/keys/{key}")
    assert (answer.status_code, answer.json()) == (200, {})
    names = ("compression-count", "compression-count-remaining", "paying-state", "email-address")
    assert [answer.headers[name] for name in names] == ["1", "15", "free", "owner@example.com"]


def test_paying_users_are_told_so(client, key, user):
    entitle(user.id, Entitlement(Tier.PRO))
    assert client.get(f"/keys/{key}").headers["paying-state"] == "paid"


@pytest.mark.parametrize("key", ["tfy_live_wrong", "wrong"])
def test_an_unknown_key_is_404(client, aws, key):
    answer = client.get(f"/keys/{key}")
    assert (answer.status_code, answer.json()["error"]) == (404, "NotFound")


def test_calls_about_keys_are_counted_by_address(client, aws, monkeypatch):
    monkeypatch.setenv("IMGOPT_RATE_KEY_CHECKS", "2")
    settings.cache_clear()
    assert [client.get("/keys/wrong").status_code for _ in range(3)] == [404, 404, 429]


def test_a_key_is_not_logged(client, key, log_lines):
    client.get(f"/keys/{key}")
    client.post("/shrink", headers=basic(key))
    assert {line.get("route") for line in log_lines()} >= {"/keys/{key}", "/shrink"}
    assert key not in json.dumps(log_lines())


# 10. The answer comes when the work is done


def test_a_job_that_takes_too_long_goes_on_and_is_found_by_a_repeated_call(shrink, hasty, credits_left, run_stages):
    answer = shrink()
    assert (answer.status_code, answer.json()) == (503, {"error": "Unfinished", "message": STILL_AT_WORK})
    assert answer.headers["retry-after"] == "1"
    (job_id,) = executions()
    run_stages(job_id)
    again = shrink()
    assert (again.status_code, again.headers["location"]) == (201, f"/output/{job_id}")
    assert credits_left() == settings().credits_free - COMPRESS


@pytest.mark.usefixtures("hasty")
def test_commands_that_take_too_long_are_found_by_a_repeated_call(client, key, shrink, run_stages):
    shrink()
    (first,) = executions()
    run_stages(first)
    location = shrink().headers["location"]

    def ask():
        return client.post(location, json={"resize": {"width": 10}}, headers=basic(key))

    assert ask().status_code == 503
    (second,) = {*executions()} - {first}
    run_stages(second)
    answer = ask()
    assert (answer.headers["image-width"], answer.headers["compression-count"]) == ("10", "3")


def test_a_job_that_ends_while_it_is_waited_for_is_answered_at_once(client, key, monkeypatch, run_stages):
    monkeypatch.setattr(tinypng, "wait_for_end", _end_meanwhile(run_stages))
    assert client.post("/shrink", content=PHOTO, headers=basic(key)).status_code == 201


def test_calls_beyond_those_that_may_wait_for_an_output_are_answered_at_once(client, shrink, hasty, monkeypatch):
    waited = []

    async def note(_watcher, job, seconds):
        waited.append(job.id)
        return job

    shrink()
    (job_id,) = executions()
    monkeypatch.setattr(tinypng, "wait_for_end", note)
    monkeypatch.setenv("IMGOPT_MAX_WAITS_PER_CLIENT", "1")
    settings.cache_clear()
    assert client.get(f"/output/{job_id}").status_code == 503
    take_lease("waits", "unknown", 1, "")
    assert client.get(f"/output/{job_id}").status_code == 503
    assert waited == [job_id]


def _end_meanwhile(run_stages):
    wait = tinypng.wait_for_end

    async def work_and_wait(watcher, job, seconds):
        working = asyncio.create_task(asyncio.to_thread(run_stages, job.id))
        ended = await wait(watcher, job, seconds)
        await working
        return ended

    return work_and_wait


def test_the_same_image_of_somebody_else_is_another_job(client, key, shrink, working):
    other = api_keys.create(repository.add_user(User("user-2", "b@example.com", clock.now())).id, "other")[1]
    first, second = shrink(), client.post("/shrink", content=PHOTO, headers=basic(other))
    assert first.headers["location"] != second.headers["location"]


def test_an_image_is_shrunk_anew_when_its_job_has_been_deleted(client, key, shrink, working):
    location = shrink().headers["location"]
    gone = client.delete(location.replace("/output", "/jobs"), headers={"Authorization": f"Bearer {key}"})
    assert gone.status_code == 200
    again = shrink()
    assert again.status_code == 201
    assert again.headers["location"] != location


def test_an_image_is_shrunk_anew_a_day_later(shrink, working, clock_at):
    location = shrink().headers["location"]
    clock_at(days=1, minutes=1)
    again = shrink()
    assert again.status_code == 201
    assert again.headers["location"] != location


# Guests


def test_a_guests_session_token_is_a_key(client, upload, working):
    token = upload(pictures.png())["session_token"]
    answer = client.post("/shrink", content=PHOTO, headers=basic(token))
    assert answer.status_code == 201
    resized = client.post(answer.headers["location"], json={"resize": {"width": 9}}, headers=basic(token))
    assert (resized.status_code, resized.headers["image-width"]) == (200, "9")
    told = client.get(f"/keys/{token}").headers
    assert (told["paying-state"], "email-address" in told) == ("free", False)


def test_guests_of_an_address_share_their_credits_here_too(client, upload, working, monkeypatch):
    monkeypatch.setenv("IMGOPT_GUESTS_PER_ADDRESS", "1")
    monkeypatch.setenv("IMGOPT_CREDITS_UNREGISTERED", "5")
    settings.cache_clear()
    tokens = [upload(pictures.png())["session_token"] for _ in range(2)]
    statuses = [client.post("/shrink", content=PHOTO, headers=basic(each)).status_code for each in tokens]
    assert statuses == [201, 429]


@pytest.mark.parametrize(
    ("header", "password"),
    [("Basic YXBpOmtleQ==", "key"), ("basic  YTpiOmM= ", "b:c"), ("Basic OnA=", "p"), ("Basic YQ==", None), ("", None)],
)
def test_a_password_is_read_as_http_has_it(header, password):
    assert password_of(header) == password


def test_a_bearer_token_is_no_key():
    assert credentials_of("Bearer tfy_live_x") == (None, None)
