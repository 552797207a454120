"""Scripts, styles and texts of the pages. Browsers cache them for a year, as each version has its own URL."""

from fastapi import APIRouter, HTTPException, Request, Response

from functions.api.pages.assets import assets_version, load_assets

router = APIRouter(prefix="/static", include_in_schema=False)


@router.get("/{version}/{asset:path}")
async def send_asset(request: Request, asset: str) -> Response:
    """The file. Answers 404 for other versions, too, so that a page is never made of files of two versions."""
    found = load_assets().get(asset)
    if found is None or request.path_params["version"] != assets_version():
        raise HTTPException(404, "There is no such file. Reload the page.")
    headers = {"ETag": found.etag, "Vary": "Accept-Encoding"}
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.content, 200, headers, found.media_type)
    return Response(found.packed, 200, {**headers, "Content-Encoding": "gzip"}, found.media_type)
