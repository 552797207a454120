"""Prices of tagging models."""

# US dollars for a million input and output tokens: on-demand list prices in us-east-1, by
# https://aws.amazon.com/bedrock/pricing/. Other regions, agreements and taxes differ. The first entry that a model's id
# ends with counts; regional profiles cost more than global ones.
DOLLARS = {
    "amazon.nova-lite-v1:0": (0.06, 0.24),
    "amazon.nova-pro-v1:0": (0.80, 3.20),
    "global.amazon.nova-2-lite-v1:0": (0.30, 2.50),
    "amazon.nova-2-lite-v1:0": (0.33, 2.75),
}
MILLION = 1_000_000


def estimate(model_id: str, input_tokens: int, output_tokens: int) -> float | None:
    """Returns US dollars; None for models that are not in the table. The id may be that of an inference profile, or an
    ARN.
    """
    known = next((prices for name, prices in DOLLARS.items() if model_id.endswith(name)), None)
    return known and (input_tokens * known[0] + output_tokens * known[1]) / MILLION
