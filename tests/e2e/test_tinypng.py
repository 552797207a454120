"""The published TinyPNG clients for Python and Node, and the requests of other clients, over HTTP."""

import http.client
import json
import subprocess
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
import tinify

from cdk.node import NODE, install
from tests import certificates, pictures
from tests.e2e.conftest import connect
from tests.e2e.https_proxy import https_before
from tests.metadata_files import packet_of
from tests.pictures import open_image

FOLDER = Path(__file__).with_name("tinify")
SCRIPT = Path(__file__).with_name("tinify") / "run.mjs"
RIGHTS = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:rights>(c) Ann</dc:rights></rdf:Description>'
    b"</rdf:RDF></x:xmpmeta>"
)
PHOTO = pictures.encode(pictures.draw(size=(120, 80)), "JPEG", quality=95, xmp=RIGHTS)
SEEN_THROUGH = pictures.png("RGBA")
THROUGH = (pictures.WIDTH - 4, pictures.HEIGHT - 4)
TEAL = (16, 160, 176)


@pytest.fixture(scope="module")
def key(cloud) -> str:
    """A guest's session token."""
    sent = {"file": ("a.png", pictures.png())}
    return httpx2.post(f"{cloud.url}/upload", files=sent, trust_env=False).json()["session_token"]


@pytest.fixture
def client(cloud, key, monkeypatch):
    """The Python client, pointed at the service by an assignment, and otherwise as it is."""
    monkeypatch.setattr(tinify.Client, "API_ENDPOINT", cloud.url)
    tinify.key = key
    return tinify


def test_python_client_shrinks_an_image(client, tmp_path):
    source = client.from_buffer(PHOTO)
    source.to_file(str(tmp_path / "small.jpg"))
    result = source.result()
    image = open_image((tmp_path / "small.jpg").read_bytes())
    assert (image.format, image.size) == ("JPEG", (120, 80))
    assert (result.size, len(result)) == (len(result.to_buffer()),) * 2
    assert (result.width, result.height, result.media_type, result.extension) == (120, 80, "image/jpeg", "jpeg")
    assert result.size < len(PHOTO)
    assert client.compression_count > 0


def test_python_client_makes_other_images_of_it(client):
    source = client.from_buffer(PHOTO)
    fitted, covered = (source.resize(method=each, width=30, height=30) for each in ("fit", "cover"))
    assert (fitted.result().width, fitted.result().height) == (30, 20)
    assert open_image(covered.to_buffer()).size == (30, 30)
    kept = source.preserve("copyright", "location").resize(method="scale", width=60).convert(type=["image/webp"])
    assert (kept.result().extension, kept.result().width) == ("webp", 60)
    assert b"(c) Ann" in packet_of(kept.to_buffer())


def test_python_client_puts_what_is_transparent_on_a_colour(client):
    source = client.from_buffer(SEEN_THROUGH)
    made = source.convert(type="image/jpeg").transform(background="#10a0b0").to_buffer()
    assert is_close(open_image(made).getpixel(THROUGH), TEAL)
    with pytest.raises(tinify.ClientError, match=r"The image is transparent.*\(HTTP 400/BadRequest\)"):
        source.convert(type="image/jpeg").to_buffer()


def test_python_client_names_an_image_by_its_address(client, website):
    assert client.from_url(f"http://{website.host}/a.jpg").result().width == pictures.WIDTH


def test_python_client_tells_a_good_key_from_a_wrong_one(client):
    assert client.validate()
    client.key = "tfy_live_wrong"
    with pytest.raises(tinify.AccountError, match=r"\(HTTP 401/Unauthorized\)"):
        client.validate()


def test_python_client_says_what_is_no_image(client):
    with pytest.raises(tinify.ClientError, match=r"Unsupported file type.*\(HTTP 400/BadSignature\)"):
        client.from_buffer(b"text")


@pytest.fixture(scope="module")
def node_answers(cloud, key, tmp_path_factory) -> dict:
    """Returns the results of all calls to the npm package, which one process makes."""
    try:
        modules = install(FOLDER)
    except subprocess.CalledProcessError:
        pytest.skip("the npm registry is not reachable")
    folder = tmp_path_factory.mktemp("node")
    certificate = folder / "server.pem"
    certificate.write_bytes(certificates.of_this_machine())
    (folder / "photo.jpg").write_bytes(PHOTO)
    (folder / "through.png").write_bytes(SEEN_THROUGH)
    with https_before(cloud.url, certificate) as url:
        arguments = [str(modules.parent / "index.js"), url, str(certificate), key, str(folder)]
        command = [NODE, str(SCRIPT), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return {**json.loads(done.stdout), "folder": folder}


def test_node_client_shrinks_an_image(node_answers):
    data = (node_answers["folder"] / "small.jpg").read_bytes()
    assert node_answers["shrunk"] == [len(data), 120, 80, "image/jpeg", "jpeg"]
    assert len(data) < len(PHOTO)
    assert node_answers["count"] > 0


def test_node_client_makes_other_images_of_it(node_answers):
    folder = node_answers["folder"]
    assert [open_image((folder / name).read_bytes()).size for name in ("fit", "cover", "kept")] == [
        (30, 20),
        (30, 30),
        (60, 40),
    ]
    assert b"(c) Ann" in packet_of((folder / "kept").read_bytes())
    assert is_close(open_image((folder / "flat").read_bytes()).getpixel(THROUGH), TEAL)


def test_node_client_says_what_went_wrong(node_answers):
    assert [(status, message.rpartition("(")[2]) for status, message in node_answers["errors"]] == [
        (400, "HTTP 400/BadSignature)"),
        (400, "HTTP 400/BadRequest)"),
        (401, "HTTP 401/Unauthorized)"),
    ]
    assert "not as a Uint8Array" in node_answers["errors"][1][1]


def test_headers_are_written_as_clients_that_compare_letters_want_them(cloud, key):
    """Ruby's client and Shopware's parser compare letters. Python's own HTTP client leaves names as they arrive."""
    connection = http.client.HTTPConnection(str(urlsplit(cloud.url).netloc), timeout=60)
    connection.request("POST", "/shrink", PHOTO, basic(key))
    answer = connection.getresponse()
    answer.read()
    connection.request("GET", str(answer.getheader("Location")))
    result = connection.getresponse()
    names = {name for name, _ in (*answer.getheaders(), *result.getheaders())}
    connection.close()
    assert names >= {"Location", "Compression-Count", "Content-Type", "Content-Length", "Image-Width", "Image-Height"}
    written = {name for name in names if name != "-".join(part.capitalize() for part in name.split("-"))}
    assert written <= {"date"}  # uvicorn's own


def test_gateway_answers_when_the_work_is_done(cloud, key):
    """The Lambda function behind API Gateway."""
    headers = {**cloud.gateway_headers, **basic(key)}
    with connect(cloud.gateway_url, headers) as gateway:
        answer = gateway.post("/shrink", content=SEEN_THROUGH, headers={"Content-Type": "image/png"})
        assert answer.status_code == 201, answer.text
        path = urlsplit(answer.json()["output"]["url"]).path.rpartition("/output/")[2]
        made = gateway.post(f"/output/{path}", json={"resize": {"width": 12}})
    assert (answer.status_code, made.status_code) == (201, 200)
    assert open_image(made.content).size == (12, 8)
    assert made.headers["image-width"] == "12"


def basic(key: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'api:{key}'.encode()).decode()}"}


def is_close(pixel: tuple[int, ...], color: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 8 for one, other in zip(pixel, color, strict=True))
