"""Image URLs, in imgproxy's grammar. docs/image-answers.md describes the answers."""

import json
from collections.abc import Coroutine
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.background import BackgroundTask
from starlette.types import Scope

from functions.api import pools
from functions.api.addresses import origin_of
from functions.api.image_answers import answer_image, answer_pending, cors_headers, image_headers
from functions.api.ranges import is_known
from functions.api.shared_calls import SharedCalls
from imgopt import clock
from imgopt.errors import ImgoptError
from imgopt.image_urls.configuration import read_image_url
from imgopt.image_urls.model import ImageUrl
from imgopt.settings import settings
from imgopt.variants import description, service
from imgopt.variants.admission import UrlAdmission
from imgopt.variants.byte_cache import ByteCache
from imgopt.variants.client_preferences import read_preferences
from imgopt.variants.model import PendingVariant, VariantAnswer
from imgopt.variants.usage import counter

router = APIRouter(include_in_schema=False)
IMAGES, INFO = b"/img/", b"/img/info/"
# Bytes of memory of an entry besides the image.
ENTRY_BYTES = 2048
recent_answers: ByteCache[VariantAnswer] = ByteCache(lambda: settings().url_memory_bytes)
calls_in_progress: SharedCalls[tuple[VariantAnswer | PendingVariant, bool]] = SharedCalls()


@router.options("/img/{path:path}")
async def image_options() -> Response:
    """Answers 200, as imgproxy does."""
    return Response(headers={**cors_headers(), "Access-Control-Allow-Methods": "GET, OPTIONS"})


@router.api_route("/img/info/{path:path}", methods=["GET", "HEAD"])
async def get_image_info(request: Request) -> Response:
    """Answers JSON that describes the source."""
    path = raw_path_behind(INFO, request.scope)
    image = await read_url(path)
    admission = UrlAdmission(image.key_name, origin_of(request))
    return await count_use(image, answer_description(request, path, image, admission))


@router.api_route("/img/{path:path}", methods=["GET", "HEAD"])
async def get_image(request: Request) -> Response:
    path = raw_path_behind(IMAGES, request.scope)
    image = await read_url(path)
    return await count_use(image, show(request, path, image))


async def show(request: Request, path: str, image: ImageUrl) -> tuple[Response, bool]:
    """The answer, and whether the variant had to be made."""
    preferences = read_preferences(request.headers)
    key = (path.split("/", 2)[-1], preferences)  # without the signature, which was verified
    known = recent_answers.get(key)
    if known is not None and known.believed_until > clock.now().timestamp():
        return answer_image(request, image, known), False
    admission = UrlAdmission(image.key_name, origin_of(request))

    async def find() -> tuple[VariantAnswer | PendingVariant, bool]:
        return await pools.VARIANTS.run(service.find_answer, image, preferences, admission), admission.is_counted

    answer, is_made = await calls_in_progress.run(key, find)
    if isinstance(answer, PendingVariant):
        return answer_pending(answer), is_made
    remember(key, answer)
    return answer_image(request, image, answer), is_made


def remember(key: object, answer: VariantAnswer) -> None:
    """Keeps an answer in memory, unless it is valid only for a short time."""
    if answer.variant.data is not None and answer.seconds is None:
        recent_answers.put(key, answer, answer.variant.size + ENTRY_BYTES)


async def answer_description(
    request: Request, path: str, image: ImageUrl, admission: UrlAdmission
) -> tuple[Response, bool]:
    answer = await pools.VARIANTS.run(description.describe_source, image, admission)
    fields: dict[str, Any] = json.loads(answer.variant.data or b"{}")
    if image.response.words:
        fields["alt"] = answer.alt or None
    body = json.dumps(fields).encode()
    headers = image_headers(image, answer)
    headers["ETag"] = etag = f'"{sha256(body).hexdigest()[:40]}"'
    if is_known(request.headers, etag):
        return Response(None, 304, headers), admission.is_counted
    return Response(body, 200, headers, "application/json"), admission.is_counted


def raw_path_behind(prefix: bytes, scope: Scope) -> str:
    """The path as the client sent it, with its percent escapes, because that is what was signed.

    Without the server's `raw_path`, the decoded path is used.
    """
    raw: bytes = scope["raw_path"] or scope["path"].encode(errors="surrogateescape")
    return "/" + raw.partition(b"?")[0].partition(prefix)[2].decode(errors="surrogateescape")


async def read_url(path: str) -> ImageUrl:
    """Parses a URL in a thread, as its keys may have to be read from Secrets Manager."""
    return await run_in_threadpool(read_image_url, path) if settings().url_secret_arn else read_image_url(path)


async def count_use(image: ImageUrl, answering: Coroutine[Any, Any, tuple[Response, bool]]) -> Response:
    """Answers, and counts the use of the key after the answer."""
    try:
        response, is_made = await answering
    except ImgoptError:
        counter.count(image.key_name, errors=1)
        raise
    sent = len(response.body) if isinstance(response.body, bytes) else 0
    counter.count(image.key_name, misses=int(is_made), hits=int(not is_made), sent_bytes=sent)
    if counter.is_due:
        response.background = BackgroundTask(run_in_threadpool, counter.write)
    return response
