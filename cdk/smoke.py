"""`make smoke URL=… [KEY=…]` optimizes one image with a running service, as a client would.

The exit code is 0 if the result is smaller and can be decoded, 1 if not, 2 without a URL, 3 if the service can't be
reached, and 4 if it refuses the key or the key has not enough credits.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx2
from PIL import Image

from cdk.paths import ROOT
from imgopt_client.connection import INVALID_LOGIN, Connection, connect, is_remote, parse_server_url
from imgopt_client.downloads import download_result
from imgopt_client.errors import ClientError, ExitCode
from imgopt_client.identity import Identity
from imgopt_client.jobs import submit_job, wait_for_job
from imgopt_client.responses import check_success
from imgopt_client.sources import Source
from imgopt_client.uploads import Uploader

SAMPLE = ROOT / "samples" / "landscape.jpg"
USAGE = "name a service: make smoke URL=https://…, with KEY=… if it does not allow guests"
# Messages of the client that would mislead here.
OWN_WORDS = {INVALID_LOGIN: "The service does not accept the key."}
LONGEST_SECONDS = 300
EVENTS_TYPE = "text/event-stream"


class WrongBehavior(ClientError):
    """The service answers incorrectly."""


class WrongUsage(ClientError):
    exit_code = ExitCode.USAGE


def main(environment: Mapping[str, str], http: httpx2.Client | None = None, sample: Path = SAMPLE) -> int:
    """The exit code. `http` is for tests."""
    try:
        try_service(address_in(environment), environment.get("KEY") or None, http, sample)
    except ClientError as error:
        print_step(f"imgopt: {OWN_WORDS.get(str(error), str(error))}", sys.stderr.write)
        return error.exit_code
    except httpx2.HTTPError as error:
        print_step(f"imgopt: The service's answer can't be read: {error}.", sys.stderr.write)
        return ExitCode.FAILED
    return ExitCode.DONE


def address_in(environment: Mapping[str, str]) -> str:
    """The URL of the service. Raises WrongUsage if there is none, or if a key would be sent unencrypted."""
    given = environment.get("URL", "")
    if not given:
        raise WrongUsage(USAGE)
    try:
        address = httpx2.URL(parse_server_url(given))
    except ClientError as error:
        raise WrongUsage(str(error)) from error
    if environment.get("KEY") and address.scheme != "https" and is_remote(given):
        raise WrongUsage(f"The key would be sent to {given} unencrypted; use https://.")
    return given


def try_service(address: str, key: str | None, http: httpx2.Client | None, sample: Path) -> None:
    """Optimizes the sample. Raises a ClientError if something fails."""
    patience = WaitLimit(LONGEST_SECONDS)
    with (
        tempfile.TemporaryDirectory() as folder,
        connect(address, Identity(key), http, patience.wait, plain_http=True) as connection,
    ):
        job_id = submit_sample(connection, sample)
        connection.retries.run(lambda: follow(connection, job_id))
        job = wait_for_job(connection, job_id)
        print_step(f"ok  followed: the job is {job['status']}")
        result = download_result(connection, job_id, Path(folder), job.get("processed_size"))
        print_step(f"ok  downloaded: {judge_result(sample, result)}")


def submit_sample(connection: Connection, sample: Path) -> str:
    upload = Uploader(connection).upload(Source(str(sample), sample.parent, sample.parent, sample))
    print_step(f"ok  uploaded: {sample.name}, {upload.size:,} bytes")
    return submit_job(connection, upload.temp_file_id, {"job_source": "smoke"}, print_step).id


def follow(connection: Connection, job_id: str) -> None:
    """Reads the events of a job. If they end before the job, its status is polled afterwards."""
    with connection.stream(f"/status/{job_id}/stream") as response:
        if not response.is_success:
            response.read()
            check_success(response)
        if not response.headers.get("content-type", "").startswith(EVENTS_TYPE):
            raise WrongBehavior("The status stream is not a stream of events.")
        events = b"".join(response.iter_bytes())
    if job_id.encode() not in events:
        raise WrongBehavior("The status stream has no events of the job.")


def judge_result(source: Path, result: Path) -> str:
    """A description of the result. Raises WrongBehavior unless it is a smaller image of the same dimensions."""
    before, after = source.stat().st_size, result.stat().st_size
    if after >= before:
        raise WrongBehavior(f"The result is not smaller: {after:,} bytes of {before:,}.")
    expected, found = decode(source), decode(result)
    if found.size != expected.size:
        raise WrongBehavior(
            f"The result has {'x'.join(map(str, found.size))} pixels, not {'x'.join(map(str, expected.size))}."
        )
    width, height = found.size
    return f"{found.format}, {width}x{height}, {after:,} bytes, {1 - after / before:.0%} smaller"


def decode(path: Path) -> Image.Image:
    try:
        image = Image.open(path)
        image.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise WrongBehavior(f"The result can't be decoded: {error}.") from error
    return image


class WaitLimit:
    """Waits, but for no longer than `seconds` in all."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.ends = seconds, time.monotonic() + seconds

    def wait(self, seconds: float) -> None:
        if time.monotonic() + seconds > self.ends:
            raise WrongBehavior(f"The job did not end within {self.seconds:.0f} seconds.")
        time.sleep(seconds)


def print_step(text: str, write: Callable[[str], object] | None = None) -> None:
    (write or sys.stdout.write)(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(os.environ))
