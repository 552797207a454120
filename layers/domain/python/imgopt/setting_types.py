"""Types of settings: how environment variables are parsed and validated."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, IPvAnyNetwork, StringConstraints

from imgopt.language_tags import canonical_language

LEAST_SECRET = 32
SECRET = re.compile(rf"[!-~]{{{LEAST_SECRET},}}")
# Websites must use HTTPS, except on a developer's own machine.
ORIGIN = r"^(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:[0-9]+)?$"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def split_list(text: object) -> object:
    """Splits a list at commas, in lower case."""
    return [part.strip().lower() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


def split_pairs(text: object) -> object:
    """Splits a mapping, such as `a=1,b=2`. Names are case-sensitive."""
    if not isinstance(text, str):
        return text
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    return {name.strip(): value.strip() for name, _, value in parts}


def split_texts(text: object) -> object:
    """Splits a list at commas, and keeps the case of its entries."""
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


def split_names(text: object) -> object:
    """Splits named texts: `a=b,c=d`, or one per line. Lines that begin with # are comments."""
    if not isinstance(text, str):
        return text
    parts = [part.strip() for part in (text.splitlines() if "\n" in text else text.split(","))]
    pairs = [part.partition("=") for part in parts if part and not part.startswith("#")]
    names = [name.strip() for name, _, _ in pairs]
    if wrong := [name for name, mark, value in pairs if not (name.strip() and mark and value.strip())]:
        raise ValueError(f"{wrong[0]} must be name=text")
    if len(names) != len(set(names)):
        raise ValueError("a name occurs more than once")
    return [(name, value.strip()) for name, (_, _, value) in zip(names, pairs, strict=True)]


def check_secret(text: str) -> str:
    """Returns the text. Raises ValueError where one of its secrets is short enough to guess, or can't be sent in a
    header.
    """
    if text and not all(SECRET.fullmatch(part.strip()) for part in text.split(",")):
        raise ValueError(f"a secret needs at least {LEAST_SECRET} characters from ! to ~, and no commas")
    return text


def check_public_url(text: str) -> str:
    """Returns the URL without a final slash. Raises ValueError for plain HTTP on other machines, where cookies and
    tokens could be read.
    """
    parts = urlsplit(text)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if text and not (is_safe and parts.hostname):
        raise ValueError("it must begin with https://, unless it is a URL of this machine")
    return text


def check_server_url(text: str) -> str:
    """Returns the URL without a final slash. Raises ValueError for user information, which would be logged, or
    a query.
    """
    parts = urlsplit(text)
    is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if text and not (parts.scheme in ("http", "https") and parts.hostname and is_plain):
        raise ValueError("it must be http:// or https:// with a host and an optional path, and nothing else")
    return text.rstrip("/")


COMMA_SEPARATED = BeforeValidator(split_list)
PAIRS = BeforeValidator(split_pairs)
SharedSecret = Annotated[str, AfterValidator(check_secret)]
ServerUrl = Annotated[str, AfterValidator(check_server_url)]
LanguageTag = Annotated[str, AfterValidator(canonical_language)]
PublicUrl = Annotated[str, AfterValidator(check_public_url)]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]*$")]
# Addresses of contracts and accounts on Ethereum-compatible chains, and such chains by CAIP-2.
EvmAddress = Annotated[str, StringConstraints(pattern=r"^(0x[0-9a-fA-F]{40})?$")]
EvmNetwork = Annotated[str, StringConstraints(pattern=r"^(eip155:[1-9][0-9]{0,31})?$")]
FacilitatorUrl = Annotated[str, AfterValidator(check_public_url), AfterValidator(check_server_url)]
PriceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$")]
PaidTier = Literal["starter", "pro", "max", "enterprise"]
Origin = Annotated[str, StringConstraints(pattern=ORIGIN)]
Strings = Annotated[tuple[str, ...], COMMA_SEPARATED]
Ports = Annotated[tuple[int, ...], COMMA_SEPARATED]
CasedStrings = Annotated[tuple[str, ...], BeforeValidator(split_texts)]
NamedTexts = Annotated[tuple[tuple[str, str], ...], BeforeValidator(split_names)]
Networks = Annotated[tuple[IPvAnyNetwork, ...], COMMA_SEPARATED]
Origins = Annotated[tuple[Origin, ...], COMMA_SEPARATED]
Prices = Annotated[dict[PriceId, PaidTier], PAIRS]
ClientHint = Literal["dpr", "width", "save-data"]
ClientHints = Annotated[frozenset[ClientHint], COMMA_SEPARATED]
UrlFormats = Annotated[tuple[Literal["jxl", "avif", "webp", "jpg", "png", "gif"], ...], COMMA_SEPARATED]
