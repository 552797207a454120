"""`imgopt sync`: makes results of all images in a bucket, of those that have none yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Protocol

from imgopt_client.connection import Connection
from imgopt_client.sync.addresses import BucketAddress, KeyTemplate, WrongUsage, check_apart
from imgopt_client.sync.objects import ListedObject, Objects
from imgopt_client.sync.work import SyncContext, SyncOutcome, sync_object
from imgopt_client.thread_pool import run_in_order
from imgopt_client.uploads import Uploader

# By which names objects are images: others are left out, and counted.
EXTENSIONS = frozenset(
    (
        ".jpg",
        ".jpeg",
        ".png",
        ".webp",
        ".avif",
        ".gif",
        ".svg",
        ".ico",
        ".jxl",
        ".heic",
        ".heif",
        ".tif",
        ".tiff",
        ".bmp",
    )
)


class SyncListener(Protocol):
    def on_total(self, objects: int, left_out: int) -> None: ...

    def on_outcomes(self, outcomes: Sequence[SyncOutcome]) -> None: ...

    def on_warning(self, text: str) -> None: ...


@dataclass(frozen=True)
class SyncOptions:
    presets: Sequence[str]
    template: KeyTemplate
    workers: int = 4
    dry_run: bool = False


def sync_buckets(  # noqa: PLR0913, PLR0917 - a run has this many parts
    connection: Connection,
    objects: Objects,
    source: BucketAddress,
    target: BucketAddress,
    options: SyncOptions,
    listener: SyncListener,
) -> None:
    """Tells the outcomes of each object, in the order of their keys. What was reached stays where it is interrupted.

    Raises ClientError where the run can't go on.
    """
    check_apart(source, target)
    presets = find_presets(connection, options.presets)
    listed = list(objects.list_below(source))
    images = [each for each in listed if PurePosixPath(each.key).suffix.lower() in EXTENSIONS]
    listener.on_total(len(images), len(listed) - len(images))
    context = SyncContext(
        connection=connection,
        uploader=Uploader(connection),
        objects=objects,
        source=source,
        target=target,
        template=options.template,
        presets=presets,
        there=by_start(objects.list_below(target)),
        warn=listener.on_warning,
        dry_run=options.dry_run,
    )
    tasks = [partial(sync_object, context, each) for each in images]
    for outcomes in run_in_order(tasks, options.workers, connection.cancel_token):
        listener.on_outcomes(outcomes)


def find_presets(connection: Connection, names: Sequence[str]) -> Mapping[str, str]:
    """What each asks, as the server tells it. Raises WrongUsage for one that it doesn't have."""
    listed = connection.request("GET", "/config").get("presets")
    known = {str(each["name"]): each for each in listed} if isinstance(listed, list) else {}
    for name in names:
        if name not in known:
            others = f"it has {', '.join(sorted(known))}" if known else "it has none"
            raise WrongUsage(f"The server has no preset {name!r}; {others}.")
        if known[name].get("settings") is None:
            raise WrongUsage(f"The preset {name!r} asks what jobs don't do.")
    return {name: str(known[name]["options"]) for name in names}


def by_start(listed: Iterator[ListedObject]) -> dict[str, list[ListedObject]]:
    """Objects by their keys up to the extension, its dot included."""
    found: dict[str, list[ListedObject]] = {}
    for each in listed:
        start, dot, _ = each.key.rpartition(".")
        found.setdefault(start + dot, []).append(each)
    return found
