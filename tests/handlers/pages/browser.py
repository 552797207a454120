"""A browser without scripts, with the forms and links of the service's pages."""

import re
from html import unescape

PAGE, SIGN_IN, CALLBACK, SIGN_OUT = (f"/mcp/{name}" for name in ("authorize", "sign-in", "callback", "sign-out"))
ORIGIN = "http://testserver"


class Browser:
    """Keeps cookies, follows nothing by itself, and says where its forms come from."""

    def __init__(self, client, issuer):
        self.client, self.issuer = client, issuer

    def open(self, path: str, **headers: str):
        return self.client.get(path, headers=headers)

    def begin(self, code: str = "") -> str:
        """Follows the link to the issuer; the address that it leads to."""
        return self.open(f"{SIGN_IN}?wanted={code}").headers["location"]

    def sign_in(self, code: str = ""):
        return self.open(self.issuer.authorize(self.begin(code)))

    def submit(self, page, path: str = PAGE, *, origin: str | None = ORIGIN, **fields: str):
        """The form of a page, with these fields changed; an empty one is left out."""
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
        sent = {name: value for name, value in {**dict(hidden), **fields}.items() if value}
        return self.client.post(path, data=sent, headers={"Origin": origin} if origin else {})


def title(answer) -> str:
    return unescape(re.search(r"<h1>(.*?)</h1>", answer.text)[1])
