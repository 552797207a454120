"""Logging in by device code, logging out, and who is logged in."""

import webbrowser
from collections.abc import Callable
from typing import Any

import httpx2

from imgopt_client.connection import Connection
from imgopt_client.credentials import API_KEY, LOGIN_TOKEN, Credentials
from imgopt_client.errors import ClientError, FileRefused, InvalidCredential, NotPermitted
from imgopt_client.identity import Identity
from imgopt_client.responses import JsonObject, check_success, read_object, string_field

MIN_INTERVAL, MAX_INTERVAL = 1.0, 60.0
DEFAULT_LIFETIME = 600
GONE_STATUSES = (404, 410)
STATUS_PATH = "/mcp/auth/status"
LOG_IN_AGAIN = "`imgopt login` makes a new one."


def log_in(
    connection: Connection, credentials: Credentials, show: Callable[[str], None], *, open_browser: bool
) -> None:
    """Shows where to confirm, and waits for it. The token is kept, and never shown. A login that is valid stays."""
    previous = credentials.get(connection.server, LOGIN_TOKEN)
    if previous and (known := find_login(connection, previous)):
        show(f"Already logged in at {connection.server}{email_suffix(known)}. `imgopt logout` ends that login.")
        return
    grant = connection.request("POST", "/mcp/auth/device-code")
    url = confirmation_url(grant)
    show(f"Open {url}\nand confirm the code {string_field(grant, 'user_code')}")
    if open_browser:
        webbrowser.open(url)
    answer = wait_for_approval(connection, grant)
    credentials.put(connection.server, LOGIN_TOKEN, token_from(answer))
    show(f"Logged in at {connection.server}{email_suffix(answer.get('user'))}.")
    if previous:
        revoke_previous(connection, previous, show)


def find_login(connection: Connection, token: str) -> JsonObject | None:
    """What the server says of the login with that token; None where it is worth nothing, or the server can't tell."""
    url, headers = f"{connection.server}{STATUS_PATH}", Identity(token).headers()
    try:
        status = connection.retries.run(
            lambda: read_object(connection.http.get(url, headers=headers, follow_redirects=False))
        )
    except (NotPermitted, FileRefused):
        return None
    return status if status.get("logged_in") else None


def email_suffix(user: object) -> str:
    email = user.get("email") if isinstance(user, dict) else None
    return f" as {email}" if email else ""


def token_from(answer: JsonObject) -> str:
    if answer.get("mcp_token") is None:
        raise FileRefused("The login was approved, but its token was lost on the way. Log in again for a new one.")
    return string_field(answer, "mcp_token")


def revoke_previous(connection: Connection, previous: str, show: Callable[[str], None]) -> None:
    """The login before, which nobody has the token of any more."""
    try:
        revoke_token(connection, previous)
    except NotPermitted:
        pass  # revoked or expired before
    except ClientError as error:
        show(f"The login before this one is still valid, as the server did not revoke it: {error}")


def confirmation_url(grant: JsonObject) -> str:
    """Where a browser is sent to: a server must not have it open anything but a web page."""
    try:
        url = httpx2.URL(string_field(grant, "verify_url"))
    except httpx2.InvalidURL:
        url = httpx2.URL()
    if url.scheme not in ("http", "https"):
        raise FileRefused("The server names no web page to confirm the login at.")
    return str(url.copy_merge_params({"code": string_field(grant, "user_code")}))


def wait_for_approval(connection: Connection, grant: JsonObject) -> JsonObject:
    """The answer with the token. Raises NotPermitted where the login is denied, FileRefused where it expires."""
    interval = min(max(seconds_field(grant, "interval", 5), MIN_INTERVAL), MAX_INTERVAL)
    left = seconds_field(grant, "expires_in", DEFAULT_LIFETIME)
    while left > 0:
        connection.cancel_token.wait(interval)
        left -= interval
        answer = poll_token(connection, string_field(grant, "device_code"))
        if answer.get("status") == "approved":
            return answer
        if answer.get("status") == "denied":
            raise NotPermitted("The login was denied.")
        if answer.get("status") == "expired":
            break
    raise FileRefused("The code has expired. Log in again for a new one.")


def poll_token(connection: Connection, device_code: str) -> JsonObject:
    try:
        return connection.request("GET", "/mcp/auth/token", params={"device_code": device_code})
    except FileRefused as refusal:
        if refusal.status in GONE_STATUSES:
            return {"status": "expired"}
        raise


def forget_login(connection: Connection, credentials: Credentials, show: Callable[[str], None]) -> None:
    """Always forgotten here, also where the server can't be told."""
    token = credentials.get(connection.server, LOGIN_TOKEN)
    if token is None:
        show(f"No one is logged in at {connection.server}.")
        return
    credentials.put(connection.server, LOGIN_TOKEN, None)
    try:
        revoke_token(connection, token)
    except NotPermitted:
        pass  # revoked or expired before
    except ClientError as error:
        raise type(error)(f"The login is forgotten here, but the server did not revoke it: {error}") from error
    show(f"Logged out at {connection.server}.")


def revoke_token(connection: Connection, token: str) -> None:
    """With the login's own token, whatever key the environment holds."""
    headers = Identity(token).headers()
    url = f"{connection.server}/mcp/auth/revoke"
    connection.retries.run(lambda: check_success(connection.http.post(url, headers=headers, follow_redirects=False)))


def show_status(connection: Connection, show: Callable[[str], None], *, by_key: bool) -> None:
    """Shows whose key or login it is, and the credits left. Raises InvalidCredential where it is no one's."""
    what = f"{API_KEY}: the key is not valid." if by_key else f"The login is not valid any more. {LOG_IN_AGAIN}"
    try:
        status = connection.request("GET", STATUS_PATH)
    except NotPermitted as error:
        raise InvalidCredential(what) from error
    if connection.identity.bearer_token and not status.get("logged_in"):
        raise InvalidCredential(what)
    who = status.get("email") or "logged in" if status.get("logged_in") else "a guest"
    show(f"server   {connection.server}")
    show(f"account  {who}{f' (by {API_KEY})' if by_key else ''}")
    show(f"tier     {status.get('tier') or 'unknown'}")
    show(f"credits  {credits_line(status)}")


def credits_line(status: dict[str, Any]) -> str:
    left, limit, reset = (status.get(f"credits_{name}") for name in ("remaining", "limit", "reset_at"))
    if left is None:
        return "unknown"
    of_limit = f" of {limit}" if limit is not None else ""
    return f"{left}{of_limit}{f', new ones at {reset}' if reset else ''}"


def seconds_field(grant: JsonObject, name: str, default: float) -> float:
    value = grant.get(name)
    return float(value) if isinstance(value, int | float) and value > 0 else default
