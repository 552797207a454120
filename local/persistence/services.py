"""The state of other services: stacks, functions, users, secrets, queues and their messages.

Each service's state is text in parts, and a part is written when it has changed. Changes by requests, such as messages,
users and secrets, are written before the answer; others within a second.

Executions and log events are not stored. Executions can't continue in another process: the reconciliation starts their
jobs again.
"""

import copy
import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from local.persistence.disk_space import Space, refusal
from local.persistence.journal import Journal, JournalEntry, NotStored

State = dict[str, Any]
WHOLE = ""
MESSAGES = "messages"
# The services whose changes are stored before the answer, except for read-only requests.
WRITTEN_SERVICES = ("sqs", "cognito", "secretsmanager")
READ_PREFIXES = ("Get", "List", "Describe", "Receive", "InitiateAuth", "AdminInitiateAuth", "ChangeMessage")
# The services whose state requests to other services change.
CHANGED_BY_OTHERS = frozenset({"sqs"})
CHANGES_OTHERS = frozenset({"cloudformation"})
LEFT_OUT = frozenset({"cloudwatch_logs"})


class Services:
    """The states of services. `modules` are the loaded modules of the emulator by the names of their states."""

    def __init__(self, persistence: ModuleType, journal: Journal, space: Space) -> None:
        self.persistence, self.journal, self.space = persistence, journal, space
        self.modules: dict[str, ModuleType] = {}
        self.touched: set[str] = set()
        self.saved: dict[JournalEntry, str] = {}
        self.signatures: dict[JournalEntry, Any] = {}

    def install(self) -> None:
        for name in WRITTEN_SERVICES:
            if name in self.modules:
                module: Any = self.modules[name]
                module.handle_request = self._writing(name, module.handle_request)

    def _writing(self, name: str, handle: Any) -> Any:
        async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            if is_read_only(headers.get("x-amz-target", "")):
                return await handle(method, path, headers, body, query)
            try:
                self.space.check_records()
                answer = await handle(method, path, headers, body, query)
                self.save([name])
            except NotStored as error:
                return self.space.refuse(error, refusal("application/x-amz-json-1.1"))
            return answer

        return handle_request

    def save_touched(self) -> None:
        """Writes changes since the last call. If it raises NotStored, the next call writes them."""
        touched, self.touched = self.touched, set()
        try:
            if not self.is_deploying():
                self.save(self._to_look_at(touched))
        except NotStored:
            self.touched |= touched
            raise
        if self.is_deploying():
            self.touched |= touched

    def is_deploying(self) -> bool:
        """Whether a deployment is running. The state of stacks is stored only when it is complete."""
        stacks = self.modules.get("cloudformation")
        return stacks is not None and any(is_under_way(each) for each in stacks._stacks.all_values())

    def _to_look_at(self, touched: set[str]) -> list[str]:
        names = set(self.modules) if touched & CHANGES_OTHERS else touched | CHANGED_BY_OTHERS
        return sorted(names & set(self.modules) - LEFT_OUT)

    def save(self, names: list[str]) -> None:
        changes: dict[JournalEntry, str | None] = {}
        for name in names:
            changes |= self._changes_of(name)
        if not changes:
            return
        self.journal.write({}, changes)
        for entry, text in changes.items():
            if text is None:
                self.saved.pop(entry, None)
            else:
                self.saved[entry] = text

    def _changes_of(self, name: str) -> dict[JournalEntry, str | None]:
        texts = self._texts_of(name)
        gone = [entry for entry in self.saved if entry[0] in (name, MESSAGES if name == "sqs" else name)]
        changes: dict[JournalEntry, str | None] = {entry: None for entry in gone if entry not in texts}
        return changes | {entry: text for entry, text in texts.items() if self.saved.get(entry) != text}

    def _texts_of(self, name: str) -> dict[JournalEntry, str]:
        module = self.modules[name]
        if name != "sqs":
            return {(name, WHOLE): self.dump(copy_with_retries(lambda: state_of(name, module)))}
        with module._queues_lock:
            texts: dict[JournalEntry, str] = {(name, WHOLE): self.dump(queues_of(module))}
            for url, message in messages_of(module):
                texts[MESSAGES, f"{url} {message['id']}"] = self._text_of_message(url, message)
            return texts

    def _text_of_message(self, url: str, message: State) -> str:
        """The text of a message. It is cached, unless the message was received or hidden since."""
        entry = (MESSAGES, f"{url} {message['id']}")
        signature = (message.get("visible_at"), message.get("receive_count"), message.get("receipt_handle"))
        if entry in self.saved and self.signatures.get(entry) == signature:
            return self.saved[entry]
        self.signatures[entry] = signature
        return self.dump({"queue": url, "message": message})

    def dump(self, state: State) -> str:
        return json.dumps(state, default=self.persistence._json_default)

    def load(self, text: str) -> Any:
        return json.loads(text, object_hook=self.persistence._json_object_hook)

    def restore(self, load_module: Callable[[str], ModuleType]) -> None:
        """Restores all stored services. Messages that were being processed can be received again."""
        self.saved = self.journal.entries()
        for (service, _), text in self.saved.items():
            if service != MESSAGES:
                load_module(service).load_persisted_state(self.load(text))
        for (service, _), text in self.saved.items():
            if service == MESSAGES:
                requeue(load_module("sqs"), self.load(text))


