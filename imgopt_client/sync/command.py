"""The command `imgopt sync`."""

import argparse
from typing import Any

import httpx2

from imgopt_client.connection import connect
from imgopt_client.errors import ExitCode
from imgopt_client.identity import Identity
from imgopt_client.sync.addresses import parse_address, parse_template
from imgopt_client.sync.console import SyncConsole
from imgopt_client.sync.objects import Objects
from imgopt_client.sync.run import SyncOptions, sync_buckets
from imgopt_client.sync.work import SyncStatus

TEXT = "optimize all images of a bucket into another bucket"
DETAILS = """\
Images whose results are up to date are skipped: the metadata of a result names its source and its preset. Run the
same command again to continue an interrupted run. Other objects in the target are not overwritten or removed. boto3
finds the AWS credentials. A --key template contains {dir} and {stem}, may contain {preset}, and ends in .{ext}.
"""


def add_sync_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", metavar="SOURCE", help="bucket and prefix of the images, such as s3://photos/2026/")
    command.add_argument("target", metavar="TARGET", help="bucket and prefix of the results, such as s3://site/img/")
    text = "preset of the server; can be repeated for several results of each image"
    command.add_argument("--preset", action="append", required=True, metavar="NAME", help=text)
    command.add_argument("--key", metavar="TEMPLATE", help="template for keys of results (default: {dir}{stem}.{ext})")
    command.add_argument(
        "--workers",
        type=int,
        default=4,
        choices=range(1, 33),
        metavar="N",
        help="number of images to process at a time, 1-32 (default: 4)",
    )
    command.add_argument("--dry-run", action="store_true", help="print the results that would be made")
    command.add_argument("--endpoint-url", metavar="URL", help="URL of an S3-compatible server, if not AWS")
    command.add_argument("--json", action="store_true", help="print one line of JSON for each result")
    command.add_argument("--quiet", action="store_true", help="print only failures")


def run_sync(parsed: argparse.Namespace, identity: Identity, http: httpx2.Client | None, sleep: Any) -> ExitCode:
    source, target = parse_address(parsed.source), parse_address(parsed.target)
    presets = list(dict.fromkeys(parsed.preset))
    options = SyncOptions(presets, parse_template(parsed.key, len(presets)), parsed.workers, parsed.dry_run)
    objects = Objects(parsed.endpoint_url)
    with (
        SyncConsole(as_json=parsed.json, quiet=parsed.quiet) as console,
        connect(parsed.server, identity, http, sleep, console.tell, plain_http=parsed.plain_http) as connection,
    ):
        sync_buckets(connection, objects, source, target, options, console)
    return ExitCode.FAILED if console.counts[SyncStatus.FAILED] else ExitCode.DONE
