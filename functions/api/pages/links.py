"""Links between the service's pages. They are relative, because the public URL may not be known."""

from urllib.parse import quote

from imgopt.devices.codes import read_user_code

ACCOUNT, APP = "account", "app"
PAGE_OF = {ACCOUNT: ACCOUNT, APP: "../app"}


def normalize_page(wanted: str) -> str:
    """Normalizes the name of a page: the account, the page for images, or a device code. Empty for any other."""
    return wanted if wanted in PAGE_OF else read_user_code(wanted) or ""


def page_of(wanted: str) -> str:
    """The relative URL of the page of a code, of the account, or for images. No other URL is returned."""
    spelled = normalize_page(wanted)
    if spelled in PAGE_OF:
        return PAGE_OF[spelled]
    return f"authorize?code={quote(spelled)}" if spelled else "authorize"
