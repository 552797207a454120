"""Links among our pages. They are relative: where the pages begin, only browsers know for sure."""

from urllib.parse import quote

from imgopt.devices.codes import read_user_code


def page_of(code: str) -> str:
    """The page of a code, and nothing else: what is no code is left out."""
    spelled = read_user_code(code)
    return f"authorize?code={quote(spelled)}" if spelled else "authorize"
