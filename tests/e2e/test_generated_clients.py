"""Clients generated from the served document process an image."""

import importlib
import json
import subprocess
import sys

import pytest

from cdk.node import NODE
from functions.api.app import build_app
from tests import pictures
from tests.e2e.conftest import wait_until
from typescript_client.build import run_generator

SCRIPT = """
import { readFile } from "node:fs/promises";
const { Imgopt, ImgoptError } = await import(process.argv[1]);
const imgopt = new Imgopt({ server: process.argv[2] });
const photo = await readFile(process.argv[3]);
const quote = await imgopt.quote(photo, { output_format: "webp" });
const small = await imgopt.optimize(photo, { output_format: "webp", output_width: 20 }, { fileName: "hero.jpg" });
const refusal = await imgopt.optimize(new Uint8Array([1, 2, 3])).catch((error) => error);
const { job } = small;
console.log(JSON.stringify({
  credits: quote.credits, name: job.processed_filename, width: job.processed_width, size: job.processed_size,
  bytes: (await small.bytes()).length, refused: refusal instanceof ImgoptError && refusal.status,
}));
"""

# A server in memory: what it is asked, by method, path, guest and key of the request.
SCRIPTED = """
const { Imgopt, ImgoptError } = await import(process.argv[1]);
const asked = [], scripted = {};
let guests = 0, uploads = 0;
const answers = {
  "/upload": (guest) => ({ temp_file_id: `f${uploads++}`, session_token: guest ? null : `g${guests++}` }),
  "/upload/presign": () => ({ upload_id: "u", url: "https://storage.test/form", fields: { policy: "p" } }),
  "/form": () => ({}),
  "/upload/complete": () => ({ temp_file_id: "stored" }),
  "/auto": () => ({ jobs: [{ id: "j" }] }),
  "/status/j": () => ({ job: { id: "j", status: "completed" } }),
};
const fetch = async (url, { method, headers = {} }) => {
  const { pathname } = new URL(url);
  const [guest, key] = [headers["X-Session-Token"] ?? null, headers["Idempotency-Key"] ?? null];
  asked.push([method, pathname, guest, key]);
  const given = scripted[pathname]?.shift();
  if (given === 0) throw new TypeError("fetch failed");
  return Response.json(given ? { detail: "no" } : answers[pathname](guest), { status: given ?? 200 });
};
const server = "https://imgopt.test//", bytes = new Uint8Array(3), told = {};
const take = () => asked.splice(0);
const imgopt = new Imgopt({ server, fetch });
await Promise.all([imgopt.optimize(bytes), imgopt.optimize(new Blob([bytes]).stream())]);
told.guests = [guests, take().filter(([, path]) => path === "/upload").map(([, , guest]) => guest)];
scripted["/auto"] = [0, 503];
await imgopt.optimize(bytes);
told.again = take().filter(([, path]) => path === "/auto").map(([, , , key]) => key);
scripted["/upload"] = [401];
await imgopt.optimize(bytes);
told.forgotten = take().filter(([, path]) => path === "/upload").map(([, , guest]) => guest);
await imgopt.optimize(new Uint8Array(4_000_001));
told.large = take().map(([, path, guest]) => [path, guest]);
scripted["/upload"] = [0, 0, 0, 0];
const lost = await imgopt.optimize(bytes).catch((error) => error);
told.lost = [lost instanceof ImgoptError, lost.status, lost.message];
told.path = await imgopt.optimize("hero.jpg").catch((error) => error.message);
try { new Imgopt({ server, apiKey: "secret\\nkey" }); } catch (error) { told.key = error.message; }
console.log(JSON.stringify(told));
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_text(json.dumps(build_app().openapi()))
    return path


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "hero.jpg"
    path.write_bytes(pictures.jpeg())
    return path


def test_typescript_client_carries_an_image_through(cloud, typescript, photo):
    arguments = [str(typescript / "dist" / "index.js"), cloud.url, str(photo)]
    command = [NODE, "--input-type=module", "-e", SCRIPT, *arguments]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)
    assert answer["bytes"] == answer.pop("size")
    del answer["bytes"]
    assert answer == {"credits": 3, "name": "hero.tinified.webp", "width": 20, "refused": 415}


@pytest.fixture(scope="module")
def told(typescript) -> dict:
    """Returns the results of all calls of the client in SCRIPTED."""
    command = [NODE, "--input-type=module", "-e", SCRIPTED, str(typescript / "dist" / "index.js")]
    return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)


def test_typescript_calls_side_by_side_are_one_guests(told):
    assert told["guests"] == [1, [None, "g0"]]


def test_typescript_client_replaces_a_guest_that_the_server_has_forgotten(told):
    assert told["forgotten"] == ["g0", None]


def test_typescript_client_asks_again_by_the_same_key(told):
    assert told["again"] == ["f2", "f2", "f2"]


def test_typescript_client_sends_large_files_to_the_storage_without_credentials(told):
    paths = ["/upload/presign", "/form", "/upload/complete", "/auto", "/status/j"]
    assert told["large"] == [[path, None if path == "/form" else "g1"] for path in paths]


def test_typescript_client_names_a_server_that_can_not_be_reached(told):
    assert told["lost"] == [True, 0, "https://imgopt.test can't be reached."]


def test_typescript_client_takes_no_path_for_an_image_and_shows_no_key(told):
    assert told["path"] == "An image is a File, a Blob, bytes, a stream, or a URL object, and no name of a file."
    assert told["key"] == "apiKey holds characters that no key has."


def test_linter_of_documents_finds_no_errors(typescript, document):
    told = run_generator("@redocly/cli/bin/cli.js", "lint", str(document))
    assert "Your API description is valid" in told


@pytest.fixture(scope="module")
def python_client(document, tmp_path_factory):
    """Returns the modules, by name, that openapi-python-client generates without a warning."""
    folder = tmp_path_factory.mktemp("python")
    settings = folder / "settings.json"
    settings.write_text(json.dumps({"post_hooks": []}))
    program = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
    options = ["--config", str(settings), "--path", str(document), "--output-path", str(folder / "generated_client")]
    made = subprocess.run([*program, *options], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"generated_client.{name}")
    sys.path.remove(str(folder))


@pytest.fixture
def send(cloud, python_client):
    """Calls an operation by its module."""
    client = python_client("client").Client(base_url=cloud.url)
    return lambda module, **sent: python_client(f"api.{module}").sync(client=client, **sent)


def test_generated_python_client_carries_an_image_through(send, python_client, photo):
    models, types = python_client("models"), python_client("types")
    with photo.open("rb") as file:
        form = models.BodyUploadFileUploadPost(file=types.File(payload=file, file_name="hero.jpg"))
        upload = send("upload.upload_file_upload_post", body=form)
    settings = models.ProcessingSettings(output_format=models.OutputFormat.WEBP)
    asked = models.ProcessFilesRequest(temp_file_ids=[upload.temp_file_id], settings=settings)
    accepted = send("auto.process_auto_auto_post", body=asked, x_session_token=upload.session_token)

    def ended():
        job = send("status.get_status_status_job_id_get", job_id=accepted.jobs[0].id).job
        return job if job.status == models.JobStatus.COMPLETED else None

    result = send("download.download_file_download_job_id_get", job_id=wait_until(ended).id)
    assert result.payload.read()[8:12] == b"WEBP"
