"""The upload that a tool works on: an existing one, or one that is made from a URL."""

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from functions.api import shares
from functions.api.mcp.image_arguments import ImageArguments
from functions.api.mcp.tool_call import ToolCall
from functions.api.rate_limit import count_by_rule
from functions.api.routers.upload import UrlUploadRequest, upload_from_url
from imgopt.accounts import guests
from imgopt.quotas.rules import RULES


async def find_upload(call: ToolCall, arguments: ImageArguments) -> str:
    """The id of the upload. Raises the errors of an upload by URL."""
    if arguments.temp_file_id is not None:
        return arguments.temp_file_id
    await run_in_threadpool(count_upload, call.http)
    client = shares.client_of(call.http)
    async with shares.CLIENT_UPLOADS.take(client), shares.ALL_UPLOADS.take(shares.SHARED_BY_ALL):
        uploaded = await upload_from_url(call.http, call.principal, UrlUploadRequest(url=arguments.url or ""))
    if uploaded.session_token:  # later calls of this request are the new guest's
        call.http.state.principal = await run_in_threadpool(guests.find_by_session_token, uploaded.session_token)
    return uploaded.temp_file_id


def count_upload(http: Request) -> None:
    """Counts an upload with the rate limits of `POST /upload/url`."""
    for name in ("uploads", "new-guests"):
        count_by_rule(http, RULES[name])
