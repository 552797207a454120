"""The image that a tool works on: an upload that is there, or one that is made of a URL."""

from typing import Self

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, model_validator

from functions.api import shares
from functions.api.mcp.tool_call import LONGEST_WAIT, Arguments, ToolCall, WaitSeconds
from functions.api.rate_limit import count_by_rule
from functions.api.routers.upload import UrlUploadRequest, upload_from_url
from imgopt.accounts import guests
from imgopt.quotas.rules import RULES


class ImageArguments(Arguments):
    """Whose image, and how long to wait."""

    url: str | None = Field(None, max_length=2048, description="Where to fetch the image: an address of http or https.")
    temp_file_id: str | None = Field(
        None, max_length=64, description="The id of an upload, by POST /upload or by an earlier call of a tool."
    )
    wait_seconds: WaitSeconds = LONGEST_WAIT

    @model_validator(mode="after")
    def has_one_source(self) -> Self:
        if (self.url is None) == (self.temp_file_id is None):
            raise ValueError("Give either url or temp_file_id.")
        return self


async def find_upload(call: ToolCall, asked: ImageArguments) -> str:
    """The id of the upload. Raises what an upload by URL raises."""
    if asked.temp_file_id is not None:
        return asked.temp_file_id
    await run_in_threadpool(count_upload, call.http)
    client = shares.client_of(call.http)
    async with shares.CLIENT_UPLOADS.take(client), shares.ALL_UPLOADS.take(shares.SHARED_BY_ALL):
        uploaded = await upload_from_url(call.http, call.asking, UrlUploadRequest(url=asked.url or ""))
    if uploaded.session_token:  # the new guest goes on
        call.http.state.asking = await run_in_threadpool(guests.find_by_session_token, uploaded.session_token)
    return uploaded.temp_file_id


def count_upload(http: Request) -> None:
    """By the rules of `POST /upload/url`."""
    for name in ("uploads", "new-guests"):
        count_by_rule(http, RULES[name])
