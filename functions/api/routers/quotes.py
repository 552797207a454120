"""Quotes: the price of a request for work, before it is sent."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from functions.api import pools
from functions.api.rate_limit import LimitedRoute, RateLimitedPrincipal
from functions.api.requests import ProcessFilesRequest
from functions.api.routers.processing import RATE_LIMITS, payer_of, take_accept
from functions.api.warnings import describe_without_effect
from imgopt.jobs import quotes

router = APIRouter(route_class=LimitedRoute)


class ImageQuoteResponse(BaseModel):
    """The quote for one upload. `bytes_expected` is for all its results together."""

    temp_file_id: str
    credits: int
    bytes_expected: int
    cost_estimate_usd: float


class QuoteResponse(BaseModel):
    """What `/auto` would cost with the same body. The credits are exact. Bytes and dollars are estimates."""

    success: bool
    credits: int
    credits_remaining: int
    bytes_expected: int
    cost_estimate_usd: float
    quotes: list[ImageQuoteResponse]
    warnings: list[str] = []


@router.post("/quote", tags=["auto"], dependencies=RATE_LIMITS)
@pools.JOBS.runs
def quote_call(http: Request, principal: RateLimitedPrincipal, request: ProcessFilesRequest) -> QuoteResponse:
    """Tell what `/auto` would cost with the same body. Nothing is charged, and no job is created.

    The credits are those that would be charged. The bytes of the results and the charges of AWS are estimated from
    pixels, frames and format.
    """
    options = take_accept(request.options(), http.headers.get("accept", ""))
    quoted = quotes.quote(payer_of(http, principal, request), request.temp_file_ids, options)
    return QuoteResponse(
        success=True,
        credits=quoted.credits,
        credits_remaining=quoted.credits_remaining,
        bytes_expected=sum(each.bytes_expected for each in quoted.images),
        cost_estimate_usd=round(sum(each.cost_estimate_usd for each in quoted.images), 7),
        quotes=[ImageQuoteResponse.model_validate(each, from_attributes=True) for each in quoted.images],
        warnings=[*request.warnings, *describe_without_effect([each.image for each in quoted.images], options)],
    )
