"""The Lambda functions behind API Gateway. All run the same application, and differ in their IAM permissions."""

from typing import Any
from urllib.parse import unquote

from mangum import Mangum
from mangum.types import LambdaContext, LambdaEvent
from starlette.types import ASGIApp, Receive, Scope, Send

from functions.api.app import build_app
from functions.api.locations import gateway_paths
from functions.api.tinypng.header_case import rename_headers
from functions.api.tinypng.paths import is_tinypng
from imgopt.telemetry import logger, trace


class BelowStage:
    """Tells the application the URL where it is served, and the part of the path below that URL.

    A REST API passes the path on as the client sent it, with its percent escapes. An HTTP API would not
    (docs/decisions/0069).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        above, path = gateway_paths(scope["aws.event"])
        paths = {"root_path": above, "path": unquote(path), "raw_path": path.encode()}
        await self.app({**scope, **paths}, receive, send)


application = Mangum(BelowStage(build_app()), lifespan="off")


@logger.inject_lambda_context
@trace
def handler(event: LambdaEvent, context: LambdaContext) -> dict[str, Any]:
    answer = application(event, context)
    return rename_headers(answer) if is_tinypng(gateway_paths(event)[1]) else answer
