"""Links among our pages. They are relative: where the pages begin, only browsers know for sure."""

from urllib.parse import quote

from imgopt.devices.codes import read_user_code

ACCOUNT, APP = "account", "app"
PAGE_OF = {ACCOUNT: ACCOUNT, APP: "../app"}


def spell(wanted: str) -> str:
    """The account, the page for images, or a code as it is stored; empty for what is none of them."""
    return wanted if wanted in PAGE_OF else read_user_code(wanted) or ""


def page_of(wanted: str) -> str:
    """The page of a code, of the account, or for images, and no other."""
    spelled = spell(wanted)
    if spelled in PAGE_OF:
        return PAGE_OF[spelled]
    return f"authorize?code={quote(spelled)}" if spelled else "authorize"
