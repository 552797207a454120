"""What a browser is called, so that its owner can tell it from others."""

# Each names those before it, too, as they all want to be taken for them: the first that is found is what it is.
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
    """`Firefox on Windows`; less where less is known, and `A browser` where nothing is."""
    browser, system = (find(names, user_agent) for names in (BROWSERS, SYSTEMS))
    return f"{browser or 'A browser'} on {system}" if system else browser or "A browser"


def find(names: dict[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), "")
