"""`make bench-emulators` compares emulators of AWS that run without Docker, and prints a table.

Each emulator is installed into its own environment, started in an empty folder, and called with boto3. A cell has
"yes", or what happened instead. Release, licence and account are from the metadata of the packages. Times are wall
times on this machine. `make bench-emulators ARGS=moto` tests only emulators whose names begin with "moto".
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import httpx2
from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.emulators.catalogue import EMULATORS, Emulator
from benchmarks.emulators.functions import NoFunctions
from benchmarks.emulators.probes import (
    gateways,
    jsonata,
    leniency,
    machines,
    objects,
    pauses,
    queues,
    restarts,
    schedules,
    tables,
    users,
)
from benchmarks.emulators.server import NotStarted, Server, install, running

PROBES: dict[str, Callable[[Server], str]] = {
    "`optimize-express`, to its end": machines.express,
    "`optimize`: parallel branches, a task token": machines.standard,
    "retries, by the name of an error": machines.retries,
    "JSONata": jsonata.jsonata,
    "ten Pass states": pauses.pass_states,
    "three functions, warm": pauses.functions,
    "DynamoDB: transactions with conditions": tables.transactions,
    "S3: If-None-Match": objects.conditional_writes,
    "S3: forms with a policy": objects.forms,
    "S3: memory for 100 MB, stored / read": objects.large_bodies,
    "SQS": queues.queues,
    "EventBridge Scheduler": schedules.schedules,
    "Cognito: a user signs in": users.users,
    "API Gateway REST, before a function": gateways.gateways,
    "accepts what AWS refuses": leniency.leniency,
}
FAULTS = (BotoCoreError, ClientError, RuntimeError, LookupError, ValueError, TypeError, httpx2.HTTPError)
FIRST_ANSWER, IDLE, RESTART = "first answer", "memory when idle", "data kept over a restart"
RELEASE, LICENCE, ACCOUNT = "released", "licence", "needs an account"
ROWS = (FIRST_ANSWER, IDLE, *PROBES, RESTART, RELEASE, LICENCE, ACCOUNT)


def main() -> None:
    chosen = [each for each in EMULATORS if not sys.argv[1:] or each.name.lower().startswith(sys.argv[1].lower())]
    columns = {}
    for emulator in chosen:
        print(f"asking {emulator.name}", file=sys.stderr, flush=True)
        columns[emulator.name] = measure(emulator)
    print(table(columns))


def measure(emulator: Emulator) -> dict[str, str]:
    """The cells of an emulator, by the name of the row."""
    known = {RELEASE: emulator.released, LICENCE: emulator.licence, ACCOUNT: emulator.account}
    folder = Path(tempfile.mkdtemp(prefix="emulators-"))
    try:
        install(emulator)
        return {**known, **try_out(emulator, folder)}
    except NotStarted as error:
        return {**known, FIRST_ANSWER: f"none: {error}"}
    except subprocess.CalledProcessError:
        return {**known, FIRST_ANSWER: "none: it can't be installed"}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def try_out(emulator: Emulator, folder: Path) -> dict[str, str]:
    """Runs all probes on one server. Restarts are tested on another, new one."""
    with running(emulator, folder / "probes") as server:
        said = {FIRST_ANSWER: f"{server.started:.1f} s", IDLE: f"{server.megabytes():.0f} MB"}
        for name, probe in PROBES.items():
            said[name] = ask(probe, server)
    with running(emulator, folder / "restart") as server:
        left = restarts.leave_things(server)
    with running(emulator, folder / "restart") as server:
        said[RESTART] = restarts.look_for_things(server, left)
    return said


def ask(probe: Callable[[Server], str], server: Server) -> str:
    try:
        return probe(server)
    except NoFunctions as error:
        return f"no functions: {reason(error)}"
    except FAULTS as error:
        return f"no: {reason(error)}"


def reason(error: Exception) -> str:
    if isinstance(error, ClientError):
        return str(error.response["Error"].get("Code") or error.response["ResponseMetadata"]["HTTPStatusCode"])
    return " ".join(str(error).split())[:60] or type(error).__name__


def table(columns: dict[str, dict[str, str]]) -> str:
    rows = [["", *columns], ["---"] * (len(columns) + 1)]
    rows += [[name, *(column.get(name, "-") for column in columns.values())] for name in ROWS]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows) + "\n"


if __name__ == "__main__":
    main()
