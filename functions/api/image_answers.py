"""Answers to image URLs: the image, a part of it, 304 if the client has it already, or a redirect to S3."""

from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from functions.api.errors import status_of
from functions.api.ranges import NotSatisfiable, find_range, is_known
from imgopt import clock
from imgopt.files.naming import ascii_filename, make_safe
from imgopt.image_urls.model import ImageUrl
from imgopt.settings import settings
from imgopt.variants import store
from imgopt.variants.client_preferences import varying_headers
from imgopt.variants.model import PendingVariant, StoredVariant, VariantAnswer
from imgopt.variants.planning import chooses_by_browser

# imgproxy's policy: an SVG may have inline styles and embedded images, and nothing else.
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
ALT_HEADER, WARNING_HEADER = "Image-Alt", "Image-Warning"
HINT_NAMES = {"dpr": "Sec-CH-DPR", "width": "Sec-CH-Width"}
REDIRECT_SECONDS = 300
PENDING = "The image is being made. Please ask again."


def answer_image(request: Request, image: ImageUrl, answer: VariantAnswer) -> Response:
    variant, headers = answer.variant, {**image_headers(image, answer), "ETag": answer.variant.etag}
    if answer.instead_of is not None:
        return whole_answer(request, variant, headers, settings().url_fallback_status or status_of(answer.instead_of))
    if is_known(request.headers, variant.etag):
        return Response(None, 304, {**headers, "Accept-Ranges": "bytes"})
    return part_answer(request, variant, headers)


def part_answer(request: Request, variant: StoredVariant, headers: dict[str, str]) -> Response:
    headers["Accept-Ranges"] = "bytes"
    try:
        part = find_range(request.headers, variant.etag, variant.size)
    except NotSatisfiable as error:
        range_headers = {"Content-Range": f"bytes */{variant.size}"}
        raise HTTPException(416, "The file ends before that part.", range_headers) from error
    if part is None or variant.data is None:
        return whole_answer(request, variant, headers, 200)
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{variant.size}"
    return Response(variant.data[part.start : part.stop], 206, headers, variant.notes.mime_type)


def whole_answer(request: Request, variant: StoredVariant, headers: dict[str, str], status: int) -> Response:
    if request.method == "HEAD":
        headers["Content-Length"] = str(variant.size)
        return Response(None, status, headers, variant.notes.mime_type)
    if variant.data is None:  # it is too large for this answer: the client gets it from S3
        address = store.presign_variant(variant, headers["Content-Disposition"], REDIRECT_SECONDS)
        return RedirectResponse(address, headers={name: headers[name] for name in ("Vary",) if name in headers})
    return Response(variant.data, status, headers, variant.notes.mime_type)


def answer_pending(pending: PendingVariant) -> Response:
    return JSONResponse({"detail": PENDING}, 202, {"Retry-After": str(pending.retry_after)})


def image_headers(image: ImageUrl, answer: VariantAnswer) -> dict[str, str]:
    headers = {
        "Cache-Control": cache_control(image, answer),
        "Content-Disposition": disposition_of(image, answer.variant.notes.format),
        "Content-Security-Policy": IMAGE_POLICY,
        **general_headers(image),
    }
    if answer.dpr:
        headers["Content-DPR"] = f"{answer.dpr:g}"
    if modified := read_date(answer.last_modified):
        headers["Last-Modified"] = modified
    if answer.variant.notes.warning:
        headers[WARNING_HEADER] = answer.variant.notes.warning
    if answer.alt:
        headers[ALT_HEADER] = quote(answer.alt)
    return headers


def read_date(text: str) -> str:
    """A date of another server in HTTP's form; empty if it is not a date."""
    try:
        return format_datetime(parsedate_to_datetime(text).astimezone(UTC), usegmt=True)
    except (ValueError, OverflowError):
        return ""


def general_headers(image: ImageUrl) -> dict[str, str]:
    """The headers `Vary`, `Accept-CH` and those of CORS."""
    headers, known = {}, settings()
    varying = varying_headers(chooses_format=chooses_by_browser(image))
    if varying:
        headers["Vary"] = ", ".join(varying)
    requested_hints = [name for hint, name in HINT_NAMES.items() if hint in known.url_client_hints]
    if requested_hints:
        headers["Accept-CH"] = ", ".join(requested_hints)
    return {**headers, **cors_headers()}


def cors_headers() -> dict[str, str]:
    origin = settings().url_allow_origin
    return {"Access-Control-Allow-Origin": origin} if origin else {}


def cache_control(image: ImageUrl, answer: VariantAnswer) -> str:
    """The value of `Cache-Control`. The image is not cached longer than its URL is valid."""
    config = settings()
    seconds = config.url_ttl if answer.seconds is None else min(answer.seconds, config.url_ttl)
    if image.response.expires:
        seconds = min(seconds, max(0, image.response.expires - int(clock.now().timestamp())))
    if not seconds:
        return "no-cache"
    is_lasting = answer.seconds is None and not image.response.expires and config.url_stale_seconds
    return f"max-age={seconds}, public" + (f", stale-while-revalidate={config.url_stale_seconds}" if is_lasting else "")


def disposition_of(image: ImageUrl, extension: str) -> str:
    """The header, such as `inline; filename="cat.webp"`: the URL's or the source's name, the variant's extension."""
    last = PurePosixPath(unquote(urlsplit(image.source).path)).stem
    name = make_safe(f"{image.response.filename or last or 'image'}.{extension}")
    plain, kind = ascii_filename(name), "attachment" if image.response.attachment else "inline"
    return f'{kind}; filename="{plain}"' + ("" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}")
