"""The calls of the MCP servers, from the first image of a guest to a login and its end."""

from io import BytesIO

import pytest
from PIL import Image

from functions.stages import fail
from imgopt.settings import settings
from tests import pictures
from tests.clients.mcp_server import UNSUPPORTED, Failed, McpServer
from tests.scripted_server import serve

INPUTS = {
    "jpg": pictures.jpeg(),
    "png": pictures.png("RGBA"),
    "webp": pictures.webp(),
    "gif": pictures.gif(frames=3),
    "bmp": pictures.encode(pictures.draw("RGB"), "BMP"),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><path d="M1 1h30v20z"/></svg>',
}
BECOME = {"bmp": "jpg"}


@pytest.mark.parametrize("name", INPUTS)
def test_a_stranger_has_a_picture_optimized(mcp, name):
    done = mcp.optimize(INPUTS[name], f"my photo; 1.{name}")
    extension = BECOME.get(name, name)
    assert (done["status"], done["processed_format"], done["error"]) == ("completed", extension, None)
    assert done["filename"] == f"my-photo-1.tinified.{extension}"
    assert len(done["data"]) == done["processed_size"]
    assert done["suggested"] is None


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "avif", "gif", "ico"])
def test_a_picture_is_converted(mcp, extension):
    done = mcp.optimize(pictures.png(), "hero.png", output_format=extension, output_quality=70)
    assert (done["processed_format"], done["filename"]) == (extension, f"hero.tinified.{extension}")


def test_a_picture_is_resized_upscaled_and_described_in_one_call(mcp):
    wanted = {"output_upscale_factor": 2.0, "output_width": 50, "output_seo_tag_gen": True, "output_seo_rename": True}
    done = mcp.optimize(pictures.jpeg(), "IMG_0001.JPG", output_format="jpeg", **wanted)
    assert Image.open(BytesIO(done["data"])).size[0] == 50
    assert done["seo_alt_text"] == "A kite over a beach."
    assert done["seo_filename"] == "kite-over-a-beach"
    assert done["filename"] == done["suggested"] == "kite-over-a-beach.jpg"
    assert 3 <= len(done["seo_keywords"]) <= 10


@pytest.mark.parametrize("path", ["/compress", "/upscale", "/tag"])
def test_the_short_forms_are_asked_as_nobody_too(mcp, path):
    assert mcp.optimize(pictures.png(), "a.png", path=path)["status"] == "completed"


def test_a_stranger_stays_the_same_guest_and_pays(mcp):
    """The first call is made as nobody, the others with the token of the first upload."""
    left = []
    for _ in range(6):
        mcp.optimize(pictures.png(), "a.png")
        left.append(mcp.status()["credits_remaining"])
    assert left == [17, 14, 11, 8, 5, 2]
    with pytest.raises(Failed, match=r"Insufficient credits\. Need 3, have 2\."):
        mcp.optimize(pictures.png(), "a.png")


def test_frames_and_speed_of_an_animation_are_told_before_it_is_paid(mcp):
    uploaded = mcp.upload(pictures.gif(frames=5, duration=40), "a.gif")
    assert (uploaded["gif_frame_count"], uploaded["gif_fps"]) == (5, 25.0)
    done = mcp.process(uploaded["temp_file_id"], gif_frame_limit=2)
    assert Image.open(BytesIO(done["data"])).n_frames == 2


def test_a_picture_is_fetched_from_a_website(mcp, monkeypatch):
    picture = pictures.png()
    found = f"HTTP/1.1 200 OK\r\nContent-Length: {len(picture)}\r\n\r\n".encode() + picture
    with serve(lambda _: [found]) as peer:
        monkeypatch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", peer.authority)
        settings.cache_clear()
        done = mcp.optimize_url(f"http://{peer.authority}/photos/hero.png?v=3")
    assert done["filename"] == "hero.tinified.png"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1/a.png", "not found on the public internet"),
        ("http://a.example:8443/a.png", "must use port 80 or 443"),
        ("file:///etc/passwd", "must begin with http:// or https://"),
        ("hero.png", "must begin with http:// or https://"),
    ],
)
def test_a_url_that_leads_nowhere_is_explained(mcp, url, shown):
    with pytest.raises(Failed, match=shown):
        mcp.optimize_url(url)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"", r"^The file is empty\.$"),
        (pictures.png()[:-40], "truncated"),
        (pictures.jpeg()[:-200], "truncated"),
        (b"\x89PNG\r\n\x1a\n" + b"lies" * 50, "PNG"),
        (b"just text", f"^{UNSUPPORTED}$"),
        (b"%PDF-1.7 and so on", f"^{UNSUPPORTED}$"),
    ],
)
def test_a_file_that_is_no_picture_is_explained(mcp, stored, data, shown):
    with pytest.raises(Failed, match=shown):
        mcp.optimize(data)
    assert stored() == {"uploads": [], "results": [], "items": []}


def test_a_job_that_fails_says_why(client, run_stages):
    def damage(job_id: str) -> None:
        cause = '{"errorMessage": "The JPEG file is damaged."}'
        fail.handler({"job_id": job_id, "error": {"Error": "InvalidImage", "Cause": cause}}, None)

    mcp = McpServer(client, damage)
    with pytest.raises(Failed, match=r"The JPEG file is damaged\."):
        mcp.optimize(pictures.jpeg())
    assert mcp.status()["credits_remaining"] == 20


@pytest.fixture
def log_in(mcp, issuer, client, clock_at):
    """The user takes three minutes to approve; the program asks every three seconds, and is never told to slow down."""
    passed = iter(range(3, 400, 3))

    def approve(code: str) -> None:
        client.post("/mcp/auth/approve", json={"user_code": code}, headers=issuer.bearer()).raise_for_status()

    return lambda: mcp.log_in(approve, lambda: clock_at(seconds=next(passed)))


def test_a_user_logs_in_works_and_logs_out(mcp, log_in):
    user = log_in()
    assert {"email", "tier", "credits_remaining", "credits_limit", "credits_reset_at"} <= user.keys()
    assert mcp.optimize(pictures.png(), "a.png")["status"] == "completed"
    assert mcp.session_token is None
    status = mcp.status()
    assert (status["logged_in"], status["tier"], status["credits_remaining"]) == (True, "free", 47)
    mcp.log_out()
    assert (mcp.status()["logged_in"], mcp.status()["tier"]) == (False, "unregistered")
    with pytest.raises(Failed, match="Invalid or expired credentials"):
        mcp.optimize(pictures.png(), "a.png")


def test_a_guest_who_logs_in_does_not_get_at_uploads_of_before_as_a_user(mcp, log_in):
    """Such uploads are processed without a credential, or with the token that they came with."""
    uploaded = mcp.upload(pictures.png(), "a.png")
    log_in()
    with pytest.raises(Failed, match="Temp file not found"):
        mcp.process(uploaded["temp_file_id"])
    mcp.mcp_token = None
    assert mcp.process(uploaded["temp_file_id"])["status"] == "completed"


@pytest.mark.usefixtures("issuer")
def test_the_page_for_a_login_is_where_the_program_says(client):
    grant = client.post("/mcp/auth/device-code").json()
    assert grant["user_code"].startswith("TINI-")
    page = client.get(grant["verify_url"], params={"code": grant["user_code"]})
    assert (page.status_code, "text/html" in page.headers["content-type"]) == (200, True)
