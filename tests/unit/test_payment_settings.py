import pytest
from pydantic import ValidationError

from imgopt.settings import Settings

ADDRESS = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"
COMPLETE = {
    "x402_pay_to": ADDRESS,
    "x402_facilitator_url": "https://facilitator.example",
    "x402_network": "eip155:8453",
    "x402_asset": ADDRESS,
}


def test_no_payments_are_taken_by_default(environment):
    assert Settings().x402_pay_to == ""


@pytest.mark.parametrize("name", ["x402_facilitator_url", "x402_network", "x402_asset"])
def test_a_receiving_address_needs_all_that_goes_with_it(environment, name):
    Settings(**COMPLETE)
    with pytest.raises(ValidationError, match=f"IMGOPT_X402_PAY_TO needs IMGOPT_{name.upper()}"):
        Settings(**{**COMPLETE, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x402_pay_to", "0x123"),
        ("x402_pay_to", "someone.eth"),
        ("x402_asset", ADDRESS[2:]),
        ("x402_network", "base"),
        ("x402_network", "solana:mainnet"),
        ("x402_facilitator_url", "http://facilitator.example"),
        ("x402_facilitator_url", "https://name:key@facilitator.example"),
        ("x402_facilitator_url", "https://facilitator.example?key=1"),
        ("x402_credit_price", 0),
        ("x402_seconds", 16),
    ],
)
def test_settings_that_nobody_could_pay_by_are_refused(environment, name, value):
    with pytest.raises(ValidationError, match=name):
        Settings(**{**COMPLETE, name: value})


@pytest.mark.parametrize("url", ["https://facilitator.example/v2", "http://127.0.0.1:4021", "http://localhost:4021"])
def test_a_facilitator_is_asked_by_https_or_on_this_machine(environment, url):
    assert Settings(**{**COMPLETE, "x402_facilitator_url": url}).x402_facilitator_url == url
