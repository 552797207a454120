"""A minimal browser for signing in: cookies, redirects, links and forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)  # name and value of each button, by its text


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}  # addresses of the links, by their text
        self.button: tuple[str, str] | None = None
        self.link: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in found}
        if tag == "form":
            self.forms.append(Form(attributes.get("action", "")))
        elif tag == "input" and self.forms and attributes.get("name"):
            self.forms[-1].fields[attributes["name"]] = attributes.get("value", "")
        elif tag == "button" and self.forms:
            self.button = (attributes.get("name", ""), attributes.get("value", ""))
        elif tag == "a":
            self.link = attributes.get("href")

    def handle_data(self, data: str) -> None:
        if self.button and data.strip():
            self.forms[-1].buttons[data.strip()] = self.button
            self.button = None
        elif self.link and data.strip():
            self.links[data.strip()] = self.link
            self.link = None


class Browser:
    def __init__(self) -> None:
        self.client = httpx2.Client(follow_redirects=True, timeout=60, trust_env=False)

    def open(self, url: str) -> None:
        self._show(self.client.get(url))

    def follow(self, link: str) -> None:
        self.open(urljoin(self.url, self.page.links[link]))

    def submit(self, button: str, **fields: str) -> None:
        """Submits the first form that has the button `button`."""
        form = next(each for each in self.page.forms if button in each.buttons)
        name, value = form.buttons[button]
        data = {**form.fields, **({name: value} if name else {}), **fields}
        self._show(self.client.post(urljoin(self.url, form.action), data=data, headers=self.origin()))

    def origin(self) -> dict[str, str]:
        """The `Origin` that browsers send with a form to the page's own origin."""
        parts = httpx2.URL(self.url)
        return {"Origin": f"{parts.scheme}://{parts.netloc.decode()}", "Sec-Fetch-Site": "same-origin"}

    def sign_in(self, email: str, password: str) -> None:
        form = next(each for each in self.page.forms if "password" in each.fields)
        self.submit(next(iter(form.buttons)), username=email, password=password)

    def _show(self, page: httpx2.Response) -> None:
        page.raise_for_status()
        self.url, self.text, self.page = str(page.url), page.text, Page(page.text)
