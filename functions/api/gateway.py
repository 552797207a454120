"""The Lambda functions behind API Gateway: the same application in each, which differ in what they may do."""

from mangum import Mangum

from functions.api.app import build_app
from imgopt.telemetry import logger, trace

application = Mangum(build_app(), lifespan="off")


@logger.inject_lambda_context
@trace
def handler(event, context):  # noqa: ANN001, ANN201 - what API Gateway sends is Mangum's business
    return application(event, context)
