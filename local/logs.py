"""`python -m local.logs [JOB_ID]`: what the functions of `make up` have logged, all of it or the lines about a job."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from imgopt.telemetry import reference_of
from local import connection
from local.console import exit_with
from local.deploy import Session
from local.up import FOLDER


def main(given: Sequence[str] | None = None) -> int:
    parsed = parse(given)
    try:
        client = Session(connection.find(FOLDER).access).client("logs")
    except OSError:
        return exit_with(f"nothing is served from {FOLDER}; start `make up`, or name its IMGOPT_LOCAL_FOLDER")
    wanted = reference_of(parsed.job_id) if parsed.job_id else ""
    sys.stdout.writelines(f"{line}\n" for line in logged_lines(client) if wanted in line)
    return 0


def parse(given: Sequence[str] | None) -> argparse.Namespace:
    description = "Show what the functions of `make up` have logged."
    parser = argparse.ArgumentParser(prog="python -m local.logs", description=description)
    parser.add_argument("job_id", nargs="?", help="show only the lines that name this job")
    return parser.parse_args(given)


def logged_lines(client: Any) -> Iterator[str]:
    """The function's name and what it wrote, the oldest first."""
    events = [(event["timestamp"], name, event["message"].rstrip()) for name, event in _events(client)]
    return (f"{name}: {message}" for _, name, message in sorted(events))


def _events(client: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            path = group["logGroupName"]
            for events in client.get_paginator("filter_log_events").paginate(logGroupName=path):
                yield from ((path.rpartition("/")[2], event) for event in events["events"])


if __name__ == "__main__":
    sys.exit(main())
