"""The topics of the API's reference page, in order."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A topic, and the beginnings of its paths. If several topics match a path, the longest beginning decides."""

    title: str
    beginnings: tuple[str, ...]
    is_for_users: bool = True


TOPICS = (
    Topic("Upload images", ("/upload",)),
    Topic("Optimize, resize, enlarge and describe", ("/auto", "/compress", "/resize", "/upscale", "/tag", "/quote")),
    Topic("Follow jobs", ("/status", "/jobs")),
    Topic("Download results", ("/download",)),
    Topic("Credits, usage and settings", ("/usage", "/config")),
    Topic("API keys, devices and the account", ("/api-keys", "/mcp", "/account", "/callback-secret")),
    Topic("Subscriptions", ("/billing",)),
    Topic("Health", ("/", "/health", "/readiness")),
    Topic("Not for users: schedulers, queues and Stripe", ("/internal", "/process", "/webhooks"), is_for_users=False),
)
PREFLIGHTS = Topic("Preflights, which browsers send automatically", (), is_for_users=False)
PREFLIGHT = "options"


def topic_of(method: str, path: str) -> Topic:
    if method == PREFLIGHT:
        return PREFLIGHTS
    fitting = (
        (len(beginning), topic) for topic in TOPICS for beginning in topic.beginnings if is_below(path, beginning)
    )
    return max(fitting, key=lambda each: each[0])[1]


def is_below(path: str, beginning: str) -> bool:
    """Whether the path is `beginning` or below it."""
    return path == beginning or path.startswith(f"{beginning}/")


def all_topics() -> Iterator[Topic]:
    yield from (*TOPICS, PREFLIGHTS)
