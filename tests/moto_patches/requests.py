"""Mocks, signatures and routes of requests, which moto and botocore make anew for each."""

from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any, TypeVar

from botocore import signers, useragent
from moto import backend_index
from moto.core import model_instances
from moto.core import models as mocks
from moto.core import responses as core
from moto.core.base_backend import BackendDict, BaseBackend

T = TypeVar("T")
REQUESTS = count()


def install() -> None:
    mocks.MockAWS._enable_patching = begin
    mocks.MockAWS._disable_patching = end
    core.method_names_from_class = cache(core.method_names_from_class)
    core.gen_amzn_requestid_long = name_request
    BaseBackend.urls = property(once_a_class(BaseBackend.urls.fget))
    backend_index.backend_url_patterns.sort(key=lambda each: each[0] != "dynamodb")
    signers.RequestSigner.handler = signing_others(signers.RequestSigner.handler)
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


def once_a_class(make: Callable[[Any], T]) -> Callable[[Any], T]:
    """Caches what depends only on an object's class. For S3 moto loads a module again, twice in each request."""
    known: dict[type, T] = {}

    def make_once(self: Any) -> T:
        if type(self) not in known:
            known[type(self)] = make(self)
        return known[type(self)]

    return make_once
