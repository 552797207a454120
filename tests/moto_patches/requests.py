"""Mocks, signatures and routes of requests, which moto and botocore make anew for each."""

from collections.abc import Callable
from functools import cache, lru_cache
from itertools import count
from typing import Any, TypeVar

from botocore import auth, parsers, signers, useragent
from botocore.compat import get_current_datetime
from moto import backend_index
from moto.core import model_instances
from moto.core import models as mocks
from moto.core import responses as core
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend
from moto.sqs import models as sqs_models

T = TypeVar("T")
REQUESTS = count()
TIMES = 1000
# Those of the service: moto asks of each request for which of its two hundred services it is.
SERVICES = ("s3", "sqs", "stepfunctions", "secretsmanager", "dynamodb")


def install() -> None:
    mocks.MockAWS._enable_patching = begin
    mocks.MockAWS._disable_patching = end
    core.method_names_from_class = cache(core.method_names_from_class)
    for module in (core, sqs_models):
        module.camelcase_to_underscores = cache(module.camelcase_to_underscores)
    AccountSpecificBackend._generate_regions = once_a_service(AccountSpecificBackend._generate_regions.__wrapped__)
    core.gen_amzn_requestid_long = name_request
    BaseBackend.urls = property(once_a_class(BaseBackend.urls.fget))
    backend_index.backend_url_patterns.sort(key=lambda each: each[0] not in SERVICES)
    signers.RequestSigner.handler = signing_others(signers.RequestSigner.handler)
    auth.S3SigV4Auth.add_auth = naming_signer(auth.S3SigV4Auth.add_auth)
    parsers.DEFAULT_TIMESTAMP_PARSER = lru_cache(TIMES)(parsers.DEFAULT_TIMESTAMP_PARSER)
    useragent.sanitize_user_agent_string_component = cache(useragent.sanitize_user_agent_string_component)


def begin(self: mocks.MockAWS, reset: bool = True) -> None:
    """Replaces HTTP for botocore only. Tests make no calls by `requests`, for which moto makes a thousand mocks each
    time.
    """
    mocks.botocore_stubber.enabled = True


def end(self: mocks.MockAWS, remove_data: bool) -> None:
    """Removes all data, so that the next test finds none."""
    mocks.botocore_stubber.enabled = False
    BackendDict.reset()
    model_instances.reset_model_data()


def name_request(headers: dict[str, Any]) -> str:
    """An id of its own, which moto puts together of letters one by one, each by chance."""
    headers["x-amzn-requestid"] = name = f"{next(REQUESTS):052X}"
    return name


def signing_others(sign: Callable[..., None]) -> Callable[..., None]:
    """moto looks at no signature, and answers by what the header is about. S3's headers say how a body is written."""

    def name_signer(self: signers.RequestSigner, operation_name: str, request: Any, **more: Any) -> None:
        if self.signing_name == "s3" or not mocks.botocore_stubber.enabled:
            sign(self, operation_name, request, **more)
            return
        scope = f"test/20260101/{self.region_name}/{self.signing_name}/aws4_request"
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"

    return name_signer


def naming_signer(sign: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """The same for S3, whose headers are made, and not signed. What is not a client's request is not for moto."""

    def name_signer(self: auth.S3SigV4Auth, request: Any) -> None:
        if not mocks.botocore_stubber.enabled or "client_config" not in request.context:
            sign(self, request)
            return
        request.context["timestamp"] = get_current_datetime().strftime(auth.SIGV4_TIMESTAMP)
        self._modify_request_before_signing(request)
        scope = f"AWS4-HMAC-SHA256 Credential={self.scope(request)}, SignedHeaders=host, Signature=0"
        request.headers["Authorization"] = scope

    return name_signer


def once_a_class(make: Callable[[Any], T]) -> Callable[[Any], T]:
    """Caches what depends only on an object's class. For S3 moto loads a module again, twice in each request."""
    known: dict[type, T] = {}

    def make_once(self: Any) -> T:
        if type(self) not in known:
            known[type(self)] = make(self)
        return known[type(self)]

    return make_once


def once_a_service(list_regions: Callable[[Any, str], list[str]]) -> Callable[[Any, str], list[str]]:
    """Caches what moto asks boto3 for after each test."""
    known: dict[str, list[str]] = {}

    def list_once(self: AccountSpecificBackend, service: str) -> list[str]:
        if service not in known:
            known[service] = list_regions(self, service)
        return known[service]

    return list_once
