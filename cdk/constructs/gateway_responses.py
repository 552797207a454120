"""Error answers of API Gateway itself, in the form of the application's. Scripts of any website may read them.

TinyPNG's clients show `message`.
"""

import json

from aws_cdk import aws_apigateway as apigateway

TOO_LARGE = (
    "Request too large. The limit is 4.4 MB. Upload larger files with POST /upload/presign, or from a URL with"
    " POST /upload/url."
)
SERVICE_SILENT = "The service did not answer. Please try again."
# The headers of functions/api/headers.py. A value is in single quotes here, so it can't contain any.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def add_gateway_responses(api: apigateway.RestApi) -> None:
    kinds = apigateway.ResponseType
    answers = (
        (kinds.REQUEST_TOO_LARGE, None, json.dumps(TOO_LARGE)),
        (kinds.MISSING_AUTHENTICATION_TOKEN, "404", json.dumps("Not Found")),  # API Gateway's name for an unknown path
        (kinds.DEFAULT_4_XX, None, "$context.error.messageString"),  # the variable includes quotes
        (kinds.DEFAULT_5_XX, None, json.dumps(SERVICE_SILENT)),
    )
    for kind, status, detail in answers:
        api.add_gateway_response(
            f"Response{kind.response_type.title().replace('_', '')}",
            type=kind,
            status_code=status,
            response_headers={name: f"'{value}'" for name, value in HEADERS.items()},
            templates={"application/json": f'{{"detail": {detail}, "message": {detail}}}'},
        )
