"""The file of an upload: the part `file` of a form, or the whole body if its media type is an image's."""

from collections.abc import Callable, Coroutine
from contextlib import aclosing
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any

from fastapi import Depends, File, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, Headers
from starlette.datastructures import UploadFile as Part

from functions.api.uploading import UploadRoute
from functions.api.warnings import show
from imgopt.safe_http.filenames import name_in
from imgopt.units import MEBIBYTE

ANY_TYPE = "application/octet-stream"
MOST_FIELD_NAMES = 5


class FileRequest(Request):
    """Reads a body that is an image as if it were a form with that file. Its bytes decide the format, as always.

    The file's name is that of `Content-Disposition`, or of the query parameter `filename`.
    """

    _read: FormData | None = None

    async def form(self, **limits: Any) -> FormData:  # type: ignore[override]  # passes all limits on
        if not is_raw(self.headers):
            return await super().form(**limits)
        if self._read is None:
            self._read = FormData([("file", await self._take())])
        return self._read

    async def _take(self) -> Part:
        name = name_in(self.headers.get("content-disposition", "")) or self.query_params.get("filename")
        file = Part(SpooledTemporaryFile(max_size=MEBIBYTE), size=0, filename=name, headers=self.headers)  # type: ignore[arg-type]  # noqa: SIM115 - typed as BinaryIO; the request closes it
        try:
            async with aclosing(self.stream()) as pieces:
                async for piece in pieces:
                    await file.write(piece)
            await file.seek(0)
        except BaseException:
            await file.close()
            raise
        return file


class FileRoute(UploadRoute):
    """Counts requests before it reads their body, so that the body of a refused request is not read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def read(request: Request) -> Response:
            return await handle(FileRequest(request.scope, request.receive))

        return read


def is_raw(headers: Headers) -> bool:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == ANY_TYPE or media_type.startswith("image/")


async def find_only_file(
    request: Request, file: Annotated[UploadFile, File(description="Image file to upload")]
) -> UploadFile:
    """The only part `file`. Raises RequestValidationError if there are several: FastAPI would use the last."""
    parts = (await request.form()).getlist("file")
    if len(parts) > 1:
        message = f"Send one file per upload. This form has {len(parts)} parts named file: {name_all(parts)}."
        raise RequestValidationError([{"type": "value_error", "loc": ("body", "file"), "msg": message, "input": None}])
    return file


def name_all(parts: list[Part | str]) -> str:
    names = [show(part.filename or "without a name") if isinstance(part, Part) else "a text" for part in parts]
    return ", ".join(names[:MOST_FIELD_NAMES]) + ("…" if len(names) > MOST_FIELD_NAMES else "")


OnlyFile = Annotated[UploadFile, Depends(find_only_file)]
