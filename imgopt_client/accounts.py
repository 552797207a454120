"""The commands `login` (by device code), `logout` and `status`."""

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
LOG_IN_AGAIN = "Run `imgopt login` to log in again."


def log_in(
    connection: Connection, credentials: Credentials, show: Callable[[str], None], *, open_browser: bool
) -> None:
    """Shows the URL and the code, waits for the confirmation, and stores the token. Keeps a valid login."""
    previous = credentials.get(connection.server, LOGIN_TOKEN)
    if previous and (known := find_login(connection, previous)):
        show(f"Already logged in at {connection.server}{email_suffix(known)}. Run `imgopt logout` to log out.")
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
    """The server's answer about the login of the token. None if the token is invalid, or the server can't tell."""
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
        raise FileRefused("The login was approved, but its token was lost. Run `imgopt login` again.")
    return string_field(answer, "mcp_token")


def revoke_previous(connection: Connection, previous: str, show: Callable[[str], None]) -> None:
    """Revokes the previous login, whose token is no longer stored."""
    try:
        revoke_token(connection, previous)
    except NotPermitted:
        pass  # revoked or expired before
    except ClientError as error:
        show(f"The previous login is still valid, because the server did not revoke it: {error}")


def confirmation_url(grant: JsonObject) -> str:
    """The URL for the browser. Raises FileRefused if it is not an http(s) URL."""
    try:
        url = httpx2.URL(string_field(grant, "verify_url"))
    except httpx2.InvalidURL:
        url = httpx2.URL()
    if url.scheme not in ("http", "https"):
        raise FileRefused("The server's answer has no URL of a page to confirm the login.")
    return str(url.copy_merge_params({"code": string_field(grant, "user_code")}))


def wait_for_approval(connection: Connection, grant: JsonObject) -> JsonObject:
    """The answer with the token. Raises NotPermitted if the login is denied, FileRefused if the code expires."""
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
    raise FileRefused("The code has expired. Run `imgopt login` again.")


def poll_token(connection: Connection, device_code: str) -> JsonObject:
    try:
        return connection.request("GET", "/mcp/auth/token", params={"device_code": device_code})
    except FileRefused as refusal:
        if refusal.status in GONE_STATUSES:
            return {"status": "expired"}
        raise


def forget_login(connection: Connection, credentials: Credentials, show: Callable[[str], None]) -> None:
    """Deletes the stored token, and revokes it. It is deleted even if the server can't be reached."""
    token = credentials.get(connection.server, LOGIN_TOKEN)
    if token is None:
        show(f"You are not logged in at {connection.server}.")
        return
    credentials.put(connection.server, LOGIN_TOKEN, None)
    try:
        revoke_token(connection, token)
    except NotPermitted:
        pass  # revoked or expired before
    except ClientError as error:
        raise type(error)(f"The login was deleted here, but the server did not revoke it: {error}") from error
    show(f"Logged out at {connection.server}.")


def revoke_token(connection: Connection, token: str) -> None:
    """Revokes a token, authenticated by itself rather than by a key in the environment."""
    headers = Identity(token).headers()
    url = f"{connection.server}/mcp/auth/revoke"
    connection.retries.run(lambda: check_success(connection.http.post(url, headers=headers, follow_redirects=False)))


def show_status(connection: Connection, show: Callable[[str], None], *, by_key: bool) -> None:
    """Shows the account of the key or login, and its credits. Raises InvalidCredential if it is not valid."""
    what = f"{API_KEY}: the key is not valid." if by_key else f"The login is no longer valid. {LOG_IN_AGAIN}"
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
    return f"{left}{of_limit}{f', renewed at {reset}' if reset else ''}"


def seconds_field(grant: JsonObject, name: str, default: float) -> float:
    value = grant.get(name)
    return float(value) if isinstance(value, int | float) and value > 0 else default