def is_read_only(target: str) -> bool:
    return target.rsplit(".", 1)[-1].startswith(READ_PREFIXES)


def is_under_way(stack: State) -> bool:
    return str(stack.get("StackStatus", "")).endswith("IN_PROGRESS")


def copy_with_retries(take: Callable[[], State], tries: int = 20) -> State:
    """The result of `take`, which is retried if another thread changes the state at the same time."""
    for _ in range(tries):
        try:
            return take()
        except RuntimeError:  # a dictionary changed its size during the iteration
            continue
    return take()


def state_of(name: str, module: Any) -> State:
    if name == "dynamodb":
        return tables_of(module)
    if name == "lambda":
        return functions_of(module)
    state: State = module.get_state()
    if name == "stepfunctions":
        return {key: value for key, value in state.items() if key not in ("executions", "map_runs")}
    return state


COUNTED_STATE = ("items", "_index_members", "ItemCount", "TableSizeBytes")


def tables_of(dynamodb: Any) -> State:
    """The state of tables without their items, which are in records and are not copied."""
    tables = type(dynamodb._tables)()
    for key, table in dynamodb._tables.all_items():
        tables.set_scoped(*key, {**{k: v for k, v in table.items() if k not in COUNTED_STATE}, "items": {}})
    others = ("tags", "ttl_settings", "pitr_settings")
    return {"tables": tables, **{name: getattr(dynamodb, f"_{name}") for name in others}}


def functions_of(functions: Any) -> State:
    """The state of functions with their code, which is a short script. The emulator would store it in files."""
    names = ("functions", "layers", "esms", "function_urls", "kinesis_positions", "dynamodb_stream_positions")
    return {name: copy.deepcopy(getattr(functions, f"_{name}")) for name in names}


def queues_of(sqs: Any) -> State:
    queues = type(sqs._queues)()
    for key, queue in sqs._queues.all_items():
        queues.set_scoped(*key, {**queue, "messages": [], "dedup_cache": {}})
    return {"queues": queues}


def messages_of(sqs: Any) -> Iterator[tuple[str, State]]:
    for _, queue in sqs._queues.all_items():
        yield from ((queue["url"], message) for message in queue["messages"])


def requeue(sqs: Any, found: State) -> None:
    message = found["message"]
    if message.get("receipt_handle"):
        message["visible_at"] = 0
    for _, queue in sqs._queues.all_items():
        if queue["url"] == found["queue"]:
            queue["messages"].append(message)
