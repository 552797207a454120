"""`make costs`: what AWS charges for a thousand images and for a month of nothing, at list prices of us-east-1.

The image is a photo of 2 megapixels, a JPEG that becomes WebP, of a guest who uploads it, asks, waits and downloads by
`imgopt`, through functions that are warm. What is counted and measured:

- requests to the API: by the way of an image. The status is requested once: `imgopt` waits for what the answer to a
  call says, 1.4 s here, and the job takes 0.6 s (tests/client/test_optimizer.py). Who asks more often pays $0.005 for a
  thousand images and each time more
- write units and bytes of the log: by tests (tests/handlers/test_write_units.py, test_log_bytes.py); reads, and
  requests to S3, by reading the code
- Optimize, by `make bench-optimize`: 168 ms of CPU for pixels, so as many of time at 1,769 MB, and 14 ms for all else,
  with S3 in the same process

What is assumed: that a CPU of Lambda on Arm is as fast as the one that was measured on; 118 ms more of Optimize, for
two calls of S3 and a slower start of the process for pixels; 50 ms for each call of the API, for Plan and for Finish,
which wait for DynamoDB and have less than a CPU (of which they take 4 and 7 ms, decision 59); 200 ms between states.
Both sums, before and after, have the same times for the same work; before, the status was asked for three times, as
the client did. A second of Optimize more would be $0.023 for a thousand images.

The prices are those of AWS's public pages: "AWS Lambda Pricing", "Amazon API Gateway pricing", "AWS Step Functions
pricing", "Amazon DynamoDB pricing" on demand, "Amazon S3 pricing", "Amazon CloudWatch pricing", "AWS X-Ray pricing",
"AWS WAF pricing", "Amazon CloudFront pricing" and "AWS Secrets Manager pricing", all of 2026.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from imgopt.jobs.spending import UPSCALE_SECONDS_PER_MEGAPIXEL
from imgopt.tagging.prices import estimate

IMAGES = 1000
# Runs of the schedules in 30 days: every minute, every hour, every day.
RUNS = 43_200 + 720 + 30


@dataclass(frozen=True)
class Charge:
    """`count` per image, or per month, at `price` in US dollars for one."""

    what: str
    count: float
    price: float

    @property
    def dollars(self) -> float:
        return self.count * self.price


MILLION = 1e-6
GB_SECOND = 0.0000133334  # Lambda on Arm
TRANSITION, EXPRESS_REQUEST, EXPRESS_GB_SECOND = 25 * MILLION, 1 * MILLION, 0.00001667
GATEWAY, INVOCATION = 3.5 * MILLION, 0.2 * MILLION
WRITE, READ = 0.625 * MILLION, 0.125 * MILLION
S3_WRITE, S3_READ = 5 * MILLION, 0.4 * MILLION
LOGS, RARE_LOGS = 0.5, 0.25  # a gigabyte
# DynamoDB's, of a guest's image.
OPTIMIZE_SECONDS, STAGE_SECONDS, CALL_SECONDS, BETWEEN_SECONDS = 0.3, 0.05, 0.05, 0.2
EXPRESS_SECONDS = OPTIMIZE_SECONDS + 2 * STAGE_SECONDS + BETWEEN_SECONDS
WRITE_UNITS = {"upload": 4, "call": 11, "stages": 7, "cleaning": 4}
# Of an image, of the functions' own lines and API Gateway's (tests/handlers/test_log_bytes.py).
LOGGED_BYTES = {"requests": 1150, "stages": 1500, "access log": 800}
# As it was before there were express executions, by the same prices and counts.
BEFORE = (
    Charge("Step Functions transitions: Plan, IsSingleStage?, OptimizeOnly, Finish", 4, TRANSITION),
    Charge("API Gateway requests: upload, auto, 3 x status, download", 6, GATEWAY),
    Charge("Lambda requests: 6 x API, 3 stages", 9, INVOCATION),
    Charge("Lambda GB-seconds, API: 6 x 50 ms at 1 GB", 6 * CALL_SECONDS, GB_SECOND),
    Charge("Lambda GB-seconds, Plan and Finish: 50 ms at 256 MB and at 1 GB", STAGE_SECONDS * 1.25, GB_SECOND),
    Charge("Lambda GB-seconds, Optimize: 300 ms at 3 GB", OPTIMIZE_SECONDS * 3, GB_SECOND),
    Charge("DynamoDB writes: 6 to upload, 14 to ask, 8 in stages, 5 to clean up", 33, WRITE),
    Charge("DynamoDB reads: guest, upload, credits, failures, job, line, slots, waiting", 14, READ),
    Charge("S3 writes: upload, result; a list to clean up", 3, S3_WRITE),
    Charge("S3 reads: Optimize, Finish, download", 3, S3_READ),
    Charge("CloudWatch Logs: 12 kB", 12e-6, LOGS),
)
CHARGES = (
    Charge("Step Functions, one express request", 1, EXPRESS_REQUEST),
    Charge("Step Functions, 0.6 s of it at 64 MB", EXPRESS_SECONDS * 0.0625, EXPRESS_GB_SECOND),
    Charge("API Gateway requests: upload, auto, status, download", 4, GATEWAY),
    Charge("Lambda requests: 4 x API, 3 stages", 7, INVOCATION),
    Charge("Lambda GB-seconds, API: 4 x 50 ms at 1 GB", 4 * CALL_SECONDS, GB_SECOND),
    BEFORE[4],
    Charge("Lambda GB-seconds, Optimize: 300 ms at 1,769 MB", OPTIMIZE_SECONDS * 1769 / 1024, GB_SECOND),
    *(Charge(f"DynamoDB writes: {part}", units, WRITE) for part, units in WRITE_UNITS.items()),
    Charge("DynamoDB reads: upload, credits, failures, job, line, slots, waiting", 12, READ),
    Charge("S3 writes: upload, result", 2, S3_WRITE),
    BEFORE[9],
    Charge("CloudWatch Logs: a line for each request and stage", sum(LOGGED_BYTES.values()) * 1e-9, LOGS),
    Charge("CloudWatch Logs of the express machine: 7 kB, rarely read", 7e-6, RARE_LOGS),
)
# What a job of the standard machine costs beside the same.
LARGER = (
    Charge("Step Functions transitions: Plan, IsSingleStage?, ProcessBranches, 5 in it, Finish", 9, TRANSITION),
    Charge("Lambda GB-seconds, Upscale: 1 s for a megapixel at 3 GB", UPSCALE_SECONDS_PER_MEGAPIXEL * 3, GB_SECOND),
    Charge("S3 writes: the larger picture", 1, S3_WRITE),
)
NOVA_LITE = estimate("amazon.nova-lite-v1:0", 2000, 150) or 0
WORDS = (
    Charge("Step Functions transitions: Plan, IsSingleStage?, ProcessBranches, 4 in it, Finish", 8, TRANSITION),
    Charge("Lambda GB-seconds, Tag: 1.5 s at 2 GB", 1.5 * 2, GB_SECOND),
    Charge("Bedrock, Nova Lite: 2,000 tokens read and 150 written", 1, NOVA_LITE),
    Charge("S3 writes: the words", 1, S3_WRITE),
)
# Of what AWS gives everybody without charge, nothing is taken off.
TRACES = (
    Charge("X-Ray, if all 7 calls of functions are sampled; it is one a second, and of the others 5 %", 7, 5 * MILLION),
)
MONITORING = (
    Charge("CloudWatch alarms: metrics that they watch, as many as the stack has", 26, 0.1),
    Charge("CloudWatch: metrics of the service's own: 10, and 3 of each of 6 stages", 28, 0.3),
    Charge("CloudWatch: the dashboard", 1, 3.0),
)
EDGE = (
    Charge("WAF: the web ACL", 1, 5.0),
    Charge("WAF: rules", 5, 1.0),
    Charge("Secrets Manager: the secret between CloudFront and the API", 1, 0.4),
)
EDGE_REQUESTS = (
    Charge("WAF: 4 requests", 4, 0.6 * MILLION),
    Charge("CloudFront: 4 requests by HTTPS", 4, 1 * MILLION),
)
STANDING = (
    Charge("Scheduler and Lambda requests of the schedules", RUNS, 1.2 * MILLION),
    Charge("Lambda GB-seconds of the schedules: 100 ms at 512 MB", RUNS * 0.1 * 0.5, GB_SECOND),
    Charge("DynamoDB reads of the schedules: 8 partitions of the agenda, half a unit each", RUNS * 8 * 0.5, READ),
    Charge("CloudWatch Logs of the schedules: 1 kB", RUNS * 1e-6, LOGS),
    Charge("Secrets Manager: the secret that signs callbacks", 1, 0.4),
)
# Images by URL (tests/variants/test_write_units.py). A miss is another size of a photo that is known, as AVIF at 512
# pixels: 44 ms of CPU by `make bench-url`. The rest of its time, for S3 and DynamoDB, is assumed, as is that of a hit.
MISS_WRITE_UNITS, SOURCE_WRITE_UNITS, HIT_WRITE_UNITS = 5, 3, 0
MISS_SECONDS, HIT_SECONDS = 0.25, 0.05
AT_THE_API = (
    Charge("API Gateway request", 1, GATEWAY),
    Charge("Lambda request", 1, INVOCATION),
    Charge("DynamoDB reads: what is known of the source", 0.5, READ),
    Charge("CloudWatch Logs: a line of the request, and one of the access log", 560e-9, LOGS),
)
URL_MISS = (
    *AT_THE_API,
    Charge("Lambda GB-seconds: 250 ms at 1,769 MB", MISS_SECONDS * 1769 / 1024, GB_SECOND),
    Charge("DynamoDB writes: who makes it, and what is counted", MISS_WRITE_UNITS, WRITE),
    Charge("S3 writes: the image", 1, S3_WRITE),
    Charge("S3 reads: whether it is there, twice, and the source", 3, S3_READ),
)
URL_HIT = (
    *AT_THE_API,
    Charge("Lambda GB-seconds: 50 ms at 1,769 MB", HIT_SECONDS * 1769 / 1024, GB_SECOND),
    Charge("S3 reads: the image", 1, S3_READ),
)
URL_HIT_AT_THE_EDGE = (
    Charge("WAF: a request", 1, 0.6 * MILLION),
    Charge("CloudFront: a request by HTTPS", 1, 1 * MILLION),
    Charge("CloudFront: a call of the function that reads Accept", 1, 0.1 * MILLION),
)


# With how many times each is counted, and what for.
SUMS: tuple[tuple[Sequence[Charge], int, str], ...] = (
    (BEFORE, IMAGES, f"for {IMAGES} images before there were express executions"),
    (CHARGES, IMAGES, f"for {IMAGES} images, without data transfer to clients"),
    (LARGER, IMAGES, f"more for {IMAGES} images that are made larger by a function, to a megapixel"),
    (WORDS, IMAGES, f"more for {IMAGES} images that are tagged"),
    (URL_MISS, IMAGES, f"for {IMAGES} images by URL that have to be made, of sources that are known"),
    (URL_HIT, IMAGES, f"for {IMAGES} images by URL that are there"),
    (URL_HIT_AT_THE_EDGE, IMAGES, f"for {IMAGES} images by URL that CloudFront has"),
    (STANDING, 1, "for a month in which nothing is asked, without alarms and what is stored"),
    (TRACES, IMAGES, f"at most for {IMAGES} images, for traces; 100,000 a month are free"),
    (MONITORING, 1, "at most a month for ImgoptMonitoring; ten alarms, ten metrics and three dashboards are free"),
    (EDGE, 1, "a month for ImgoptEdge and ImgoptFirewall, where they are asked for"),
    (EDGE_REQUESTS, IMAGES, f"more for {IMAGES} images that come through them"),
)


def main() -> None:
    for charges, times, what in SUMS:
        report(charges, times, what)


def report(charges: Sequence[Charge], times: int, what: str) -> None:
    for charge in charges:
        print(f"{times * charge.dollars:8.4f}  {charge.what}")
    print(f"{times * total(charges):8.4f}  {what}\n")


def total(charges: Sequence[Charge]) -> float:
    """In US dollars, once."""
    return sum(charge.dollars for charge in charges)


if __name__ == "__main__":
    main()
