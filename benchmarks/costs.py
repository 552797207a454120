"""`make costs`: what AWS charges for a thousand small photos and for a month of nothing, at list prices of us-east-1.

The requests of one image are counted by reading the code's way of a request; the times of functions are those of a
2 MP photo on a 3 GB function and are the roughest part. Check the prices: they were looked up by hand in 2026.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
CHARGES = (
    Charge("Step Functions transitions: Plan, IsSingleStage?, OptimizeOnly, Finish", 4, 25 * MILLION),
    Charge("API Gateway requests: upload, auto, 3 x status, download", 6, 3.5 * MILLION),
    Charge("Lambda requests: 6 x API, 3 stages", 9, 0.2 * MILLION),
    Charge("Lambda GB-seconds, API: 6 x 50 ms at 1 GB", 6 * 0.05 * 1, GB_SECOND),
    Charge("Lambda GB-seconds, Plan and Finish: 2 x 50 ms at 256 MB", 2 * 0.05 * 0.25, GB_SECOND),
    Charge("Lambda GB-seconds, Optimize: 500 ms at 3 GB", 0.5 * 3, GB_SECOND),
    Charge("DynamoDB writes: guest, 2 rates, upload 2, ticket, Plan 2, Finish 5", 13, 0.625 * MILLION),
    Charge("DynamoDB writes: bytes, credits of guests at an address and of all", 3, 0.625 * MILLION),
    Charge("DynamoDB writes: a slot taken and given back", 2, 0.625 * MILLION),
    Charge("DynamoDB writes, one transaction: job 3, its upload 2, credits 2, usage 2", 9, 0.625 * MILLION),
    Charge(
        "DynamoDB reads: guest 2, upload 1, credits 1, failures 1, job 4, line 3, slots 1, waiting 1",
        14,
        0.125 * MILLION,
    ),
    Charge("DynamoDB writes, cleaning up: 2 for the job and 2 for its upload", 4, 0.625 * MILLION),
    Charge("S3 writes: upload, result; a list to clean up", 3, 5 * MILLION),
    Charge("S3 reads: Optimize, Finish, download", 3, 0.4 * MILLION),
    Charge("CloudWatch Logs: 12 kB", 12e-6, 0.5),
)


STANDING = (
    Charge("Scheduler and Lambda requests of the schedules", RUNS, 1.2 * MILLION),
    Charge("Lambda GB-seconds of the schedules: 100 ms at 512 MB", RUNS * 0.1 * 0.5, GB_SECOND),
    Charge(
        "DynamoDB reads of the schedules: 8 partitions of the agenda, half a unit each", RUNS * 8 * 0.5, 0.125 * MILLION
    ),
    Charge("CloudWatch Logs of the schedules: 1 kB", RUNS * 1e-6, 0.5),
    Charge("Secrets Manager: the secret that signs callbacks", 1, 0.4),
)


def main() -> None:
    report(CHARGES, IMAGES, f"for {IMAGES} images, without data transfer to clients")
    report(STANDING, 1, "for a month in which nothing is asked, without alarms and what is stored")


def report(charges: Sequence[Charge], times: int, what: str) -> None:
    for charge in charges:
        print(f"{times * charge.dollars:8.4f}  {charge.what}")
    print(f"{times * sum(charge.dollars for charge in charges):8.4f}  {what}\n")


if __name__ == "__main__":
    main()
