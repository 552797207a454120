"""The emulator's application with its state in a folder, from which it is restored when the emulator starts."""

import asyncio
import fcntl
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from types import ModuleType
from typing import Any

from local.persistence import legacy_data
from local.persistence.disk_space import Space
from local.persistence.journal import Journal, NotStored
from local.persistence.objects import Objects, remove_unreferenced
from local.persistence.records import Records
from local.persistence.services import CHANGES_OTHERS, WHOLE, Services

SAVE_INTERVAL, SYNC_SECONDS = 1, 5
LOCK_SECONDS = 15  # an emulator whose parent was killed ends within this time
Application = Callable[[Any, Any, Any], Awaitable[None]]


class Persistence:
    """Stores the state of the emulator's modules in a folder, in `state.db` and `s3`."""

    def __init__(self, folder: Path) -> None:
        """Raises OtherVersion, and NotStored if the folder can't be used."""
        self.folder, self.space = folder, Space(folder)
        self.lock = hold(folder / "state.lock", LOCK_SECONDS)
        self.journal = Journal(folder / "state.db")
        self.unsaved: str | None = None

    def bind(self, emulator: ModuleType, persistence: ModuleType) -> None:
        """Restores the state. Call it before the first request."""
        self.emulator = emulator
        self.services = Services(persistence, self.journal, self.space)
        self._note_modules()
        if legacy_data.is_there(self.folder):
            self._take_over()
        else:
            remove_unreferenced(self.folder / "s3", self._known_buckets())
            self.services.restore(self._module_of)
        for name in ("dynamodb", "s3", "sqs", "cognito", "secretsmanager"):
            self._module_of(name)
        self.records = Records(self.services.modules["dynamodb"], self.journal, self.space, self._save_new_stacks)
        self.objects = Objects(self.services.modules["s3"], self.space)
        self.records.restore()
        self.records.install()
        self.objects.install()
        self.services.install()

    def _take_over(self) -> None:
        """Imports data of an earlier version into the journal, and then deletes them."""
        for name, state in legacy_data.states_in(self.folder, self.services.persistence._json_object_hook):
            self._module_of(name).load_persisted_state(state)
        tables = self._module_of("dynamodb")._tables.all_values()
        self.journal.write(legacy_data.records_of(tables), {})
        self.services.touched |= CHANGES_OTHERS
        self.save()
        self.journal.sync()
        legacy_data.remove(self.folder)

    def _known_buckets(self) -> set[tuple[str, str]]:
        text = self.journal.entries().get(("s3", WHOLE))
        return set(self.services.load(text)["buckets_meta"]._data) if text else set()

    def _note_modules(self) -> None:
        """Notes the loaded modules: the emulator looks for a module by name at each request."""
        emulator: Any = self.emulator
        get_module, names = emulator._get_module, {module: key for key, module in emulator._state_map.items()}

        def noting(name: str) -> Any:
            module = get_module(name)
            key = names.get(name)
            if key and hasattr(module, "load_persisted_state"):
                self.services.modules[key] = module
                self.services.touched.add(key)
            return module

        emulator._get_module = noting

    def _module_of(self, key: str) -> Any:
        emulator: Any = self.emulator
        return emulator._get_module(emulator._state_map[key])

    def save(self) -> None:
        """Raises NotStored."""
        self._load_what_others_did()
        self.services.save_touched()

    def _save_new_stacks(self) -> None:
        if self.services.touched & CHANGES_OTHERS and not self.services.is_deploying():
            self.save()

    def _load_what_others_did(self) -> None:
        """Loads modules that were only called by other modules, such as in deployments."""
        for key, name in self.emulator._state_map.items():
            if key not in self.services.modules and f"ministack.services.{name}" in sys.modules:
                self._module_of(key)

    def sync(self) -> None:
        """Flushes the data to the disk. Raises NotStored, OSError."""
        self.objects.sync()
        self.journal.sync()

    async def keep_saving(self) -> None:
        waited = 0
        while True:
            await asyncio.sleep(SAVE_INTERVAL)
            waited += SAVE_INTERVAL
            try:
                self.save()
                if waited >= SYNC_SECONDS:
                    waited = 0
                    await asyncio.to_thread(self.sync)
                self.unsaved = None
            except (NotStored, OSError) as error:
                if self.unsaved is None:
                    print(f"not saved: {error}", flush=True)
                self.unsaved = str(error)

    def finish(self) -> None:
        """Saves at the end. Raises NotStored, OSError."""
        self.save()
        self.sync()
        self.journal.close()


def hold(path: Path, seconds: float) -> TextIOWrapper:
    """Locks the folder, and waits for the lock for some seconds. Raises NotStored if it is not released."""
    until = time.monotonic() + seconds
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("w")
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError as error:
            if time.monotonic() >= until:
                file.close()
                raise NotStored(f"another emulator is using {path.parent}") from error
        time.sleep(0.1)


def persistent(application: Application, persistence: Persistence) -> Application:
    """Middleware that saves while `application` runs and when it ends. Call `bind` before it starts."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        saving = asyncio.create_task(persistence.keep_saving())
        try:
            await application(scope, receive, send)
        finally:
            saving.cancel()
            with suppress(asyncio.CancelledError):
                await saving

    return wrapped
