"""What a person does with a page whose scripts run: drops files, presses buttons, loses the connection."""

import time
from pathlib import Path
from typing import Any

from tests.e2e.chromium import PAUSE, SECONDS, Pipe, Tab

MIDDLE = {"x": 300, "y": 300}
COPY = 1
NOTED = """
window.violations = [];
addEventListener('securitypolicyviolation', ({violatedDirective, blockedURI}) =>
  violations.push(`${violatedDirective} ${blockedURI}`));
"""


class ScriptedTab(Tab):
    def __init__(self, pipe: Pipe) -> None:
        super().__init__(pipe)
        self.call("Emulation.setScriptExecutionDisabled", value=False)
        self.call("Network.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=NOTED)

    def look(self, width: int, *, is_dark: bool) -> None:
        """Nothing moves, so that colours are those that stay."""
        super().look(width, is_dark=is_dark)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.call("Emulation.setEmulatedMedia", features=[scheme, still])

    def visit(self, url: str) -> None:
        self.call("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """The value, once it is there. Raises RuntimeError where the page throws."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"].get("exception", {}).get("description", expression))
        return found["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """The first value that is something."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            found = self.read(expression)
            if found:
                return found
            time.sleep(PAUSE)
        raise AssertionError(f"{expression} stays {found!r} on: {self.read('document.body.innerText')}")

    def count(self, selector: str, number: int) -> None:
        """Until there are so many."""
        self.wait_for(f"document.querySelectorAll({selector!r}).length == {number}")

    def click(self, selector: str) -> None:
        """Once it can be pressed."""
        self.wait_for(f"document.querySelector({selector!r})?.matches(':not(:disabled, [aria-disabled=true])')")
        self.evaluate(f"document.querySelector({selector!r}).click()")

    def text(self, selector: str) -> str:
        self.wait_for(f"!!document.querySelector({selector!r})")
        return str(self.evaluate(f"document.querySelector({selector!r}).innerText"))

    def drop(self, paths: list[Path]) -> None:
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": COPY}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.call("Input.dispatchDragEvent", type=kind, **MIDDLE, data=data)

    def violations(self) -> list[str]:
        """What the page's own policy has forbidden it."""
        return list(self.evaluate("violations"))

    def loaded(self) -> list[str]:
        """The addresses of all that the page has fetched, but for what is in its memory."""
        addresses = self.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
        return [each for each in addresses if not each.startswith("blob:")]

    def set_connected(self, is_connected: bool) -> None:
        limits = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.call("Network.emulateNetworkConditions", offline=not is_connected, **limits)

    def download_to(self, folder: Path) -> None:
        self.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
