"""What an emulator keeps after SIGTERM and a restart in the same folder."""

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.emulators.executions import make_machine
from benchmarks.emulators.probes.objects import BUCKET, bucket
from benchmarks.emulators.probes.tables import make_table
from benchmarks.emulators.server import Server

TABLE, KEY = "kept", {"pk": {"S": "kept"}}
MACHINE = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


def leave_things(server: Server) -> list[str]:
    """Creates an object, an item and a state machine. Returns those that could be created."""
    makers: dict[str, Callable[[], object]] = {
        "files": lambda: bucket(server).put_object(Bucket=BUCKET, Key="kept", Body=b"1"),
        "items": lambda: make_table(server, TABLE).put_item(TableName=TABLE, Item=KEY),
        "machines": lambda: make_machine(server, MACHINE),
    }
    return [name for name, make in makers.items() if _works(make)]


def look_for_things(server: Server, left: list[str]) -> str:
    askers: dict[str, Callable[[], object]] = {
        "files": lambda: bucket(server).get_object(Bucket=BUCKET, Key="kept"),
        "items": lambda: server.client("dynamodb").get_item(TableName=TABLE, Key=KEY)["Item"],
        "machines": lambda: server.client("stepfunctions").list_state_machines()["stateMachines"][0],
    }
    kept = [name for name in left if _works(askers[name])]
    return "yes" if len(kept) == len(askers) else ", ".join(kept) or "no"


def _works(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (BotoCoreError, ClientError, LookupError):
        return False
    return True
