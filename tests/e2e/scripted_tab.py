"""A browser tab with scripts, used like a person would: drop files, press buttons, lose the connection."""

from pathlib import Path
from typing import Any

from tests.e2e.chromium import Pipe, Tab, poll_browser

MIDDLE = {"x": 300, "y": 300}
COPY = 1
# Pixels between two of them.
FINGERS = 60
NOTED = """
window.violations = [];
addEventListener('securitypolicyviolation', ({violatedDirective, blockedURI}) =>
  violations.push(`${violatedDirective} ${blockedURI}`));
"""


class ScriptedTab(Tab):
    # Nothing moves, so that colours are those that stay.
    preferences = ({"name": "prefers-reduced-motion", "value": "reduce"},)

    def __init__(self, pipe: Pipe) -> None:
        super().__init__(pipe)
        self.call("Emulation.setScriptExecutionDisabled", value=False)
        self.call("Network.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=NOTED)

    def reload(self) -> None:
        with self.another_page():
            self.call("Page.reload")

    def evaluate(self, expression: str) -> Any:
        """The value, once it is there. Raises RuntimeError where the page throws."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"].get("exception", {}).get("description", expression))
        return found["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """The first value that is something."""
        return poll_browser(
            lambda: self.read(expression), lambda: f"no {expression} on: {self.read('document.body.innerText')}"
        )

    def count(self, selector: str, number: int) -> None:
        """Waits until the page has this number of elements."""
        self.wait_for(f"document.querySelectorAll({selector!r}).length == {number}")

    def click(self, selector: str) -> None:
        """Clicks the element as soon as it is enabled."""
        self._wait_until_enabled(selector)
        self.evaluate(f"document.querySelector({selector!r}).click()")

    def press_enter_on(self, selector: str) -> None:
        """Presses Enter on the element as soon as it can have the focus, which a disabled button can't."""
        self._wait_until_enabled(selector)
        self.evaluate(f"document.querySelector({selector!r}).focus()")
        self.press("Enter")

    def _wait_until_enabled(self, selector: str) -> None:
        self.wait_for(f"document.querySelector({selector!r})?.matches(':not(:disabled, [aria-disabled=true])')")

    def text(self, selector: str) -> str:
        """Waits for the element, and returns its text."""
        return str(self.wait_for(f"document.querySelector({selector!r})?.innerText"))

    def says(self, selector: str, part: str) -> None:
        """Waits until the element contains the text, since its present text may be that of a previous answer."""
        self.wait_for(f"document.querySelector({selector!r})?.innerText.includes({part!r})")

    def drop(self, paths: list[Path]) -> None:
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": COPY}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.call("Input.dispatchDragEvent", type=kind, **MIDDLE, data=data)

    def violations(self) -> list[str]:
        """Returns the violations of the page's Content-Security-Policy."""
        return list(self.evaluate("violations"))

    def loaded(self) -> list[str]:
        """The addresses of all that the page has fetched, but for what is in its memory."""
        addresses = self.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
        return [each for each in addresses if not each.startswith("blob:")]

    def pinch(self, selector: str, factor: float) -> None:
        """Two fingers begin in the middle of it, and are that much further apart in the end."""
        box = f"document.querySelector({selector!r}).getBoundingClientRect()"
        middle, height = self.evaluate(f"[{box}.x + {box}.width / 2, {box}.y + {box}.height / 2]")
        for kind, distance in (("touchStart", FINGERS), ("touchMove", FINGERS * factor), ("touchEnd", None)):
            ends = [middle - distance / 2, middle + distance / 2] if distance else []
            points = [{"x": x, "y": height, "id": number} for number, x in enumerate(ends)]
            self.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    def set_connected(self, is_connected: bool) -> None:
        limits = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.call("Network.emulateNetworkConditions", offline=not is_connected, **limits)

    def download_to(self, folder: Path) -> None:
        self.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
