"""`make costs`: what AWS charges for a thousand images and for a month without requests, at list prices of us-east-1.

The image is a photo of 2 megapixels, a JPEG that becomes WebP. A guest uploads it, creates the job, reads its status
and downloads the result with `imgopt`. The functions are warm. Counted or measured are:

- requests to the API: the calls for one image. The status is read once: `imgopt` waits as long as the answer of `/auto`
  estimates, here 1.4 s, and the job takes 0.6 s (tests/client/test_optimizer.py). Each further request for the status
  costs $0.005 for a thousand images.
- write units and bytes of the log: by tests (tests/handlers/test_write_units.py, test_log_bytes.py). Reads, and
  requests to S3, are counted in the code.
- the stage Optimize: by `make bench-optimize`, 168 ms of CPU time for pixels, which take 168 ms at 1,769 MB, and 14 ms
  for the rest, with S3 in the same process.

Assumed are:

- a CPU of Lambda on Arm is as fast as the CPU of the measurement
- 118 ms more for Optimize: two calls of S3, and a slower start of the process for pixels
- 50 ms for each call of the API, for Plan and for Finish. These wait for DynamoDB and have less than one CPU, of which
  Plan and Finish use 4 and 7 ms (decision 59).
- 200 ms between states

The sums before and after decision 57 use the same times for the same work. Before, the client read the status three
times. Each additional second of Optimize costs $0.023 for a thousand images.

The prices are from AWS's public pages of 2026: "AWS Lambda Pricing", "Amazon API Gateway pricing", "AWS Step Functions
pricing", "Amazon DynamoDB pricing" (on demand), "Amazon S3 pricing", "Amazon CloudWatch pricing", "AWS X-Ray pricing",
"AWS WAF pricing", "Amazon CloudFront pricing" and "AWS Secrets Manager pricing".
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
OPTIMIZE_SECONDS, STAGE_SECONDS, CALL_SECONDS, BETWEEN_SECONDS = 0.3, 0.05, 0.05, 0.2
EXPRESS_SECONDS = OPTIMIZE_SECONDS + 2 * STAGE_SECONDS + BETWEEN_SECONDS
WRITE_UNITS = {"upload": 4, "call": 11, "stages": 7, "cleaning": 4}
# Bytes for an image: log lines of the functions, and of API Gateway (tests/handlers/test_log_bytes.py).
LOGGED_BYTES = {"requests": 1150, "stages": 1500, "access log": 800}
# The costs before express executions, at the same prices and with the same counts.
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
    Charge("Step Functions: one express execution", 1, EXPRESS_REQUEST),
    Charge("Step Functions: 0.6 s of the express execution at 64 MB", EXPRESS_SECONDS * 0.0625, EXPRESS_GB_SECOND),
    Charge("API Gateway requests: upload, auto, status, download", 4, GATEWAY),
    Charge("Lambda requests: 4 x API, 3 stages", 7, INVOCATION),
    Charge("Lambda GB-seconds, API: 4 x 50 ms at 1 GB", 4 * CALL_SECONDS, GB_SECOND),
    BEFORE[4],
    Charge("Lambda GB-seconds, Optimize: 300 ms at 1,769 MB", OPTIMIZE_SECONDS * 1769 / 1024, GB_SECOND),
    *(Charge(f"DynamoDB writes: {part}", units, WRITE) for part, units in WRITE_UNITS.items()),
    Charge("DynamoDB reads: upload, credits, failures, job, line, slots, waiting", 12, READ),
    Charge("S3 writes: upload, result", 2, S3_WRITE),
    BEFORE[9],
    Charge("CloudWatch Logs: one line for each request and stage", sum(LOGGED_BYTES.values()) * 1e-9, LOGS),
    Charge("CloudWatch Logs of the express machine: 7 kB in the class for infrequent access", 7e-6, RARE_LOGS),
)
# What a job of the standard machine costs in addition.
LARGER = (
    Charge("Step Functions transitions: Plan, IsSingleStage?, ProcessBranches, 5 in it, Finish", 9, TRANSITION),
    Charge("Lambda GB-seconds, Upscale: 1 s for a megapixel at 3 GB", UPSCALE_SECONDS_PER_MEGAPIXEL * 3, GB_SECOND),
    Charge("S3 writes: the enlarged image", 1, S3_WRITE),
)
NOVA_LITE = estimate("amazon.nova-lite-v1:0", 2000, 150) or 0
WORDS = (
    Charge("Step Functions transitions: Plan, IsSingleStage?, ProcessBranches, 4 in it, Finish", 8, TRANSITION),
    Charge("Lambda GB-seconds, Tag: 1.5 s at 2 GB", 1.5 * 2, GB_SECOND),
    Charge("Bedrock, Nova Lite: 2,000 input and 150 output tokens", 1, NOVA_LITE),
    Charge("S3 writes: the tags", 1, S3_WRITE),
)
# AWS's free tier is not deducted.
TRACES = (
    Charge(
        "X-Ray, if all 7 calls of functions are sampled; X-Ray samples one call a second and 5 % of the others",
        7,
        5 * MILLION,
    ),
)
MONITORING = (
    Charge("CloudWatch alarms: all metrics that they watch", 26, 0.1),
    Charge("CloudWatch: custom metrics, 10 and 3 for each of 6 stages", 28, 0.3),
    Charge("CloudWatch: one dashboard", 1, 3.0),
)
EDGE = (
    Charge("WAF: one web ACL", 1, 5.0),
    Charge("WAF: 5 rules", 5, 1.0),
    Charge("Secrets Manager: the secret that CloudFront sends to the API", 1, 0.4),
)
EDGE_REQUESTS = (
    Charge("WAF: 4 requests", 4, 0.6 * MILLION),
    Charge("CloudFront: 4 HTTPS requests", 4, 1 * MILLION),
)
STANDING = (
    Charge("Scheduler and Lambda requests of the schedules", RUNS, 1.2 * MILLION),
    Charge("Lambda GB-seconds of the schedules: 100 ms at 512 MB for each run", RUNS * 0.1 * 0.5, GB_SECOND),
    Charge(
        "DynamoDB reads of the schedules: half a unit for each of 8 partitions of the due index", RUNS * 8 * 0.5, READ
    ),
    Charge("CloudWatch Logs of the schedules: 1 kB for each run", RUNS * 1e-6, LOGS),
    Charge("Secrets Manager: the secret that signs callbacks", 1, 0.4),
)
# Images by URL (tests/variants/test_write_units.py). A miss is another size of a photo that is known, as AVIF at 512
# pixels: 44 ms of CPU by `make bench-url`. The rest of its time, for S3 and DynamoDB, is assumed, as is that of a hit.
MISS_WRITE_UNITS, SOURCE_WRITE_UNITS, HIT_WRITE_UNITS = 5, 3, 0
MISS_SECONDS, HIT_SECONDS = 0.25, 0.05
AT_THE_API = (
    Charge("API Gateway request", 1, GATEWAY),
    Charge("Lambda request", 1, INVOCATION),
    Charge("DynamoDB reads: the record of the source", 0.5, READ),
    Charge("CloudWatch Logs: one line of the request, and one of the access log", 560e-9, LOGS),
)
URL_MISS = (
    *AT_THE_API,
    Charge("Lambda GB-seconds: 250 ms at 1,769 MB", MISS_SECONDS * 1769 / 1024, GB_SECOND),
    Charge("DynamoDB writes: the lease, and the counters", MISS_WRITE_UNITS, WRITE),
    Charge("S3 writes: the variant", 1, S3_WRITE),
    Charge("S3 reads: two look-ups of the variant, and the source", 3, S3_READ),
)
URL_HIT = (
    *AT_THE_API,
    Charge("Lambda GB-seconds: 50 ms at 1,769 MB", HIT_SECONDS * 1769 / 1024, GB_SECOND),
    Charge("S3 reads: the variant", 1, S3_READ),
)
URL_HIT_AT_THE_EDGE = (
    Charge("WAF: one request", 1, 0.6 * MILLION),
    Charge("CloudFront: one HTTPS request", 1, 1 * MILLION),
    Charge("CloudFront: one call of the function that reads Accept", 1, 0.1 * MILLION),
)


# Charges, how many times they are counted, and a description of the sum.
SUMS: tuple[tuple[Sequence[Charge], int, str], ...] = (
    (BEFORE, IMAGES, f"for {IMAGES} images, as it was before express executions"),
    (CHARGES, IMAGES, f"for {IMAGES} images, without data transfer to clients"),
    (LARGER, IMAGES, f"more for {IMAGES} images that a function upscales to a megapixel"),
    (WORDS, IMAGES, f"more for {IMAGES} images that are tagged"),
    (URL_MISS, IMAGES, f"for {IMAGES} variants of image URLs that have to be made, from sources that are known"),
    (URL_HIT, IMAGES, f"for {IMAGES} variants of image URLs that are stored"),
    (URL_HIT_AT_THE_EDGE, IMAGES, f"for {IMAGES} variants of image URLs that CloudFront has cached"),
    (STANDING, 1, "for a month without requests, without alarms and storage"),
    (TRACES, IMAGES, f"at most more for {IMAGES} images, for traces; 100,000 traces a month are free"),
    (
        MONITORING,
        1,
        "at most a month for the stack ImgoptMonitoring; ten alarms, ten metrics and three dashboards are free",
    ),
    (EDGE, 1, "a month for the stacks ImgoptEdge and ImgoptFirewall, if they are deployed"),
    (EDGE_REQUESTS, IMAGES, f"more for {IMAGES} images that pass through ImgoptEdge and ImgoptFirewall"),
)


def main() -> None:
    for charges, times, what in SUMS:
        report(charges, times, what)


def report(charges: Sequence[Charge], times: int, what: str) -> None:
    for charge in charges:
        print(f"{times * charge.dollars:8.4f}  {charge.what}")
    print(f"{times * total(charges):8.4f}  {what}\n")


def total(charges: Sequence[Charge]) -> float:
    """Returns the sum in US dollars for one image, or for one month."""
    return sum(charge.dollars for charge in charges)


if __name__ == "__main__":
    main()
