"""The page of all routes: who may call each route, and what it does."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from docs.reference.callers import ALL, read_callers
from functions.api.app import ROUTERS, build_app
from functions.api.routers import reference

# The type of a path parameter.
CONVERTER = re.compile(r":\w+\}")

INTRODUCTION = """\
# Routes

This page lists all routes. They include all 41 operations of Tinify.ai's contract. Related pages:

- [Fields and status codes](api.md) of every route. `/docs` of a running service shows the same.
- [Errors](errors.md) and [conventions](http.md): repeated calls, streams, callbacks.
- [Settings](processing.md) of jobs, and [accounts](accounts.md).

If a feature is not set up, such as billing without Stripe's keys, its routes answer 501 with the reason.

The column "by" says who may call a route. A user sends a JWT, an API key or a device token. A guest sends a session
token. A "page session" is the cookie of the pages. "All" includes callers without a credential. The id
of a job is enough to read its status and its result, unless the job is private. Everything else that has an owner can
only be reached by its owner. `tests/authorization/matrix.txt` lists all cases.

Routes that websites may call also answer `OPTIONS`, for the preflight requests of browsers. `make reference` writes
this page; it fails if a route is missing.
"""
GROUPS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("routes.toml").read_text())


def render() -> str:
    """Raises ValueError where a route is missing in routes.toml, or is not served any more."""
    listed = [name for group in GROUPS.values() for name in group]
    if wrong := sorted({*served()} ^ {*listed}) or [name for name in listed if listed.count(name) > 1]:
        raise ValueError(f"routes.toml must list each route that is served, once: {', '.join(wrong)}")
    callers = read_callers()
    return "\n".join([INTRODUCTION, *(_group(title, group, callers) for title, group in GROUPS.items())])


def served() -> Iterator[str]:
    """Yields method and path of each route, except for `OPTIONS`."""
    for router in (*ROUTERS, reference.router):
        for route in router.routes:
            methods, path = route.methods, route.path  # type: ignore[attr-defined]  # all are APIRoute
            yield from (f"{method} {CONVERTER.sub('}', path)}" for method in methods - {"OPTIONS"})
    yield f"GET {build_app().openapi_url}"


def _group(title: str, group: dict[str, str], callers: dict[str, str]) -> str:
    rows = "\n".join(f"| `{name}` | {callers.get(name, ALL)} | {sentence} |" for name, sentence in group.items())
    return f"## {title}\n\n| route | by | what it does |\n|---|---|---|\n{rows}\n"
