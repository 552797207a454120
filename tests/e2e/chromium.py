"""Headless Chromium by its DevTools protocol over a pipe. It needs no other program."""

import base64
import fcntl
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server"),
    # No process in reserve, which would begin with each page.
    *("--disable-features=SpareRendererForSitePerProcess", "--renderer-process-limit=1", "--remote-debugging-pipe"),
)
SECONDS, PAUSE = 30, 0.05
# Another one for every page.
AGE = "performance.timeOrigin"
# Out of the way of the two numbers that Chromium expects its pipes at.
FIRST_FREE = 10
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Space": (32, " ")}


@contextmanager
def browser(folder: Path) -> Iterator["Tab"]:
    """A browser with one empty tab, and a profile in `folder`."""
    theirs, ours = ends(os.pipe()), ends(os.pipe())
    process = subprocess.Popen(
        [str(PROGRAM), *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder)},
        pass_fds=(3, 4),
        preexec_fn=lambda: (os.dup2(theirs[0], 3), os.dup2(ours[1], 4)),  # noqa: PLW1509 - system calls alone
    )
    for unused in (theirs[0], ours[1]):
        os.close(unused)
    with os.fdopen(theirs[1], "wb", buffering=0) as sending, os.fdopen(ours[0], "rb") as receiving:
        try:
            yield Tab(Pipe(sending, receiving))
        finally:
            process.terminate()
            process.wait(SECONDS)


def ends(pipe: tuple[int, int]) -> tuple[int, int]:
    """The same pipe by higher numbers."""
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE) for end in pipe)
    for end in pipe:
        os.close(end)
    return moved[0], moved[1]


class Pipe:
    def __init__(self, sending: Any, receiving: Any) -> None:
        self.sending, self.receiving = sending, receiving
        self.numbers, self.rest = itertools.count(1), b""

    @cached_property
    def context(self) -> str:
        """That of all tabs: pages come from the cache, and in a process that exists."""
        context: str = self.call("Target.createBrowserContext")["browserContextId"]
        return context

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """The result. Raises RuntimeError where Chromium refuses."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        self.sending.write(json.dumps(message).encode() + b"\0")
        answer = next(each for each in self.messages() if each.get("id") == number)
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
        result: dict[str, Any] = answer["result"]
        return result

    def messages(self) -> Iterator[dict[str, Any]]:
        while True:
            message, end, self.rest = self.rest.partition(b"\0")
            if end:
                yield json.loads(message)
                continue
            received = self.receiving.read1(1 << 16)
            if not received:
                raise RuntimeError("Chromium has ended")
            self.rest = message + received


class Tab:
    """Uses a page like a person. The page's own scripts are switched off."""

    # Of media, beside light and dark.
    preferences: tuple[dict[str, str], ...] = ()

    def __init__(self, pipe: Pipe) -> None:
        self.pipe, self.origins = pipe, set[str]()
        self.target = pipe.call("Target.createTarget", url="about:blank", browserContextId=pipe.context)["targetId"]
        self.session = pipe.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Accessibility"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setScriptExecutionDisabled", value=True)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self.pipe.call(method, self.session, **params)

    def close(self) -> None:
        """Closes the tab, and deletes all that pages have stored, but for the cache of what they load."""
        self.call("Emulation.setScriptExecutionDisabled", value=True)  # what they would ask or store in the end
        for origin in self.origins:
            self.call("Storage.clearDataForOrigin", origin=origin, storageTypes="all")
        self.pipe.call("Target.closeTarget", targetId=self.target)
        self.pipe.call("Storage.clearCookies", browserContextId=self.pipe.context)

    def open(self, url: str, heading: str) -> None:
        """Opens a page, and waits until it has that heading."""
        self.visit(url)
        self._wait(heading)

    def visit(self, url: str) -> None:
        self.origins.add("{0.scheme}://{0.netloc}".format(urlsplit(url)))
        with self.another_page():
            self.call("Page.navigate", url=url)

    def enter(self, heading: str) -> None:
        """Presses the key, until another page is there, with that heading."""
        with self.another_page():
            self.press("Enter")
        self._wait(heading)

    @contextmanager
    def another_page(self) -> Iterator[None]:
        """Waits until another page is loaded, which may have the same address."""
        before = poll_browser(lambda: self.read(AGE), "there is no page")
        yield
        poll_browser(lambda: self.read(AGE) not in (None, before), "there is no other page")

    def read(self, expression: str) -> Any:
        """The value of an expression of JavaScript; None while a page is on its way."""
        with suppress(RuntimeError):
            return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")
        return None

    def _wait(self, heading: str) -> None:
        """Waits for a page with that heading, also after a redirection."""
        shown = "document.readyState == 'complete' && document.querySelector('h1')?.textContent"
        poll_browser(
            lambda: self.read(shown) == heading, lambda: f"{self.read(shown)!r} at {self.read('location.href')}"
        )

    def press(self, key: str) -> None:
        number, text = KEYS[key]
        for kind in ("keyDown", "keyUp"):
            told = {"key": key, "code": key, "windowsVirtualKeyCode": number}
            self.call("Input.dispatchKeyEvent", type=kind, **told, **({"text": text} if kind == "keyDown" else {}))

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def focus(self, name: str) -> None:
        """Presses the tabulator until an element of that name has the focus."""
        for _ in range(SECONDS):
            self.press("Tab")
            if self.focused() == name:
                return
        raise AssertionError(f"no way to {name!r} by the keyboard")

    def wait_for_focus(self, name: str) -> None:
        """A page may give the focus to a field after it has been loaded."""
        poll_browser(lambda: self.focused() == name, lambda: f"the focus is on {self.focused()!r}, not {name!r}")

    def focused(self) -> str:
        """The name that a screen reader says of what has the focus."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        found = [node for node in nodes if {"focused": True} in map(short, node.get("properties", []))]
        return next((node["name"]["value"] for node in found[::-1] if "name" in node), "")

    def roles(self) -> dict[str, list[str]]:
        """The names on the page by role, as a screen reader finds them."""
        roles: dict[str, list[str]] = {}
        for node in self.call("Accessibility.getFullAXTree")["nodes"]:
            if not node.get("ignored"):
                roles.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
        return roles

    def look(self, width: int, *, is_dark: bool) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme, *self.preferences])
        is_in_effect = f"innerWidth == {width} && matchMedia('(prefers-color-scheme: {scheme['value']})').matches"
        poll_browser(lambda: self.read(is_in_effect), f"the page does not become {width} px wide and {scheme['value']}")

    def screenshot(self) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])


def poll_browser(holds: Callable[[], Any], otherwise: str | Callable[[], str]) -> Any:
    """The first value that is something. Raises AssertionError, saying what is there `otherwise`."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = holds()
        if found:
            return found
        time.sleep(PAUSE)
    raise AssertionError(otherwise if isinstance(otherwise, str) else otherwise())


def short(found: dict[str, Any]) -> dict[str, Any]:
    return {found["name"]: found["value"].get("value")}
