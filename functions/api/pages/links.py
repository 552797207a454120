"""Links among our pages. They are relative: where the pages begin, only browsers know for sure."""

from urllib.parse import quote

from imgopt.devices.codes import read_user_code

ACCOUNT = "account"


def spell(wanted: str) -> str:
    """The account, or a code as it is stored; empty for what is neither."""
    return ACCOUNT if wanted == ACCOUNT else read_user_code(wanted) or ""


def page_of(wanted: str) -> str:
    """The page of a code, or of the account, and no other."""
    spelled = spell(wanted)
    if spelled == ACCOUNT:
        return ACCOUNT
    return f"authorize?code={quote(spelled)}" if spelled else "authorize"
