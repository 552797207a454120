"""Endpoints of requests to DynamoDB and S3, which botocore finds by rules anew for each."""

from collections.abc import Callable
from typing import Any

from botocore.model import OperationModel
from botocore.regions import EndpointRulesetResolver
from moto.core.models import botocore_stubber

Find = Callable[..., Any]
# By service: the parameter of a request that its endpoint depends on.
NAMES = {"dynamodb": "TableName", "s3": "Bucket"}


def install() -> None:
    EndpointRulesetResolver.construct_endpoint = remembering(EndpointRulesetResolver.construct_endpoint)


def remembering(find: Find) -> Find:
    """Caches the endpoint of an operation and table or bucket, for each client. Signed URLs have their own."""

    def find_once(
        self: EndpointRulesetResolver, operation_model: OperationModel, call_args: Any, request_context: Any
    ) -> Any:
        name = NAMES.get(self._service_model.service_name)
        if not botocore_stubber.enabled or not name or "is_presign_request" in (request_context or {}):
            return find(self, operation_model, call_args, request_context)
        known = vars(self).setdefault("known_endpoints", {})
        asked = (operation_model.name, (call_args or {}).get(name))
        if asked not in known:
            known[asked] = find(self, operation_model, call_args, request_context)
        return known[asked]._replace(headers={**known[asked].headers})

    return find_once
