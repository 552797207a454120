"""Names of browsers, by which users recognize their sessions."""

# The order matters: a browser's User-Agent also contains the names of those it is compatible with.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def name_browser(user_agent: str) -> str:
    """A name such as `Firefox on Windows`. Unknown parts are left out; `A browser` if nothing is known."""
    browser, system = (find(names, user_agent) for names in (BROWSERS, SYSTEMS))
    return f"{browser or 'A browser'} on {system}" if system else browser or "A browser"


def find(names: dict[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), "")
