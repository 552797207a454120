"""`make bench-optimize` measures the time of the stage Optimize for a photo, and the part of it for pixels.

The photo has 2 megapixels and becomes WebP, as in `make costs`. S3 is that of moto, in the same process: a call takes
some milliseconds of CPU. The code is already loaded, as in a warm function.
"""

import os
import statistics
import time
from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

from moto import mock_aws
from PIL import Image

from imgopt.codecs.format import ImageHeader
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import OutputFormat, ProcessingSettings
from imgopt.imaging.plan import steps_for
from imgopt.settings import settings
from imgopt.storage import clients
from imgopt.workflow import stages
from imgopt.workflow.state import Plan, StepChoices
from local.environment import ROOT

SIZE, ASKED = (1632, 1224), ProcessingSettings(output_format=OutputFormat("webp"))
HEADER = ImageHeader("jpg", "image/jpeg", *SIZE)
UPLOADS, RESULTS, KEY = "uploads", "results", "uploads/photo"
RUNS = 15
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "IMGOPT_UPLOADS_BUCKET": UPLOADS,
    "IMGOPT_RESULTS_BUCKET": RESULTS,
}


def main() -> None:
    os.environ.update(ENVIRONMENT)
    settings.cache_clear()
    photo = make_photo()
    with mock_aws():
        for bucket in (UPLOADS, RESULTS):
            clients.s3().create_bucket(Bucket=bucket)
        clients.s3().put_object(Bucket=UPLOADS, Key=KEY, Body=photo)
        pixels = median(time.process_time, lambda: optimize(photo, HEADER, ASKED))
        whole = median(time.perf_counter, lambda: stages.optimize_pixels(plan()))
    print(f"pixels: {pixels * 1000:.0f} ms of CPU")
    print(f"the stage: {whole * 1000:.0f} ms of time, {(whole - pixels) * 1000:.0f} beside these")


def make_photo() -> bytes:
    file = BytesIO()
    with Image.open(ROOT / "samples" / "landscape.jpg") as sample:
        sample.resize(SIZE).save(file, "JPEG", quality=90)
    return file.getvalue()


def plan() -> Plan:
    asked = StepChoices(network=False, words=False, small=True)
    return Plan(str(uuid4()), "guest", 1, KEY, HEADER, steps_for(ASKED), ASKED, asked, "")


def median(clock: Callable[[], float], run: Callable[[], object]) -> float:
    """The median in seconds of some runs, without the first."""
    times = []
    for _ in range(RUNS + 1):
        began = clock()
        run()
        times.append(clock() - began)
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()
