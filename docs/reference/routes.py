"""The page of all routes: each with who may call it and what it does, in the order in which they are used."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from docs.reference.callers import ALL, read_callers
from functions.api.app import ROUTERS, build_app
from functions.api.routers import reference

# Of a path's parameter: what type it has.
CONVERTER = re.compile(r":\w+\}")

INTRODUCTION = """\
# Routes

All 41 operations of Tinify.ai's contract are served, and more. Errors are in [errors.md](errors.md), callbacks and
repeated calls in [http.md](http.md), settings and fields of jobs in [processing.md](processing.md), accounts in
[accounts.md](accounts.md). [api.md](api.md) has every field and status code, and so has `/docs` of a running service. A
feature that is not set up, such as billing without Stripe's keys, answers 501 and says so.

"By" is who may call a route: a user by a JWT, an API key or a device's token; a guest by a session token; a person by
the cookie of the pages; or all, also without a credential. Where a route is about something that has an owner, it is
the owner who may. `tests/authorization/matrix.txt` has every case. Routes that websites may call answer `OPTIONS`, too,
as browsers ask before. `make reference` writes this page, and ends with an error where a route is missing.
"""
GROUPS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("routes.toml").read_text())


def render() -> str:
    """Raises ValueError where a route is missing here, or is served no more."""
    listed = [name for group in GROUPS.values() for name in group]
    if wrong := sorted({*served()} ^ {*listed}) or [name for name in listed if listed.count(name) > 1]:
        raise ValueError(f"routes.toml has to name the routes that are served, each once: {', '.join(wrong)}")
    callers = read_callers()
    return "\n".join([INTRODUCTION, *(_group(title, group, callers) for title, group in GROUPS.items())])


def served() -> Iterator[str]:
    """All but `OPTIONS`."""
    for router in (*ROUTERS, reference.router):
        for route in router.routes:
            methods, path = route.methods, route.path  # type: ignore[attr-defined]
            yield from (f"{method} {CONVERTER.sub('}', path)}" for method in methods - {"OPTIONS"})
    yield f"GET {build_app().openapi_url}"


def _group(title: str, group: dict[str, str], callers: dict[str, str]) -> str:
    rows = "\n".join(f"| `{name}` | {callers.get(name, ALL)} | {sentence} |" for name, sentence in group.items())
    return f"## {title}\n\n| route | by | what it does |\n|---|---|---|\n{rows}\n"
